import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';

const HELP = { help: { type: 'boolean', short: 'h' } } as const;

/**
 * What a command was given. `--help` prints how to use it and ends with 0; something that it does not know prints what, with
 * the same, and ends with 1.
 */
export function parseCommand<const Options extends ParseArgsOptionsConfig>(usage: string, options: Options) {
  const parsed = parsedOrNot({ allowPositionals: true, options: { ...options, ...HELP } }, usage);
  if ((parsed.values as { readonly help?: boolean }).help !== true) return parsed;
  console.log(usage);
  return process.exit(0);
}

function parsedOrNot<const Options extends ParseArgsOptionsConfig>(
  config: { readonly allowPositionals: true; readonly options: Options },
  usage: string,
) {
  try {
    return parseArgs(config);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return process.exit(1);
  }
}
