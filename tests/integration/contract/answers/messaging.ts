import { expect, test } from 'vitest';
import { newId } from '#shared/new-id.ts';
import { callNamed } from '../calls.ts';
import { expectFault, expectRefused } from '../refused.ts';
import { type Body, done, expectFields, type World } from './world.ts';

const DIALOG =
  'id, type, name, description, avatar_url, participant_count, participants, last_message, unread_count, created_at, updated_at';
const MESSAGE =
  'id, dialog_id, seq, version, client_id, sender_id, content, message_type, metadata, reply_to_id, reactions, ' +
  'delivery_status, read_receipts, edited_at, deleted_at, created_at';

type Member = { readonly id: string; readonly token: string };

/** The rows of the contract's table of messaging calls. */
export function messagingAnswers(world: () => World): void {
  async function members(count: number): Promise<Member[]> {
    const seeded = await world().seed({ users: count });
    return seeded.map((user) => ({ id: user.user_id, token: user.access_token }));
  }

  const open = (by: Member, body: unknown) => world().ask(callNamed('openDialog'), { token: by.token, body });
  const send = (by: Member, id: string, body: unknown) =>
    world().ask(callNamed('sendMessage'), { token: by.token, params: { id }, body });

  async function direct(): Promise<{ ann: Member; ben: Member; id: string }> {
    const [ann, ben] = (await members(2)) as [Member, Member];
    const { body } = await open(ann, { type: 'direct', participant_ids: [ben.id] });
    return { ann, ben, id: (body as { id: string }).id };
  }

  test('POST /dialogs: 201 the first time, 200 with the same one ever after, from either side', async () => {
    const [ann, ben, eve] = (await members(3)) as [Member, Member, Member];
    const first = await open(ann, { type: 'direct', participant_ids: [ben.id] });
    const again = [
      await open(ann, { type: 'direct', participant_ids: [ben.id] }),
      await open(ben, { type: 'direct', participant_ids: [ann.id] }),
    ];
    expect([first.status, ...again.map(({ status }) => status)]).toEqual([201, 200, 200]);
    const { id } = first.body as { id: string };
    expect(again.map(({ body }) => (body as Body)['id'])).toEqual([id, id]);
    expectFields(first.body, DIALOG);
    expect(first.body).toMatchObject({ type: 'direct', participant_count: 2, last_message: null, unread_count: 0 });
    const read = await done(world(), 'getDialog', 200, { token: ben.token, params: { id } });
    expectFields(read, DIALOG);
    const outside = await world().ask(callNamed('getDialog'), { token: eve.token, params: { id } });
    expectRefused(outside, 'NOT_FOUND', 'someone who is not in it');
    expectFault(await open(ann, { type: 'direct', participant_ids: [ann.id] }), 'participant_ids', 'oneself');
  });

  test('POST /dialogs: a group has its creator as owner beside the others; a channel grows by joining', async () => {
    const [ann, ben, eve] = (await members(3)) as [Member, Member, Member];
    const others = [ben.id, eve.id];
    const group = await open(ann, { type: 'group', name: 'Lunch', description: 'Where?', participant_ids: others });
    expect([group.status, group.body]).toEqual([
      201,
      expect.objectContaining({
        type: 'group',
        name: 'Lunch',
        description: 'Where?',
        avatar_url: null,
        participant_count: 3,
      }),
    ]);
    const { participants } = group.body as { participants: { user_id: string; role: string }[] };
    const roles = participants.map(({ user_id: userId, role }) => [userId, role] as const);
    expect(roles[0]).toEqual([ann.id, 'owner']);
    expect(new Map(roles.slice(1))).toEqual(new Map(others.map((id) => [id, 'member'])));
    const channel = await open(ann, { type: 'channel', name: 'News' });
    expect([channel.status, channel.body]).toEqual([201, expect.objectContaining({ participant_count: 1 })]);
    expectFault(await open(ann, { type: 'group', participant_ids: others }), 'name', 'a group without a name');
    expectFault(await open(ann, { type: 'group', name: 'Us', participant_ids: [ben.id] }), 'participant_ids', 'two');
    const crowd = Array.from({ length: 1000 }, () => newId('TH'));
    expectFault(await open(ann, { type: 'group', name: 'All', participant_ids: crowd }), 'participant_ids', '1,001');
  });

  test('POST /dialogs/{id}/messages: 201 the first time, 200 with the first when its client_id comes again', async () => {
    const { ann, ben, id } = await direct();
    const text = { message_type: 'text', content: 'hello', client_id: 'c-1' };
    const first = await send(ann, id, text);
    expect(first.status).toBe(201);
    expectFields(first.body, MESSAGE);
    expect(first.body).toMatchObject({
      dialog_id: id,
      seq: 1,
      version: 1,
      client_id: 'c-1',
      sender_id: ann.id,
      content: 'hello',
      message_type: 'text',
      reactions: [],
      delivery_status: 'sent',
      read_receipts: [],
      edited_at: null,
      deleted_at: null,
    });
    const again = await send(ann, id, text);
    expect([again.status, again.body]).toEqual([200, first.body]);
    expectRefused(await send(ann, id, { ...text, content: 'bye' }), 'CONFLICT', 'other content');
    const theirs = await send(ben, id, text);
    expect([theirs.status, theirs.body]).toEqual([201, expect.objectContaining({ seq: 2, sender_id: ben.id })]);

    const reply = { message_type: 'text', content: 'yes?', reply_to_id: (first.body as Body)['id'] };
    expect((await send(ben, id, reply)).body).toMatchObject({ seq: 3, reply_to_id: reply.reply_to_id });
    const metadata = { latitude: 13.7, longitude: 100.5 };
    const place = await send(ann, id, { message_type: 'location', metadata });
    expect(place.body).toMatchObject({ seq: 4, content: '', metadata });
    expect((await send(ann, id, { message_type: 'text', content: 'x'.repeat(4_000) })).status).toBe(201);
    expectFault(await send(ann, id, { message_type: 'text', content: 'x'.repeat(4_001) }), 'content', '4,001');
    expectFault(await send(ann, id, { message_type: 'system', content: 'hi' }), 'message_type', 'the server’s own');
  });

  test('only admins post in a channel: a member is refused with 403, since they see it', async () => {
    const [ann, ben] = (await members(2)) as [Member, Member];
    const { body } = await open(ann, { type: 'channel', name: 'News', participant_ids: [ben.id] });
    const { id } = body as { id: string };
    const text = { message_type: 'text', content: 'hello' };
    expect((await send(ann, id, text)).status).toBe(201);
    expectRefused(await send(ben, id, text), 'FORBIDDEN', 'a member who is no admin');
  });

  test('POST /dialogs/{id}/receipts answers cursors: clamped, never going back, reading implies delivery', async () => {
    const { ann, ben, id } = await direct();
    for (const content of ['one', 'two', 'three']) await send(ann, id, { message_type: 'text', content });
    const advance = (body: unknown) => done(world(), 'advanceReceipt', 200, { token: ben.token, params: { id }, body });
    expect(await advance({ delivered_seq: 2 })).toEqual({ delivered_seq: 2, read_seq: 0 });
    expect(await advance({ delivered_seq: 1 })).toEqual({ delivered_seq: 2, read_seq: 0 });
    expect(await advance({ read_seq: 1 })).toEqual({ delivered_seq: 2, read_seq: 1 });
    expect(await advance({ read_seq: 99 })).toEqual({ delivered_seq: 3, read_seq: 3 });
    expect(await advance({ read_seq: 0, delivered_seq: 0 })).toEqual({ delivered_seq: 3, read_seq: 3 });
    const read = await done(world(), 'listMessages', 200, { token: ann.token, params: { id } });
    expect(read).toMatchObject({
      messages: [1, 2, 3].map((seq) => ({ seq, delivery_status: 'read', read_receipts: [{ user_id: ben.id }] })),
      has_more: false,
    });
    const list = await done(world(), 'listDialogs', 200, { token: ben.token });
    expect(list).toMatchObject({
      dialogs: [{ id, unread_count: 0, last_message: { seq: 3, content: 'three' } }],
      pagination: { page: 1, limit: 20, total: 1, has_next: false },
    });
  });
}
