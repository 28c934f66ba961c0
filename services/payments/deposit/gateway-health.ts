import { type Database, type Sql, firstRow, statement } from '#shared/sql.ts';
import type { Log } from '#shared/log.ts';
import { MINUTE, SECOND } from '#shared/time.ts';
import type { GatewayMeters } from '../ports.ts';

/** So many failures in a row skip a gateway for a method; each further one doubles the time. */
const FAILURES_MAX = 3;
const SKIP_FIRST_MS = 30 * SECOND;
const SKIP_MAX_MS = 10 * MINUTE;
/** A gateway whose time is over gets one charge; how that goes is known within this, or the next one is the try. */
const TRY_WITHIN_MS = 15 * SECOND;
/** How old a process's knowledge of the others' may be. */
const FRESH_MS = SECOND;

const SKIPPED = statement(
  'payments.skipped-gateways',
  `SELECT health.gateway, health.payment_method, health.skipped_until <= now() AS is_due
   FROM payments.gateway_health AS health WHERE health.skipped_until IS NOT NULL`,
);
const TAKE_TRY = statement(
  'payments.try-gateway',
  `UPDATE payments.gateway_health AS health SET skipped_until = now() + $3::float8 * interval '1 millisecond'
   WHERE health.gateway = $1 AND health.payment_method = $2 AND health.skipped_until <= now()
   RETURNING health.gateway`,
);
const FAILED = statement(
  'payments.note-gateway-failure',
  `INSERT INTO payments.gateway_health AS health (gateway, payment_method, failures) VALUES ($1, $2, 1)
   ON CONFLICT (gateway, payment_method) DO UPDATE SET
     failures = least(health.failures + 1, 1000),
     skipped_until = CASE WHEN health.failures + 1 >= $3::int
       THEN now() + least($4::float8 * power(2, least(health.failures + 1 - $3::int, 20)), $5::float8) * interval '1 millisecond'
     END
   RETURNING health.skipped_until IS NOT NULL AS is_skipped`,
);
const WORKED = statement(
  'payments.note-gateway-success',
  `UPDATE payments.gateway_health AS health SET failures = 0, skipped_until = NULL
   WHERE health.gateway = $1 AND health.payment_method = $2 AND health.failures > 0
   RETURNING health.gateway`,
);

/**
 * How gateways do with each way of paying, over all processes. One that fails time after time is **skipped** for a while,
 * which means asked last and not never. When its time is over one charge **tries** it, and decides.
 */
export type GatewayHealth = {
  /** Names of those that are asked after the others now. */
  skippedFor(method: string): Promise<ReadonlySet<string>>;
  /** Never rejects: a count that cannot be written is lost. */
  note(gateway: string, method: string, happened: 'worked' | 'failed'): Promise<void>;
};

type Row = { readonly gateway: string; readonly payment_method: string; readonly is_due: boolean };
type Ports = {
  readonly core: Database;
  readonly meters: GatewayMeters | undefined;
  readonly log: Log;
  /** Milliseconds of a clock that never goes back. */
  readonly nowMs?: () => number;
};

export function makeGatewayHealth({ core, meters, log, nowMs = () => performance.now() }: Ports): GatewayHealth {
  /** What the database said, and when. Nothing is known at first. */
  let known: { readonly rows: readonly Row[]; readonly readAt: number } = {
    rows: [],
    readAt: Number.NEGATIVE_INFINITY,
  };
  /** Pairs that have failed here since they last worked: only these have a success to be written down. */
  const failing = new Set<string>();

  async function read(sql: Sql): Promise<readonly Row[]> {
    if (nowMs() - known.readAt < FRESH_MS) return known.rows;
    known = { rows: await sql.rows<Row>(SKIPPED), readAt: nowMs() };
    for (const { gateway, payment_method: method } of known.rows) failing.add(`${gateway} ${method}`);
    return known.rows;
  }

  async function write(gateway: string, method: string, happened: 'worked' | 'failed'): Promise<void> {
    const pair = `${gateway} ${method}`;
    if (happened === 'worked' && !failing.has(pair)) return;
    known = { ...known, readAt: Number.NEGATIVE_INFINITY };
    if (happened === 'worked') {
      failing.delete(pair);
      await core.rows(WORKED, [gateway, method]);
      meters?.standing(gateway, method, false);
      return;
    }
    failing.add(pair);
    const values = [gateway, method, FAILURES_MAX, SKIP_FIRST_MS, SKIP_MAX_MS];
    const isSkipped = (await firstRow<{ is_skipped: boolean }>(core, FAILED, values))?.is_skipped === true;
    meters?.standing(gateway, method, isSkipped);
    if (isSkipped) log.warn({ gateway, method }, 'a gateway fails and is skipped for a while');
  }

  return {
    skippedFor: async (method) => {
      const rows = (await read(core)).filter((row) => row.payment_method === method);
      const skipped = new Set(rows.map(({ gateway }) => gateway));
      for (const { gateway } of rows.filter(({ is_due }) => is_due)) {
        if ((await firstRow(core, TAKE_TRY, [gateway, method, TRY_WITHIN_MS])) !== undefined) skipped.delete(gateway);
        known = { ...known, readAt: Number.NEGATIVE_INFINITY };
      }
      return skipped;
    },
    note: async (gateway, method, happened) => {
      await write(gateway, method, happened).catch((err: unknown) =>
        log.warn({ err, gateway, method }, 'how a gateway does could not be written down'),
      );
    },
  };
}
