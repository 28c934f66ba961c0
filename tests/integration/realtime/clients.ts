import { onTestFinished } from 'vitest';
import { type ClientOptions, TchatClient } from '#client/tchat-client.ts';
import type { SeededAccount } from '#services/auth/seed-accounts.ts';
import type { DialogId } from '#shared/ids.ts';

/** A client of ours, and everything that it has told so far. */
export type Ear = {
  readonly client: TchatClient;
  /** Contents of the messages of a dialog, in the order in which they were told. */
  contents(dialogId: DialogId): (string | null)[];
  /** Versions of a dialog's changes, in the order in which they were told. */
  versions(dialogId: DialogId): number[];
  readonly dialogs: DialogId[];
};

/** A client that is connecting to one of the nodes; closed when its test ends. */
export function clientOf(person: SeededAccount, urls: readonly string[], options: Partial<ClientOptions> = {}): Ear {
  const { access_token, refresh_token } = person;
  const client = new TchatClient({
    baseUrls: urls,
    socketUrls: urls,
    tokens: { access_token, refresh_token, expires_in: 3600 },
    ...options,
  });
  onTestFinished(() => client.close());
  const told: { readonly dialogId: DialogId; readonly version: number; readonly content: string | null }[] = [];
  const dialogs: DialogId[] = [];
  client.on('message', ({ dialog_id: dialogId, version, message }) => {
    told.push({ dialogId, version, content: message.content });
  });
  client.on('dialog', ({ id }) => dialogs.push(id));
  client.connect();
  const of = (dialogId: DialogId) => told.filter((one) => one.dialogId === dialogId);
  return {
    client,
    contents: (dialogId) => of(dialogId).map(({ content }) => content),
    versions: (dialogId) => of(dialogId).map(({ version }) => version),
    dialogs,
  };
}

/** Resolves when the client has caught up for the first time, or again. */
export function caughtUp({ client }: Ear): Promise<void> {
  return new Promise((resolve) => {
    const end = client.on('caught-up', () => {
      end();
      resolve();
    });
  });
}

export function dense(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
