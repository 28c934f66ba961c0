import { unreachable } from '#shared/errors.ts';
import type { ClusterStatus, PartStatus } from './cluster-status.ts';

const REFRESH_S = 5;

const STYLE = `
  :root { color-scheme: light dark; font: 16px/1.45 system-ui, sans-serif; }
  body { max-width: 60rem; margin: 0 auto; padding: 1rem; }
  table { border-collapse: collapse; width: 100%; }
  th, td { text-align: left; padding: .45rem .6rem; border-bottom: 1px solid #8884; }
  td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
  .ready { color: #1a7f37; } .bad { color: #c62828; } .waiting { color: #b06000; }
  @media (prefers-color-scheme: dark) { .ready { color: #57d27a; } .bad { color: #ff7b72; } .waiting { color: #e3a23c; } }
  @media (max-width: 40rem) {
    thead { display: none; }
    tr { display: block; padding: .5rem 0; border-bottom: 1px solid #8886; }
    td, td.number { display: flex; justify-content: space-between; border: 0; padding: .15rem 0; text-align: right; }
    td::before { content: attr(data-label); opacity: .7; }
    td:empty { display: none; }
  }
`;

/** The status of the cluster as a page that works without scripts, on a phone as on a desk. */
export function statusHtml({ at, ready, parts }: ClusterStatus): string {
  const title = ready ? 'Tchat is ready' : 'Tchat is not ready';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="${REFRESH_S}">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<h1 class="${ready ? 'ready' : 'waiting'}">${title}</h1>
<table>
<thead><tr><th>Part</th><th>Health</th><th class="number">Port</th><th class="number">Pid</th><th class="number">Uptime</th><th class="number">Restarts</th><th class="number">Memory</th><th>Last end</th></tr></thead>
<tbody>
${parts.map(row).join('\n')}
</tbody>
</table>
<p>As of ${escaped(at)}; the page renews itself every ${REFRESH_S} s. The same as JSON: <a href="/status.json">/status.json</a></p>
</body>
</html>
`;
}

function row(part: PartStatus): string {
  const cell = (label: string, text: string | number | undefined, style = 'number') =>
    `<td data-label="${label}" class="${style}">${escaped(String(text ?? ''))}</td>`;
  return `<tr>${[
    cell('Part', part.name, ''),
    cell('Health', part.health, tone(part.health)),
    cell('Port', part.address ?? part.port),
    cell('Pid', part.pid),
    cell('Uptime', part.uptime_s === undefined ? undefined : uptime(part.uptime_s)),
    cell('Restarts', part.restarts),
    cell('Memory', part.memory_mb === undefined ? undefined : `${part.memory_mb} MB`),
    cell('Last end', part.last_end, ''),
  ].join('')}</tr>`;
}

function tone(health: PartStatus['health']): string {
  switch (health) {
    case 'ready':
      return 'ready';
    case 'starting':
    case 'waiting to restart':
      return 'waiting';
    case 'not ready':
    case 'stopped':
      return 'bad';
    default:
      return unreachable(health);
  }
}

/** "42 s", "7 min", "3 h 07 min", "2 d 4 h". */
export function uptime(seconds: number): string {
  const [minutes, hours, days] = [Math.floor(seconds / 60), Math.floor(seconds / 3600), Math.floor(seconds / 86_400)];
  if (minutes < 1) return `${seconds} s`;
  if (hours < 1) return `${minutes} min`;
  if (days < 1) return `${hours} h ${String(minutes % 60).padStart(2, '0')} min`;
  return `${days} d ${hours % 24} h`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
