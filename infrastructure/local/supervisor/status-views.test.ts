import { expect, test } from 'vitest';
import type { ClusterStatus } from './cluster-status.ts';
import { statusHtml, uptime } from './status-html.ts';
import { statusTable } from './status-table.ts';

const status: ClusterStatus = {
  at: '2026-01-02T03:04:05.000Z',
  ready: false,
  parts: [
    { name: 'gateway', kind: 'role', health: 'ready', pid: 12, port: 4000, uptime_s: 3900, restarts: 0, memory_mb: 90 },
    { name: 'worker', kind: 'role', health: 'waiting to restart', port: 4004, restarts: 3, last_end: '<b>code 1</b>' },
    { name: 'postgres', kind: 'engine', health: 'not ready', address: 'db.example:5432' },
  ],
};

test('the page shows what a process said as text, never as markup', () => {
  expect(statusHtml(status)).toContain('&lt;b&gt;code 1&lt;/b&gt;');
  expect(statusHtml(status)).not.toContain('<b>code 1');
});

test('the table is aligned, and leaves empty what is not known', () => {
  expect(statusTable(status, false)).toBe(
    [
      'PART      HEALTH              PORT             PID  UPTIME      RESTARTS  MEMORY  LAST END',
      'gateway   ready               4000             12   1 h 05 min  0         90 MB',
      'worker    waiting to restart  4004                              3                 <b>code 1</b>',
      'postgres  not ready           db.example:5432',
    ].join('\n'),
  );
});

test('the table colours only the health, and only where colours are wanted', () => {
  expect(statusTable(status, true)).toContain('\u001B[32mready             \u001B[39m');
});

test('an uptime is told in its two largest units', () => {
  expect([0, 59, 60, 3599, 3600, 86_399, 90_000].map(uptime)).toEqual([
    '0 s',
    '59 s',
    '1 min',
    '59 min',
    '1 h 00 min',
    '23 h 59 min',
    '1 d 1 h',
  ]);
});
