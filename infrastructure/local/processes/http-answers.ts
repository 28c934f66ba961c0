import { get } from 'node:http';
import { SECOND } from '#shared/time.ts';

const WITHIN_MS = 3 * SECOND;

/** Whether an HTTP server answers this URL with success. Without `fetch`, which alone would take the supervisor 15 MB. */
export function httpAnswers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, signal: AbortSignal.timeout(WITHIN_MS) }, (answer) => {
      answer.resume();
      resolve(answer.statusCode !== undefined && answer.statusCode >= 200 && answer.statusCode < 300);
    });
    request.once('error', () => resolve(false));
  });
}
