import { actingAs } from '#shared/act-as.ts';
import { type CaseId, regionOf, type ShopId, type UserId } from '#shared/ids.ts';
import type { VerificationPorts } from './ports.ts';
import { keyOf } from './read-case.ts';
import { statusOf } from './rules.ts';
import { open, type Submission } from './sealing/sealed-submission.ts';
import { casesOfOwner, type CaseRow } from './store/cases.ts';
import { submissionsOf } from './store/submissions.ts';
import { audited } from './told.ts';

export type ExportedCase = {
  readonly case_id: CaseId;
  readonly kind: CaseRow['kind'];
  readonly shop_id: ShopId | null;
  readonly requested_tier: number | null;
  readonly status: string;
  readonly reason: string | null;
  readonly created_at: string;
  readonly decided_at: string | null;
  /** What was submitted, as it was read; none of an erased case. */
  readonly submissions: readonly (Submission & { readonly submitted_at: string })[];
};

/** Everything that verification knows of someone, for them. The reading is audited. */
export function makeExportCases(ports: Pick<VerificationPorts, 'databases' | 'outbox' | 'keyManagement'>) {
  return async (userId: UserId): Promise<ExportedCase[]> => {
    const home = ports.databases.of(regionOf(userId));
    const rows = await casesOfOwner(home, userId);
    const exported: ExportedCase[] = [];
    for (const row of rows) exported.push(await exportCase(ports, row));
    const audit = rows.map((row) => audited(row, 'exported', {}, userId));
    if (audit.length > 0) await home.transaction((tx) => ports.outbox.append(tx, { audit }));
    return exported;
  };
}

async function exportCase(
  ports: Pick<VerificationPorts, 'databases' | 'keyManagement'>,
  row: CaseRow,
): Promise<ExportedCase> {
  const key = row.sealed_key === null ? undefined : await keyOf(ports, row);
  const home = ports.databases.of(regionOf(row.id));
  const sealed = key === undefined ? [] : await actingAs(home, row.owner_id, (tx) => submissionsOf(tx, row.id));
  return {
    case_id: row.id,
    kind: row.kind,
    shop_id: row.shop_id,
    requested_tier: row.tier,
    status: statusOf(row.state),
    reason: row.reason,
    created_at: row.created_at.toISOString(),
    decided_at: row.decided_at?.toISOString() ?? null,
    submissions: sealed.map(({ round, sealed, submitted_at }) => ({
      ...open(key!, { caseId: row.id, round }, sealed),
      submitted_at: submitted_at.toISOString(),
    })),
  };
}
