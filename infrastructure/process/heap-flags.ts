/** Node's default nursery of 16 MB triples in memory what a quiet process keeps. */
const QUIET = ['--max-semi-space-size=4'];

/**
 * A socket node makes much garbage that lives as long as a message is on its way, so a nursery of 4 MB costs it a fifth
 * more processor time a message. What is on its way when the nursery is full grows old, a megabyte each time; left to
 * itself V8 collects a heap of 27 MB anew at 29, one and a half times a second, a tenth of the node's time and pauses of
 * 30 ms. Letting it grow fourfold first ends that; a quiet node shrinks again.
 */
const SOCKET_NODE = ['--max-semi-space-size=16', '--heap-growing-percent=300'];

/**
 * How V8 keeps the memory of a role, as arguments of `node`. Containers are given the same in docker-compose.yml.
 *
 * @param script what the role runs: `realtime/main.ts`
 */
export function heapFlags(script: string): readonly string[] {
  return script === 'realtime/main.ts' ? SOCKET_NODE : QUIET;
}
