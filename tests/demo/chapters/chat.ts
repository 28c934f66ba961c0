import { openDialog } from '#shared/contracts/messaging.ts';
import type { DialogId } from '#shared/ids.ts';
import { until } from '../patience.ts';
import { mustBe, type Teller } from '../teller.ts';
import { clientOf, type Person, type World } from '../world.ts';

type Heard = { readonly seq: number; readonly content: string | null };

/** Two people chat over two nodes; one is away for a while and misses nothing. */
export async function chat(world: World, tell: Teller, nok: Person, chai: Person): Promise<void> {
  tell.chapter('Chat over two nodes');
  const { body: dialog } = await nok.client.call(openDialog, { body: { type: 'direct', participant_ids: [chai.id] } });
  const heard: Heard[] = [];
  const listen = ({ client }: Person) =>
    client.on('message', ({ dialog_id, message }) => {
      if (dialog_id === dialog.id) heard.push({ seq: message.seq, content: message.content });
    });
  listen(chai);
  await online(nok);
  await online(chai);
  tell.does(nok.name, `opens dialog ${dialog.id} and is on the first node, ${chai.name} on the second`);

  await say(tell, nok, dialog.id, 'พรุ่งนี้ไปตลาดกันไหม');
  await hears(tell, chai, heard, 1);
  await say(tell, chai, dialog.id, 'ไปสิ เจอกันแปดโมง');

  chai.client.close();
  tell.does(chai.name, 'closes the app');
  await say(tell, nok, dialog.id, 'เอาร่มไปด้วยนะ');
  await say(tell, nok, dialog.id, 'ฝนจะตก');
  const client = clientOf(world, 0, { tokens: chai.tokens, known: chai.client.versions });
  const back = { ...chai, client };
  listen(back);
  await online(back);
  tell.does(chai.name, 'opens it again, on the other node');
  await hears(tell, back, heard, 4);
  client.close();
  mustBe(heard.map(({ seq }) => seq).join(), '1,2,3,4', 'what Chai has heard, in order');
  tell.shows('all four messages, in order, none twice');
}

async function online({ name, client }: Person): Promise<void> {
  client.connect();
  await until(`${name} is online`, async () => client.isConnected || undefined);
}

async function say(tell: Teller, { name, client }: Person, dialog: DialogId, content: string): Promise<void> {
  const startedAt = performance.now();
  const { seq } = await client.send(dialog, { content, message_type: 'text' });
  tell.does(name, `“${content}” stored as number ${seq} in ${(performance.now() - startedAt).toFixed(1)} ms`);
}

async function hears(tell: Teller, { name }: Person, heard: readonly Heard[], seq: number): Promise<void> {
  const found = await until(`${name} hears message ${seq}`, async () => heard.find((message) => message.seq === seq));
  tell.does(name, `hears “${found.content}”`);
}
