import { randomUUID } from 'node:crypto';
import { type ClientOptions, TchatClient } from '#client/tchat-client.ts';
import { readConfig } from '#infrastructure/config/read-config.ts';
import type { Config } from '#infrastructure/config/settings.ts';
import { makeOutbox } from '#infrastructure/events/outbox.ts';
import { seedAccounts } from '#services/auth/seed-accounts.ts';
import { deriveSecrets } from '#services/auth/secrets.ts';
import { readSigningKeys } from '#services/auth/signing-keys.ts';
import { makeTokens } from '#services/auth/tokens.ts';
import { seedShops } from '#services/commerce/seed-shops.ts';
import { seedWallets } from '#services/payments/seed-wallets.ts';
import { AddProduct } from '#shared/contracts/commerce/product.ts';
import { openDialog } from '#shared/contracts/messaging.ts';
import type { DialogId, ProductId, ShopId, UserId, WalletId } from '#shared/ids.ts';
import { parseMoney } from '#shared/money.ts';
import type { Databases } from '#shared/sql.ts';
import { HOUR, SECOND } from '#shared/time.ts';
import type { Cluster } from '#tests/harness/cluster.ts';

/** The PIN of everyone in town. */
export const PIN = '246810';

export type Resident = {
  readonly id: UserId;
  readonly phoneNumber: string;
  /** A THB wallet. */
  readonly walletId: WalletId;
  readonly tokens: { readonly access_token: string; readonly refresh_token: string; readonly expires_in: number };
  readonly client: TchatClient;
};

export type Stall = {
  readonly merchant: Resident;
  readonly shopId: ShopId;
  readonly productId: ProductId;
  /** Pieces on sale at the start. */
  readonly stock: number;
};

/** People with accounts, money and shops, and clients that speak for them, in a cluster that runs. */
export type Town = {
  residents(count: number, balance: string): Promise<readonly Resident[]>;
  /** Someone who sells one thing for 100.00 THB. */
  stall(stock: number): Promise<Stall>;
  group(members: readonly Resident[]): Promise<DialogId>;
  /** Another client of the same person. */
  clientOf(resident: Pick<Resident, 'tokens'>, options?: Partial<ClientOptions>): TchatClient;
  /** Closes every client. */
  [Symbol.dispose](): void;
};

/** @param databases those of the cluster, for people are made straight in the store */
export function foundTown(cluster: Cluster, databases: Databases): Town {
  const config: Config = readConfig(cluster.env);
  const clock = () => new Date();
  const outbox = makeOutbox();
  const tokens = makeTokens({ keys: readSigningKeys(config.TOKEN_SIGNING_KEYS), issuer: config.PUBLIC_URL, clock });
  const secrets = deriveSecrets({ otpKey: config.OTP_KEY, refreshKey: config.REFRESH_KEY, pinKey: config.PIN_KEY });
  const clients: TchatClient[] = [];

  const clientOf: Town['clientOf'] = (resident, options = {}) => {
    const client = new TchatClient({
      baseUrls: [cluster.gatewayUrl],
      socketUrls: cluster.realtimeUrls,
      tokens: resident.tokens,
      ...options,
    });
    clients.push(client);
    return client;
  };

  async function residents(
    count: number,
    balance: string,
    role: 'user' | 'merchant' = 'user',
  ): Promise<readonly Resident[]> {
    const accounts = await seedAccounts({ databases, secrets, tokens, clock }, { count, role, pin: PIN });
    const money = parseMoney(balance, 'THB');
    if (typeof money === 'string') throw new Error(`${balance} ${money}`);
    const ids = accounts.map(({ user_id: id }) => id);
    const wallets = await seedWallets({ core: databases.of('core'), outbox, clock }, ids, money);
    return accounts.map(({ user_id: id, phone_number: phoneNumber, access_token, refresh_token }, place) => {
      const pair = { access_token, refresh_token, expires_in: HOUR / SECOND };
      return { id, phoneNumber, walletId: wallets[place]!, tokens: pair, client: clientOf({ tokens: pair }) };
    });
  }

  return {
    residents,
    clientOf,
    stall: async (stock) => {
      const [merchant] = await residents(1, '0.00', 'merchant');
      const [shopId] = await seedShops({ databases, outbox, clock }, [{ userId: merchant!.id, country: 'TH' }]);
      const { body: product } = await merchant!.client.call(AddProduct, {
        body: {
          shop_id: shopId!,
          name: 'Palm basket',
          sku: `basket-${randomUUID().slice(0, 8)}`,
          price: '100.00',
          currency: 'THB',
          stock_quantity: stock,
          images: ['https://images.example.com/basket.jpg'],
        },
      });
      return { merchant: merchant!, shopId: shopId!, productId: product.id, stock };
    },
    group: async ([owner, ...others]) => {
      const { body } = await owner!.client.call(openDialog, {
        body: { type: 'group', name: 'all of us', participant_ids: others.map(({ id }) => id) },
      });
      return body.id;
    },
    [Symbol.dispose]: () => {
      for (const client of clients) client.close();
    },
  };
}
