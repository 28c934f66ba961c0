import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { secretsOf } from '#infrastructure/local/supervisor/secrets.ts';
import { developmentEnvironment } from './environment.ts';

/**
 * Prints the `.env` file of a development cluster in containers, with secrets made for it:
 * `node infrastructure/deployment/environment.main.ts > .env`.
 */
const newFolder = join(tmpdir(), randomUUID());
const { byName } = await secretsOf(newFolder);
process.stdout.write(developmentEnvironment(byName));
