import type { AuditEntry, Outbox } from '#shared/events/event.ts';
import type { Database } from '#shared/sql.ts';
import { askReplay, discardLetter, type LetterKey } from './letters.ts';

type Ports = { readonly database: Database; readonly outbox: Outbox };

/**
 * Has a dead letter handed to its group once more, by the process that runs the group.
 *
 * @param by who decides, for the audit
 * @returns false when it does not wait for a decision any more
 */
export function askForReplay({ database, outbox }: Ports, key: LetterKey, by: string): Promise<boolean> {
  return database.transaction(async (tx) => {
    if (!(await askReplay(tx, key, by))) return false;
    await outbox.append(tx, { audit: [entry(key, by, 'events.replay_asked')] });
    return true;
  });
}

/**
 * Decides that a dead letter shall never be handled.
 *
 * @param reason kept with the letter, and in no audit entry: people write what they like
 * @returns false when it was settled already
 */
export function discard({ database, outbox }: Ports, key: LetterKey, by: string, reason: string): Promise<boolean> {
  return database.transaction(async (tx) => {
    if (!(await discardLetter(tx, key, by, reason))) return false;
    await outbox.append(tx, { audit: [entry(key, by, 'events.dead_letter_discarded')] });
    return true;
  });
}

function entry({ group, eventId }: LetterKey, actor: string, action: string): AuditEntry {
  return { actor, action, subject: eventId, region: 'core', outcome: 'ok', facts: { group } };
}
