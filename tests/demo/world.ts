import { randomInt } from 'node:crypto';
import { type ClientOptions, TchatClient } from '#client/tchat-client.ts';
import type { TokenPair } from '#client/tokens.ts';
import type { Config } from '#infrastructure/config/settings.ts';
import { sendOtp } from '#shared/contracts/auth/otp.ts';
import type { UserId } from '#shared/ids.ts';
import type { Locale } from '#shared/regions.ts';
import { until } from './patience.ts';
import type { Teller } from './teller.ts';

/** Where the cluster is that the story plays in. */
export type World = {
  readonly gatewayUrl: string;
  readonly nodeUrls: readonly string[];
  readonly sandboxUrl: string;
  /** The page of a workflow in the Temporal UI. */
  workflowUrl(workflowId: string): string;
};

export type Person = {
  readonly name: string;
  readonly id: UserId;
  readonly client: TchatClient;
  readonly tokens: TokenPair;
};

export function worldOf(config: Config): World {
  const at = (port: number) => `http://127.0.0.1:${port}`;
  return {
    gatewayUrl: config.PUBLIC_URL,
    nodeUrls: config.REALTIME_PORTS.map(at),
    sandboxUrl: config.SANDBOX_URL ?? at(config.SANDBOX_PORT),
    workflowUrl: (id) => `${config.TEMPORAL_UI_URL}/namespaces/${config.TEMPORAL_NAMESPACE}/workflows/${id}`,
  };
}

type Text = { readonly text: string; readonly provider: string };

/** Reads the newest text message that a number got, as its owner would on the phone. */
async function readPhone({ sandboxUrl }: World, phone: string): Promise<Text> {
  return await until(`a text message to ${phone}`, async () => {
    const response = await fetch(`${sandboxUrl}/sandbox/inbox?to=${encodeURIComponent(phone)}`);
    const [newest] = (await response.json()) as Text[];
    return newest;
  });
}

/** A client on one node. */
export function clientOf(world: World, node: number, more: Partial<ClientOptions> = {}): TchatClient {
  return new TchatClient({
    baseUrls: [world.gatewayUrl],
    socketUrls: [world.nodeUrls[node % world.nodeUrls.length]!],
    ...more,
  });
}

/** Someone logs in with a number that nobody had before, on the node that is given. */
export async function logIn(
  world: World,
  tell: Teller,
  { name, locale, node }: { readonly name: string; readonly locale: Locale; readonly node: number },
): Promise<Person> {
  const phone_number = `+6681${randomInt(10_000_000).toString().padStart(7, '0')}`;
  const client = clientOf(world, node);
  tell.does(name, `asks for a code for ${phone_number}`);
  await client.call(sendOtp, { body: { phone_number, country_code: 'TH', locale } });
  const { text, provider } = await readPhone(world, phone_number);
  tell.shows(`“${text}” (by ${provider})`);
  const otp_code = /(?<!\d)\d{6}(?!\d)/.exec(text)?.[0];
  if (otp_code === undefined) throw new Error(`there is no code in “${text}”`);
  const { user, ...tokens } = await client.logIn({ phone_number, country_code: 'TH', otp_code });
  tell.does(name, `is logged in as ${user.id}`);
  return { name, id: user.id, client, tokens };
}
