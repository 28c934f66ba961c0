import { GetEmail, SetEmail } from '#shared/contracts/notifications/email.ts';
import { ListNotifications, ReadNotification } from '#shared/contracts/notifications/inbox.ts';
import { until } from '../patience.ts';
import { mustBe, type Teller } from '../teller.ts';
import type { Person, World } from '../world.ts';

type Mail = { readonly subject: string; readonly text: string };

/** Someone confirms where they read mail, so that receipts come there as well. */
export async function giveAddress(world: World, tell: Teller, { name, client }: Person): Promise<string> {
  tell.chapter('What people are told');
  const address = `${name.toLowerCase()}-${Date.now()}@mail.example`;
  await client.call(SetEmail, { body: { address } });
  const mail = await until(`the mail that asks ${name}`, async () => (await mailsTo(world, address))[0]);
  const link = /https?:\/\/\S*token=[\w.-]+/.exec(mail.text)?.[0];
  if (link === undefined) throw new Error('the mail has no link');
  await fetch(link, { method: 'POST' });
  await until(`${name}'s address is confirmed`, async () => {
    const { body } = await client.call(GetEmail, {});
    return body.address === address || undefined;
  });
  tell.does(name, `follows the link in “${mail.subject}”: mail comes to ${address}`);
  return address;
}

/** What came of the money that was sent: the bell, and the mail. */
export async function readBell(world: World, tell: Teller, who: Person, address: string): Promise<void> {
  const told = await until(`${who.name} is told of the money`, async () => {
    const { body } = await who.client.call(ListNotifications, { query: { channel: 'payments' } });
    return body.notifications.find(({ template }) => template === 'payments.money_received');
  });
  tell.does(who.name, `finds in the inbox: “${told.subject ?? ''}” ${told.content ?? ''}`);
  const mail = await until(`the receipt by mail`, async () => {
    const mails = await mailsTo(world, address);
    return mails.find(({ text }) => text.includes('120'));
  });
  tell.does(who.name, `and in the mail: “${mail.subject}”`);
  const { body } = await who.client.call(ReadNotification, { params: { id: told.id } });
  mustBe(String(body.read_at !== null), 'true', 'the notification is read');
  tell.shows(`${body.unread_count} unread are left, on every device`);
}

async function mailsTo({ sandboxUrl }: World, address: string): Promise<readonly Mail[]> {
  const response = await fetch(`${sandboxUrl}/sandbox/inbox?to=${encodeURIComponent(address)}`);
  return (await response.json()) as Mail[];
}
