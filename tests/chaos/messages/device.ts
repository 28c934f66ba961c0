import type { ClientOptions, TchatClient } from '#client/tchat-client.ts';
import type { DialogId } from '#shared/ids.ts';

/** What a device was told of one message. */
export type Heard = { readonly version: number; readonly content: string | null };

/** What one device has heard of one dialog, in the order in which its app was told. */
export type Ear = { readonly device: string; readonly dialogId: DialogId; readonly heard: Heard[] };

/** A device that reads. It keeps how far its dialogs are complete, and goes on from there when its app is started again. */
export type Device = {
  /** Ends the app in the middle of whatever it does, and starts it again. */
  restart(): void;
  close(): void;
};

/**
 * Opens an app that has caught up with a town in which nothing was said yet.
 *
 * @param ears where it writes what it hears
 */
export async function openDevice(
  openApp: (options: Partial<ClientOptions>) => TchatClient,
  ears: readonly Ear[],
): Promise<Device> {
  const heardOf = new Map(ears.map(({ dialogId, heard }) => [dialogId, heard]));
  let app = start({});
  await new Promise<void>((resolve) => {
    app.on('caught-up', () => resolve());
  });

  function start(options: Partial<ClientOptions>): TchatClient {
    const client = openApp(options);
    client.on('message', ({ dialog_id: dialogId, version, message }) => {
      heardOf.get(dialogId)?.push({ version, content: message.content });
    });
    client.connect();
    return client;
  }

  return {
    restart: () => {
      const known = app.versions;
      app.close();
      app = start({ known });
    },
    close: () => app.close(),
  };
}
