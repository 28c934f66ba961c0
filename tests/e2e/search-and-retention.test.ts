import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listMessages, openDialog, searchMessages, sendMessage } from '#shared/contracts/messaging.ts';
import type { DialogId } from '#shared/ids.ts';
import type { Resident } from '#tests/chaos/town.ts';
import { type Stage, openStage } from './stage.ts';

const PATIENCE = { timeout: 60_000 };

let stage: Stage;
beforeAll(async () => {
  // Purging begins every two seconds, so that the test need not wait an hour.
  stage = await openStage({ settings: { MESSAGE_UPKEEP_EVERY: 'PT2S' } });
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

test('what is said is found by its words, by members only, and ends when its dialog says so', async () => {
  const [ann, ben, eve] = await stage.town.residents(3, '0.00');
  const opened = await ann!.client.call(openDialog, { body: { type: 'direct', participant_ids: [ben!.id] } });
  const place = { params: { id: opened.body.id } };
  const message = { message_type: 'text', content: 'กินข้าวที่ไหนดี' } as const;
  const sent = await ann!.client.call(sendMessage, { ...place, body: message });

  const search = async (who: Resident | undefined, more: { readonly dialog_id?: DialogId } = {}) =>
    (await who!.client.call(searchMessages, { query: { q: 'ข้าว', ...more } })).body;
  const found = async () => (await search(ben)).messages.map(({ id }) => id);
  await expect.poll(found, PATIENCE).toEqual([sent.body.id]);
  expect(await search(eve)).toEqual({ messages: [], next_cursor: null });
  await expect(search(eve, { dialog_id: opened.body.id })).rejects.toMatchObject({ code: 'NOT_FOUND' });

  const owner = new Client({ connectionString: stage.db.ownerUrl });
  await owner.connect();
  await owner.query(`UPDATE messaging.dialogs SET message_retention_days = 1`);
  await owner.query(`UPDATE messaging.messages SET created_at = created_at - interval '2 days'`);
  await owner.end();
  const left = async () => (await ann!.client.call(listMessages, place)).body.messages;
  await expect.poll(left, PATIENCE).toEqual([]);
  expect(await found()).toEqual([]);
});
