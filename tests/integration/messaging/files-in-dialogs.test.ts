import { afterAll, beforeAll, expect, test } from 'vitest';
import { callNamed } from '#tests/integration/contract/calls.ts';
import type { Ask } from '#tests/integration/contract/ask.ts';
import { type Contract, type Person, openContract } from '#tests/integration/contract/open-contract.ts';

let contract: Contract;
let nok: Person;
let ann: Person;
let eve: Person;
let dialog: string;
beforeAll(async () => {
  contract = await openContract();
  [nok, ann, eve] = (await contract.people(3)) as [Person, Person, Person];
  dialog = await made('openDialog', nok, { body: { type: 'direct', participant_ids: [ann.id] } }, 'id');
});
afterAll(() => contract[Symbol.asyncDispose]());

/** A field of the answer to a call that makes something. */
async function made(name: string, { token }: Person, sent: Ask, field: string): Promise<string> {
  const { status, body, text } = await contract.ask(callNamed(name), { token, ...sent });
  expect([name, status], text).toEqual([name, 201]);
  return (body as Record<string, string>)[field]!;
}

const upload = (purpose: string) =>
  made('uploadMedia', nok, { query: { purpose }, body: 'a page of text' }, 'media_id');

const statusFor = async (person: Person, media: string) =>
  (await contract.ask(callNamed('getMedia'), { token: person.token, params: { id: media } })).status;

function send(sender: Person, type: string, media: string) {
  const body = { message_type: type, metadata: { media_id: media } };
  return contract.ask(callNamed('sendMessage'), { token: sender.token, params: { id: dialog }, body });
}

test('a file is not sent by who has it not, nor as what it is not', async () => {
  const media = await upload('message');
  for (const [sender, type] of [
    [ann, 'file'],
    [nok, 'image'],
  ] as const) {
    expect(await send(sender, type, media)).toMatchObject({
      status: 400,
      body: { details: [{ path: 'metadata.media_id' }] },
    });
  }
  expect(await statusFor(ann, media)).toBe(404);
});

test('a file is for its owner alone until it is sent, and then for the dialog’s members and nobody else', async () => {
  const media = await upload('message');
  expect([await statusFor(nok, media), await statusFor(ann, media)]).toEqual([200, 404]);
  expect(await send(nok, 'file', media)).toMatchObject({
    status: 201,
    body: { message_type: 'file', content: '', metadata: { media_id: media } },
  });
  expect([await statusFor(ann, media), await statusFor(eve, media)]).toEqual([200, 404]);
});
