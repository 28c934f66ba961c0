import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

export const ROOT = new URL('../../../', import.meta.url).pathname;

/** The parts of `docker-compose.yml` that the tests look into; the whole of it is checked by the specification's schema. */
const Service = z.looseObject({
  image: z.string(),
  build: z.string().optional(),
  command: z.array(z.string()).optional(),
  entrypoint: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.union([z.string(), z.number(), z.null()])).default({}),
  healthcheck: z.looseObject({ test: z.array(z.string()) }).optional(),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.string() })).default({}),
  volumes: z.array(z.string()).default([]),
});
const ComposeFile = z.looseObject({ services: z.record(z.string(), Service) });

export type Service = z.output<typeof Service>;

export const composeText = readFileSync(`${ROOT}docker-compose.yml`, 'utf8');

/** The file with its anchors and merges resolved, before variables are. */
export const composeDocument: unknown = parse(composeText, { merge: true });

export const { services } = ComposeFile.parse(composeDocument);

/** What runs our own image, by name. */
export const roles = Object.entries(services).filter(([, service]) => service.build !== undefined);

export function role(name: string): Service {
  const found = roles.find(([known]) => known === name);
  if (found === undefined) throw new Error(`docker-compose.yml has no role ${name}`);
  return found[1];
}

type Environment = Readonly<Record<string, string>>;

const VARIABLE = /\$(?:(\$)|\{(\w+)(?:(:?[-?])([^}]*))?\})/g;

/**
 * Puts variables into a text as Compose does.
 *
 * @throws for a variable that must be given (`${NAME:?why}`) and is not
 */
function interpolated(text: string, env: Environment): string {
  return text.replaceAll(VARIABLE, (_all, dollar: string | undefined, name = '', operator?: string, rest = '') => {
    if (dollar !== undefined) return '$';
    const given = env[name];
    const missing = operator?.startsWith(':') ? given === undefined || given === '' : given === undefined;
    if (!missing) return given ?? '';
    if (operator?.endsWith('?')) throw new Error(`${name} must be given: ${rest}`);
    return rest;
  });
}

/** The environment of a container: a name without a value is passed on when `env` has it, and absent when not. */
export function containerEnvironment(service: Service, env: Environment): Record<string, string> {
  const entries = Object.entries(service.environment).map(
    ([name, value]) => [name, value === null ? env[name] : interpolated(String(value), env)] as const,
  );
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Reads what `environment.main.ts` prints: NAME='value' a line. */
export function parseEnvironmentFile(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line !== '');
  return Object.fromEntries(
    lines.map((line) => {
      const [, name, value] = /^(\w+)='([^']*)'$/.exec(line) ?? [];
      if (name === undefined || value === undefined) throw new Error(`not a line of an environment file: ${line}`);
      return [name, value];
    }),
  );
}
