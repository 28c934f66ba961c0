import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

type Entry = {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly hasInstallScript?: boolean;
  readonly integrity?: string;
  readonly link?: boolean;
};

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const { packages } = JSON.parse(read('package-lock.json')) as { packages: Readonly<Record<string, Entry>> };
const { allowScripts } = JSON.parse(read('package.json')) as { allowScripts: Readonly<Record<string, boolean>> };

/** Whether a package finds another one: in its own node_modules, or further up. */
function finds(from: string, name: string): boolean {
  const nesting = from.split('/node_modules/');
  const owners = nesting.map((_, depth) => `${nesting.slice(0, depth + 1).join('/node_modules/')}/`);
  return ['', ...owners].some((owner) => `${owner}node_modules/${name}` in packages);
}

test('the lock file names the builds for every platform: npm ci refuses it otherwise, on every platform', () => {
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).flatMap((name) => (finds(path, name) ? [] : [`${path} wants ${name}`])),
  );
  expect(missing).toEqual([]);
});

test('every locked package is pinned by its digest', () => {
  const loose = Object.entries(packages).filter(([path, { integrity, link }]) => path !== '' && !link && !integrity);
  expect(loose.map(([path]) => path)).toEqual([]);
});

test('a package with an install script is named, and its script is refused', () => {
  const withScripts = Object.entries(packages).filter(([, entry]) => entry.hasInstallScript === true);
  const names = withScripts.map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
  expect(Object.fromEntries(names.map((name) => [name, allowScripts[name]]))).toEqual(
    Object.fromEntries(names.map((name) => [name, false])),
  );
});
