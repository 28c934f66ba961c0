import type { DialogId } from '#shared/ids.ts';
import type { Ear, Heard } from './device.ts';
import type { Said } from './ledger.ts';

/** A message as a member reads it in the history. */
export type Stored = { readonly id: string; readonly seq: number; readonly content: string | null };

/** What must be zero, by its name in the table. */
const NONE = {
  /** Acknowledged and not in the history, or there as another message than was acknowledged. */
  lost: 0,
  /** In the history more than once, or never said. */
  duplicated: 0,
  /** Before one that its sender had stored earlier; or told to a device in another order than that of the history. */
  reordered: 0,
  /** Numbers that the history of a dialog leaves out. */
  'gaps in the store': 0,
  /** Messages of the history that a device was not told. */
  'gaps at devices': 0,
  /** Refused for good, although there was no reason to. */
  refused: 0,
  /** Never answered, so that their senders do not know whether they are stored. */
  'unknown in the end': 0,
};

export type Findings = {
  readonly found: Readonly<typeof NONE>;
  /** A sentence for each of the first things that are wrong. */
  readonly details: readonly string[];
};

const DETAILS_MAX = 20;

/** Compares all that was said with what every dialog's history holds and with what every device was told. */
export function compare(
  said: readonly Said[],
  histories: ReadonlyMap<DialogId, readonly Stored[]>,
  ears: readonly Ear[],
): Findings {
  const found = { ...NONE };
  const details: string[] = [];
  const report = (what: keyof typeof found, detail: string): void => {
    found[what] += 1;
    if (details.length < DETAILS_MAX) details.push(detail);
  };

  const places = new Map<string, Stored[]>();
  for (const [dialogId, history] of histories) {
    history.forEach((stored, at) => {
      const key = `${dialogId} ${stored.content}`;
      places.set(key, [...(places.get(key) ?? []), stored]);
      const before = history[at - 1]?.seq ?? 0;
      if (stored.seq !== before + 1) report('gaps in the store', `${dialogId}: ${stored.seq} follows ${before}`);
    });
  }

  const lastOfLane = new Map<string, number>();
  for (const { dialogId, content, lane, sent, error } of said) {
    const key = `${dialogId} ${content}`;
    const [stored, ...others] = places.get(key) ?? [];
    places.delete(key);
    if (others.length > 0) report('duplicated', `${key} is there ${others.length + 1} times`);
    if (error !== undefined) report('refused', `${key} was refused: ${error}`);
    else if (sent === undefined) report('unknown in the end', `${key} was never answered`);
    else if (stored?.id !== sent.message_id || stored.seq !== sent.seq)
      report('lost', `${key} was acknowledged as ${sent.seq} and is ${stored?.seq ?? 'nowhere'}`);
    if (lane === undefined || stored === undefined) continue;
    const before = lastOfLane.get(lane) ?? 0;
    if (stored.seq <= before) report('reordered', `${key} is ${stored.seq}, after ${before}`);
    lastOfLane.set(lane, stored.seq);
  }
  for (const key of places.keys()) report('duplicated', `${key} is there and nobody said it`);

  for (const { device, dialogId, heard } of ears) {
    const { missing, misplaced } = compareHeard(heard, histories.get(dialogId) ?? []);
    const where = `device ${device} of ${dialogId}`;
    for (const { seq } of missing) report('gaps at devices', `${where} was not told ${seq}`);
    for (const { version } of misplaced) report('reordered', `${where} was told ${version} at another place`);
  }
  return { found, details };
}

/** Nothing was edited, so the version of a message is its seq. */
function compareHeard(heard: readonly Heard[], history: readonly Stored[]) {
  const told = new Set(heard.map(({ version }) => version));
  const missing = history.filter(({ seq }) => !told.has(seq));
  const misplaced = heard.filter(
    ({ version, content }, at) => version <= (heard[at - 1]?.version ?? 0) || content !== history[version - 1]?.content,
  );
  return { missing, misplaced };
}
