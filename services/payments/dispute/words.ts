import { type DisputeId, regionOf, type UserId } from '#shared/ids.ts';
import { type Databases, firstRow, statement } from '#shared/sql.ts';

// What people wrote is personal data: each function goes to the database of its author's region.

const SAVE = statement(
  'payments.save-dispute-words',
  `INSERT INTO payments.dispute_words (dispute_id, author_id, words) VALUES ($1, $2, $3)
   ON CONFLICT (dispute_id, author_id) DO UPDATE SET words = excluded.words`,
);
const FIND = statement(
  'payments.find-dispute-words',
  'SELECT dispute_words.words FROM payments.dispute_words WHERE dispute_words.dispute_id = $1 AND dispute_words.author_id = $2',
);
const FORGET = statement(
  'payments.forget-dispute-words',
  'DELETE FROM payments.dispute_words WHERE dispute_words.author_id = $1',
);

export async function saveWords(databases: Databases, id: DisputeId, author: UserId, words: string): Promise<void> {
  await databases.of(regionOf(author)).rows(SAVE, [id, author, words]);
}

export async function wordsBy(databases: Databases, id: DisputeId, author: UserId): Promise<string | null> {
  const row = await firstRow<{ words: string }>(databases.of(regionOf(author)), FIND, [id, author]);
  return row?.words ?? null;
}

/** What someone wrote in disputes goes when they are erased; the disputes themselves stay, without a name. */
export async function forgetWords(databases: Databases, author: UserId): Promise<void> {
  await databases.of(regionOf(author)).rows(FORGET, [author]);
}
