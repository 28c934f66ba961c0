import { SECOND } from '#shared/time.ts';

/**
 * Asks the process of this container whether it is ready to serve, for Docker's HEALTHCHECK.
 *
 * `node infrastructure/deployment/health-check.main.ts PORT` exits with 0 when it is and with 1 when it is not.
 */
const [port] = process.argv.slice(2);
const ANSWER_WITHIN_MS = 4 * SECOND;

try {
  const answer = await fetch(`http://127.0.0.1:${port}/health/ready`, {
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  process.exitCode = answer.ok ? 0 : 1;
} catch {
  process.exitCode = 1;
}
