import { ConfigError, readConfig } from '#infrastructure/config/read-config.ts';
import { prepareMessageLog } from '#infrastructure/message-store/open-message-log.ts';
import { migrate } from './migrate.ts';

/**
 * Migrates every database that the settings name: `DATABASE_OWNER_URL`, and one owner URL per region given as arguments;
 * and makes the keyspace of the message log where messages live in Cassandra.
 */
try {
  const config = readConfig(process.env);
  for (const url of [config.DATABASE_OWNER_URL, ...process.argv.slice(2)]) {
    await migrate(url, (line) => console.log(`applied ${line}`));
  }
  await prepareMessageLog(config);
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exitCode = 1;
}
