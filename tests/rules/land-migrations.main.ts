import { writeFile } from 'node:fs/promises';
import { LANDED_FILE, landedMigrations, presentMigrations, tampered } from './landed-migrations.ts';

/** Adds the new migrations to those that have landed. Refuses when a landed one was edited: nothing makes that right. */
const [landed, present] = [await landedMigrations(), await presentMigrations()];
const faults = tampered(landed, present);
if (faults.length > 0) {
  console.error(faults.join('\n'));
  process.exit(1);
}
await writeFile(LANDED_FILE, `${JSON.stringify(present, null, 2)}\n`);
const count = Object.keys(present).length;
console.log(`${count} migrations have landed, ${count - Object.keys(landed).length} of them now.`);
