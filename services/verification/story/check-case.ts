import { AppError } from '#shared/errors.ts';
import type { CaseId } from '#shared/ids.ts';
import type { CaseState } from '#shared/workflows/case.ts';
import { isUsedElsewhere } from '../document-uses.ts';
import type { VerificationPorts } from '../ports.ts';
import { formatOf } from '../numbers/formats.ts';
import { homeOf, readCase, readSubmission, withCase } from '../read-case.ts';
import { dayOf, firstExpiry, isRegistered, judge, missingIn, worst } from '../rules.ts';
import type { Submission } from '../sealing/sealed-submission.ts';
import { type CaseRow, moveCase } from '../store/cases.ts';
import { type CheckRow, checksOf, saveCheck } from '../store/submissions.ts';
import { audited, changed } from '../told.ts';
import { expiryFault } from '../validity.ts';

/**
 * Sees whether a submission has all that it needs, and whether its documents are still good.
 *
 * @returns `checking` when the sources may be asked, `asking` when the applicant must be
 */
export function makeCheckDocuments(ports: VerificationPorts) {
  return async (id: CaseId): Promise<CaseState> => {
    const seen = await readCase(ports, id);
    if (seen.state !== 'checking') return seen.state;
    const submission = await submissionFor(ports, seen);
    const today = dayOf(ports.clock());
    // Submissions that were taken before their days had to be given are asked for them.
    const stale = submission.documents.filter(
      (document) => expiryFault(document, submission.dateOfBirth, today) !== undefined,
    );
    const wanted = [...missingIn(seen.kind, seen.tier, submission), ...stale.map(({ type }) => type)];
    if (wanted.length === 0) return seen.state;
    return await withCase(ports, id, async (tx, row) => {
      if (!isSame(row, seen)) return row.state;
      const at = ports.clock();
      const asked = await moveCase(tx, row, { state: 'asking', wanted: [...new Set(wanted)], waiting_since: at }, at);
      await ports.outbox.append(tx, {
        events: [changed(asked, 'asked')],
        audit: [audited(asked, 'asked', { wanted: wanted.length })],
      });
      return asked.state;
    });
  };
}

/** Asks the registries about every number; the worst of their answers is the submission's. Asked and answered once. */
export function makeCheckRegistry(ports: VerificationPorts) {
  return async (id: CaseId): Promise<void> => {
    const row = await readCase(ports, id);
    if (row.state !== 'checking' || (await find(ports, row, 'registry')) !== undefined) return;
    const questions = questionsOf(row, await submissionFor(ports, row));
    const results = await Promise.all(questions.map((question) => ports.registry.check({ caseId: id, ...question })));
    await save(ports, row, { source: 'registry', result: worst(results), checked_at: ports.clock() });
  };
}

/** Looks for the applicant on lists. Names that it has looked for are looked for again: lists change. */
export function makeScreen(ports: VerificationPorts) {
  return async (id: CaseId): Promise<void> => {
    const row = await readCase(ports, id);
    if (row.state !== 'checking') return;
    await screen(ports, row);
  };
}

/**
 * What a step judges. It may have gone since the case was read, with the case: the step is taken again, and finds that.
 *
 * @throws {AppError} RETRY_LATER
 */
async function submissionFor(ports: VerificationPorts, row: CaseRow): Promise<Submission> {
  try {
    return await readSubmission(ports, row);
  } catch (cause) {
    if (!(cause instanceof AppError) || cause.code !== 'NOT_FOUND') throw cause;
    throw new AppError('RETRY_LATER', { message: 'The case has changed meanwhile', cause });
  }
}

export async function screen(ports: VerificationPorts, row: CaseRow): Promise<'clear' | 'hit'> {
  const { name, dateOfBirth } = await submissionFor(ports, row);
  const result = await ports.screening.screen({ caseId: row.id, name, dateOfBirth });
  await save(ports, row, { source: 'screening', result, checked_at: ports.clock() });
  return result;
}

/**
 * Decides by the policy, or gives the case to reviewers.
 *
 * @throws when a source has not answered: without its answer nothing is decided
 */
export function makeJudge(ports: VerificationPorts) {
  return async (id: CaseId): Promise<CaseState> => {
    const seen = await readCase(ports, id);
    if (seen.state !== 'checking') return seen.state;
    const submission = await submissionFor(ports, seen);
    const [registry, screening] = [await find(ports, seen, 'registry'), await find(ports, seen, 'screening')];
    if (registry?.source !== 'registry' || screening?.source !== 'screening') {
      throw new Error(`case ${id} is judged before its sources have answered`);
    }
    const findings = {
      tier: seen.tier,
      registry: registry.result,
      screening: screening.result,
      birthDateDiffers: birthDateDiffers(submission, dayOf(ports.clock())),
    };
    // Documents that would be enough are this account's from here on, unless another one came first.
    const claims = judge({ ...findings, usedElsewhere: false }).state === 'approved';
    const usedElsewhere = await isUsedElsewhere(ports, seen, submission.documents, claims);
    const verdict = judge({ ...findings, usedElsewhere });
    return await withCase(ports, id, async (tx, row) => {
      if (!isSame(row, seen)) return row.state;
      const at = ports.clock();
      const expires = { expires_on: firstExpiry(submission.documents) ?? null };
      const waits = { waiting_since: at, due_at: new Date(at.getTime() + ports.reviewSlaMs), escalations: 0 };
      const move = verdict.state === 'review' ? { ...verdict, ...waits } : { ...verdict, decided_at: at };
      const after = await moveCase(tx, row, { ...expires, ...move }, at);
      await ports.outbox.append(tx, {
        events: after.state === 'review' ? [changed(after, 'review')] : [],
        audit: [audited(after, 'judged', { verdict: after.state, risk: after.risk, doubts: after.doubts.join(' ') })],
      });
      return after.state;
    });
  };
}

/** What the registries are asked. The registration number of a business is asked about even if no document names it. */
function questionsOf({ kind, country }: CaseRow, { registrationNumber, documents }: Submission) {
  const named = documents.filter(isRegistered).map((document) => ({
    country: document.country,
    type: document.type as string,
    number: document.number,
  }));
  if (kind === 'kyc' || registrationNumber === undefined) return named;
  const isNamed = named.some(({ number }) => number === registrationNumber);
  return isNamed ? named : [{ country, type: 'business_registration', number: registrationNumber }, ...named];
}

function birthDateDiffers({ dateOfBirth, documents }: Submission, today: string): boolean {
  return documents.some(({ type, country, number }) => {
    const inside = formatOf(type, country)?.birthDay?.(number, today);
    return inside !== undefined && dateOfBirth !== undefined && inside !== dateOfBirth;
  });
}

function isSame(row: CaseRow, seen: CaseRow): boolean {
  return row.state === seen.state && row.round === seen.round;
}

async function find(ports: VerificationPorts, row: CaseRow, source: CheckRow['source']): Promise<CheckRow | undefined> {
  const checks = await checksOf(homeOf(ports, row.id), row.id, row.submission);
  return checks.find((check) => check.source === source);
}

/** Writes what a source said; for the audit it is also who has read the applicant's data. */
async function save(ports: VerificationPorts, row: CaseRow, check: CheckRow): Promise<void> {
  await homeOf(ports, row.id).transaction(async (tx) => {
    await saveCheck(tx, row.id, row.submission, check);
    await ports.outbox.append(tx, { audit: [audited(row, `${check.source}_asked`, { result: check.result })] });
  });
}
