import { type AuditEntry, happened, type NewEvent } from '#shared/events/event.ts';
import { CaseChanged, type CaseStep, StandingChanged } from '#shared/events/verification.ts';
import { regionOf } from '#shared/ids.ts';
import type { Standing } from '#shared/workflows/case.ts';
import { statusOf } from './rules.ts';
import type { CaseRow } from './store/cases.ts';
import type { StandingRow } from './store/standings.ts';

/** A case took a step. */
export function changed(row: CaseRow, step: CaseStep): NewEvent {
  return happened(CaseChanged, row.id, {
    case_id: row.id,
    kind: row.kind,
    owner_id: row.owner_id,
    shop_id: row.shop_id,
    status: statusOf(row.state),
    step,
  });
}

/** Something else is in force now. */
export function standingChanged(standing: StandingRow): NewEvent {
  return happened(StandingChanged, standing.subject_id, {
    subject_id: standing.subject_id,
    kind: standing.kind,
    tier: standing.tier,
    shop_status: standing.shop_status,
    version: Number(standing.version),
  });
}

/** What is in force, for those who keep a copy. */
export function standingOf(row: StandingRow): Standing {
  return {
    kind: row.kind,
    subjectId: row.subject_id,
    tier: row.tier,
    shopStatus: row.shop_status,
    version: Number(row.version),
  };
}

/** Who acts when a case goes on by itself: its workflow. */
export function workflowOf({ kind, id }: Pick<CaseRow, 'kind' | 'id'>): string {
  return `${kind}-${id}`;
}

/** An entry about a case; `actor` is its workflow where nobody is named. */
export function audited(
  row: Pick<CaseRow, 'kind' | 'id' | 'round'>,
  action: string,
  facts: NonNullable<AuditEntry['facts']> = {},
  actor: string = workflowOf(row),
  outcome: AuditEntry['outcome'] = 'ok',
): AuditEntry {
  return {
    actor,
    action: `verification.${action}`,
    subject: row.id,
    region: regionOf(row.id),
    outcome,
    facts: { round: row.round, ...facts },
  };
}
