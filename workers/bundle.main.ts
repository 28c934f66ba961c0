import { join } from 'node:path';
import { cacheFolder } from '#infrastructure/local/storage/folders.ts';
import { ensureBundle, workflowDomains } from './workflow-bundles.ts';

/** Builds the workflow bundle of every domain, or tells that the one in the cache is current. */
for (const domain of await workflowDomains()) {
  const { built } = await ensureBundle(domain, join(cacheFolder(process.env), 'bundles'));
  console.log(`${domain} ${built ? 'built' : 'current'}`);
}
