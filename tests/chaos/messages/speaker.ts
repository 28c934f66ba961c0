import { Connection } from '#client/connection.ts';
import { HttpCalls } from '#client/http-calls.ts';
import { SendQueue } from '#client/send-queue.ts';
import { Tokens } from '#client/tokens.ts';
import { AppError } from '#shared/errors.ts';
import type { DialogId } from '#shared/ids.ts';
import type { Sent } from '#shared/sockets/client-events.ts';
import type { Cluster } from '#tests/harness/cluster.ts';
import type { Resident } from '#tests/chaos/town.ts';

/** A device that only writes: the client's own connection and queue, with each try counted. */
export type Speaker = {
  /** Sends until it is stored. @throws {AppError} the node's final refusal */
  say(dialogId: DialogId, content: string): Promise<Sent>;
  /** Messages of which a try was not answered, so that it was unknown for a while whether they are stored. */
  readonly doubtful: ReadonlySet<string>;
  close(): void;
};

export async function openSpeaker(
  { tokens: pair }: Resident,
  cluster: Cluster,
  outstandingPerDialog: number,
): Promise<Speaker> {
  const tokens = new Tokens(new HttpCalls([cluster.gatewayUrl]), () => {});
  tokens.set(pair);
  const doubtful = new Set<string>();
  const { promise: isConnected, resolve } = Promise.withResolvers<void>();
  const connection = new Connection({
    urls: cluster.realtimeUrls,
    tokens,
    listen: () => {},
    connected: () => {
      queue.moveAll();
      resolve();
    },
    disconnected: () => {},
    loggedOut: () => {},
  });
  const queue = new SendQueue({
    isOn: () => connection.isOn,
    outstandingPerDialog,
    send: async (command) => {
      try {
        return await connection.request('message:send', command);
      } catch (error) {
        if (error instanceof AppError && error.code === 'TIMEOUT') doubtful.add(command.client_id);
        throw error;
      }
    },
  });
  connection.start();
  await isConnected;
  return {
    say: (dialogId, content) => queue.add({ dialog_id: dialogId, client_id: content, message_type: 'text', content }),
    doubtful,
    close: () => {
      queue.close();
      connection.stop();
    },
  };
}
