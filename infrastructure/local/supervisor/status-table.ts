import { styleText } from 'node:util';
import { unreachable } from '#shared/errors.ts';
import type { ClusterStatus, PartStatus } from './cluster-status.ts';
import { uptime } from './status-html.ts';

const HEADINGS = ['PART', 'HEALTH', 'PORT', 'PID', 'UPTIME', 'RESTARTS', 'MEMORY', 'LAST END'];
const HEALTH_COLUMN = 1;

/** The status of the cluster as an aligned table for a terminal. */
export function statusTable({ parts }: ClusterStatus, colours: boolean): string {
  const rows = parts.map(cellsOf);
  const widths = HEADINGS.map((heading, column) => Math.max(heading.length, ...rows.map((row) => row[column]!.length)));
  const aligned = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column]!));
  const lines = parts.map((part, index) => {
    const cells = aligned(rows[index]!);
    if (colours)
      cells[HEALTH_COLUMN] = styleText(colourOf(part.health), cells[HEALTH_COLUMN]!, { validateStream: false });
    return cells.join('  ').trimEnd();
  });
  return [aligned(HEADINGS).join('  ').trimEnd(), ...lines].join('\n');
}

function cellsOf(part: PartStatus): string[] {
  return [
    part.name,
    part.health,
    part.address ?? part.port ?? '',
    part.pid ?? '',
    part.uptime_s === undefined ? '' : uptime(part.uptime_s),
    part.restarts ?? '',
    part.memory_mb === undefined ? '' : `${part.memory_mb} MB`,
    part.last_end ?? '',
  ].map(String);
}

function colourOf(health: PartStatus['health']): 'green' | 'yellow' | 'red' {
  switch (health) {
    case 'ready':
      return 'green';
    case 'starting':
    case 'waiting to restart':
      return 'yellow';
    case 'not ready':
    case 'stopped':
      return 'red';
    default:
      return unreachable(health);
  }
}
