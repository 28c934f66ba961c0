import { createServer } from 'node:http';

/**
 * A role that does nothing but what the supervisor asks of every role: it answers `/health/ready`, ends on SIGTERM, and
 * ends when the supervisor is gone. `GET /break` ends it with code 7; the one whose port setting STAND_IN_BROKEN names
 * ends with code 9 at once.
 */
export function standIn(portSetting: string): void {
  if (process.env.STAND_IN_BROKEN === portSetting) process.exit(9);
  const server = createServer((request, response) => {
    if (request.url === '/break') process.exit(7);
    response.end('ok');
  });
  server.listen(Number(process.env[portSetting]), '127.0.0.1');
  process.on('SIGTERM', () => process.exit(0));
  process.on('disconnect', () => process.exit(0));
}
