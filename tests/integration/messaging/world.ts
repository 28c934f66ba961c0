import { randomBytes } from 'node:crypto';
import { makeOutbox } from '#infrastructure/events/outbox.ts';
import { makeIdempotency } from '#infrastructure/idempotency/idempotency.ts';
import { makeLocalKeys } from '#infrastructure/keys/local-keys.ts';
import type { Announcer, Blocks, MediaLink, People, Person } from '#services/messaging/ports.ts';
import { type Member, type MessagingService, makeMessaging } from '#services/messaging/service.ts';
import type { MessageStore } from '#services/messaging/store/message-store.ts';
import { postgresMessages } from '#services/messaging/store/postgres-messages.ts';
import type { WireDialog } from '#shared/contracts/messaging/dialog.ts';
import type { DialogId, MediaId, UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { Country } from '#shared/regions.ts';
import type { Databases } from '#shared/sql.ts';
import { messageStore } from '#tests/harness/message-store.ts';

const kept = Symbol('kept');

/** What was announced, in order. */
export type Announced = {
  readonly event: 'message' | 'change' | 'receipt' | 'dialog' | 'updated' | 'removed' | 'closed';
  readonly to: unknown;
  readonly what: object;
};

/** Messaging over a test's databases, with a population of its own and an ear on what it announces. */
export class World {
  readonly announced: Announced[] = [];
  readonly messaging: MessagingService;
  readonly messageStore: MessageStore;
  /** What identity would tell of who has blocked whom. */
  readonly blocks: Blocks = {
    blockersOf: async (userId, others) => others.filter((other) => this.#blocked.has(`${other} ${userId}`)),
  };
  /** Pairs of someone who blocks and whom. */
  readonly #blocked = new Set<string>();
  /** Files that were linked to dialogs, each time. */
  readonly attached: MediaLink[] = [];
  /** Messages that no longer show a file, each time it was said. */
  readonly detached: object[] = [];
  readonly #files = new Map<MediaId, UserId>();
  readonly #population: Map<UserId, Person>;
  readonly #messageKeys: readonly string[];

  /** @param messageKeys as in MESSAGE_KEY; those of the sibling, or a new one, when not given */
  constructor(databases: Databases, sibling?: World, messageKeys?: readonly string[]) {
    this.#population = sibling?.[kept].population ?? new Map<UserId, Person>();
    this.#messageKeys = messageKeys ?? sibling?.[kept].messageKeys ?? [randomBytes(32).toString('hex')];
    this.messageStore = messageStore() ?? postgresMessages;
    this.messaging = makeMessaging({
      databases,
      outbox: makeOutbox(),
      idempotency: makeIdempotency(),
      people: this.#people(),
      blocks: this.blocks,
      media: {
        attach: async (link) => this.#attach(link),
        detach: async (showing, by) => void this.detached.push({ ...showing, by }),
      },
      announcer: this.#announcer(),
      keyManagement: makeLocalKeys(this.#messageKeys),
      messageStore: this.messageStore,
    });
  }

  /** What a second process of the same cluster shares. */
  get [kept]() {
    return { population: this.#population, messageKeys: this.#messageKeys };
  }

  /** Key management with the keys of this world. */
  get keyManagement() {
    return makeLocalKeys(this.#messageKeys);
  }

  person(country: Country = 'TH', status = 'active'): Member {
    const id = newId<UserId>(country);
    this.#population.set(id, { id, country, status });
    return { userId: id, country };
  }

  people(count: number): Member[] {
    return Array.from({ length: count }, () => this.person());
  }

  /** From now on, or no longer, as far as identity knows. */
  block(blocker: Member, blocked: Member, isBlocked = true): void {
    const pair = `${blocker.userId} ${blocked.userId}`;
    if (isBlocked) this.#blocked.add(pair);
    else this.#blocked.delete(pair);
  }

  async direct(one: Member, other: Member): Promise<WireDialog> {
    const { dialog } = await this.messaging.openDialog(one, { type: 'direct', participant_ids: [other.userId] });
    return dialog;
  }

  async group(creator: Member, ...others: Member[]): Promise<WireDialog> {
    const ids = others.map((other) => other.userId);
    const { dialog } = await this.messaging.openDialog(creator, { type: 'group', name: 'Lunch', participant_ids: ids });
    return dialog;
  }

  async say(sender: Member, dialogId: DialogId, content: string, clientId?: string) {
    return await this.messaging.sendMessage(sender, {
      dialog_id: dialogId,
      message_type: 'text',
      content,
      ...(clientId === undefined ? {} : { client_id: clientId }),
    });
  }

  /** Says numbers from 1 to `count`, one after the other. */
  async count(sender: Member, dialogId: DialogId, count: number): Promise<void> {
    for (let n = 1; n <= count; n += 1) await this.say(sender, dialogId, String(n));
  }

  /** A file that this person may send, of any kind. */
  file(owner: Member): MediaId {
    const id = newId<MediaId>(owner.country);
    this.#files.set(id, owner.userId);
    return id;
  }

  #attach(link: MediaLink): 'attached' | 'refused' {
    if (this.#files.get(link.mediaId) !== link.ownerId) return 'refused';
    this.attached.push(link);
    return 'attached';
  }

  #people(): People {
    return { find: async (ids) => ids.flatMap((id) => this.#population.get(id) ?? []) };
  }

  #announcer(): Announcer {
    return {
      messageNew: (dialogId, what) => void this.announced.push({ event: 'message', to: dialogId, what }),
      messageChanged: (dialogId, what) => void this.announced.push({ event: 'change', to: dialogId, what }),
      receipt: (dialogId, what) => void this.announced.push({ event: 'receipt', to: dialogId, what }),
      receiptFor: (userId, what) => void this.announced.push({ event: 'receipt', to: userId, what }),
      dialogUpdated: (dialogId, what) => void this.announced.push({ event: 'updated', to: dialogId, what }),
      dialogUpdatedFor: (userId, what) => void this.announced.push({ event: 'updated', to: userId, what }),
      dialogRemoved: (userIds, what) => void this.announced.push({ event: 'removed', to: userIds, what }),
      dialogClosed: (what) => void this.announced.push({ event: 'closed', to: what.id, what }),
      dialogNew: (userIds, what) => void this.announced.push({ event: 'dialog', to: userIds, what }),
    };
  }
}
