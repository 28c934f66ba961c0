import { forEach } from '../sockets/connect.ts';
import type { Stage } from '../sockets/stage.ts';
import type { Pair } from './load.main.ts';

const OPENING_AT_ONCE = 8;

/** Direct dialogs of two people each, one on either node. */
export async function openPairs(stage: Stage, count: number): Promise<Pair[]> {
  const users = await stage.users(count * 2);
  const pairs: Pair[] = [];
  await forEach(Array.from({ length: count }), OPENING_AT_ONCE, async (_, index) => {
    const people = users.slice(index * 2, index * 2 + 2);
    pairs[index] = {
      dialogId: await stage.dialogOf(people),
      people: people.map(({ access_token: token }, node) => ({ url: stage.nodes[node]!.url, auth: { token } })),
    };
  });
  return pairs;
}

/** The same conversation over raw Socket.IO. */
export function asRaw({ rawNodes }: Pick<Stage, 'rawNodes'>, { dialogId, people }: Pair): Pair {
  const seat = (node: number) => ({ url: rawNodes[node]!.url, auth: { dialog_id: dialogId } });
  return { dialogId, people: people.map((_, node) => seat(node)) };
}
