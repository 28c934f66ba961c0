import { ConfigError, readConfig } from '#infrastructure/config/read-config.ts';
import { migrate } from './migrate.ts';

/** Migrates every database that the settings name: `DATABASE_OWNER_URL`, and one owner URL per region given as arguments. */
try {
  const config = readConfig(process.env);
  for (const url of [config.DATABASE_OWNER_URL, ...process.argv.slice(2)]) {
    await migrate(url, (line) => console.log(`applied ${line}`));
  }
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exitCode = 1;
}
