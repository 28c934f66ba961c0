import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const ROOT = new URL('../', import.meta.url).pathname;

/** The folders whose text decides what a bundle holds. */
const SOURCES = ['workflows', 'shared', 'activities'];

/** The domains that have workflows: each folder of `workflows/` with an index. */
export async function workflowDomains(): Promise<string[]> {
  const entries = await readdir(join(ROOT, 'workflows'), { withFileTypes: true });
  const domains = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const withIndex = await Promise.all(domains.map(async (domain) => ((await exists(indexOf(domain))) ? [domain] : [])));
  return withIndex.flat().toSorted();
}

export type Bundle = { readonly path: string; readonly built: boolean };

/**
 * The bundle of a domain's workflows, kept under a digest of its sources, so that a worker starts in a second and
 * without a bundler in its memory.
 *
 * @param folder where bundles are kept; made when it is missing
 */
export async function ensureBundle(domain: string, folder: string): Promise<Bundle> {
  const path = join(folder, `${domain}-${await sourceDigest()}.js`);
  if (await exists(path)) return { path, built: false };
  const { code } = await bundleWorkflowCode({
    workflowsPath: indexOf(domain),
    logger: new DefaultLogger('ERROR'),
    // Stack traces need the lines, nobody reads the sources from the bundle: without them a worker is 60 MB smaller.
    webpackConfigHook: (config) => ({ ...config, devtool: 'inline-nosources-source-map' }),
  });
  await mkdir(folder, { recursive: true });
  // Written aside and renamed, so that a reader never finds half a bundle.
  const partial = `${path}.${process.pid}`;
  await writeFile(partial, code);
  await rename(partial, path);
  await forgetOld(domain, folder);
  return { path, built: true };
}

/** Bundles of a domain that are kept: of other branches, and of the version that a rolling restart still runs. */
const KEPT_MAX = 6;

async function forgetOld(domain: string, folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(`${domain}-`) && name.endsWith('.js'));
  const aged = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(folder, name)).catch(() => undefined))?.mtimeMs ?? 0 })),
  );
  const old = aged.toSorted((a, b) => b.at - a.at).slice(KEPT_MAX);
  await Promise.all(old.map(({ name }) => rm(join(folder, name), { force: true })));
}

function indexOf(domain: string): string {
  return join(ROOT, 'workflows', domain, 'index.ts');
}

/** SHA-256 over what decides a bundle: every source, this file, and the lock file, which pins bundler and SDK. */
async function sourceDigest(): Promise<string> {
  const hash = createHash('sha256')
    .update(await readFile(join(ROOT, 'package-lock.json')))
    .update(await readFile(new URL(import.meta.url)));
  for (const folder of SOURCES) {
    const entries = await readdir(join(ROOT, folder), { withFileTypes: true, recursive: true });
    const files = entries.filter((entry) => entry.isFile() && /(?<!\.test)\.ts$/.test(entry.name));
    for (const file of files.map((entry) => join(entry.parentPath, entry.name)).toSorted()) {
      hash.update(file.slice(ROOT.length)).update(await readFile(file));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
