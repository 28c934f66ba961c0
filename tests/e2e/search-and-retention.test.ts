import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { uploadMedia } from '#shared/contracts/media.ts';
import { listMessages, openDialog, searchMessages, sendMessage } from '#shared/contracts/messaging.ts';
import { deleteMessage } from '#shared/contracts/messaging/changes.ts';
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

  await twoDaysGoBy(opened.body.id);
  const left = async () => (await ann!.client.call(listMessages, place)).body.messages;
  await expect.poll(left, PATIENCE).toEqual([]);
  expect(await found()).toEqual([]);
});

test('a file ends with the last message that shows it, deleted or purged', async () => {
  const [ann, ben] = (await stage.town.residents(2, '0.00')) as [Resident, Resident];
  const opened = await ann.client.call(openDialog, { body: { type: 'direct', participant_ids: [ben.id] } });
  const place = { params: { id: opened.body.id } };
  const send = async () => {
    const stored = await ann.client.call(uploadMedia, {
      query: { purpose: 'message' },
      body: new TextEncoder().encode('a page of text'),
    });
    const { media_id } = stored.body;
    const sent = await ann.client.call(sendMessage, {
      ...place,
      body: { message_type: 'file', metadata: { media_id } },
    });
    return { id: sent.body.id, url: `${stage.cluster.gatewayUrl}${stored.body.url}` };
  };
  const statusOf = async ({ url }: { readonly url: string }) =>
    (await fetch(url, { headers: { authorization: `Bearer ${ben.tokens.access_token}` } })).status;
  const [deleted, purged] = [await send(), await send()];
  expect(await Promise.all([deleted, purged].map(statusOf))).toEqual([200, 200]);
  await ann.client.call(deleteMessage, { params: { id: deleted.id } });
  expect(await Promise.all([deleted, purged].map(statusOf))).toEqual([404, 200]);
  await twoDaysGoBy(opened.body.id);
  await expect.poll(() => statusOf(purged), PATIENCE).toBe(404);
});

/** For what was said in a dialog, which keeps it for one. */
async function twoDaysGoBy(dialogId: DialogId): Promise<void> {
  const owner = new Client({ connectionString: stage.db.ownerUrl });
  await owner.connect();
  await owner.query(`UPDATE media.links SET linked_at = linked_at - interval '2 days' WHERE dialog_id = $1`, [
    dialogId,
  ]);
  await owner.query(`UPDATE messaging.messages SET created_at = created_at - interval '2 days' WHERE dialog_id = $1`, [
    dialogId,
  ]);
  await owner.query(`UPDATE messaging.dialogs SET message_retention_days = 1 WHERE id = $1`, [dialogId]);
  await owner.end();
}
