import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { closedLoop, type Measured, Meter, openLoop, pause } from '../measure.ts';
import { connect } from '../sockets/connect.ts';
import type { Seat } from '../sockets/stage.ts';

/** One dialog whose members sit on two nodes in turn. Those of one send; the latency is of the other's. */
export type FanOutLoad = {
  readonly dialogId: string;
  readonly seats: readonly Seat[];
  /** Messages under way at a time. */
  readonly outstanding: number;
  /** Messages offered a second, however many are under way; as many as are answered when not said. */
  readonly offered?: number;
  readonly warmUpMs: number;
  readonly runMs: number;
};

type Heard = { readonly message: { readonly content: string } };

const [load] = (await once(process, 'message')) as [FanOutLoad];
const sockets = await Promise.all(load.seats.map(connect));
const meter = new Meter();
let delivered = 0;
let deliveredBefore = 0;
for (const [index, socket] of sockets.entries()) {
  const isElsewhere = index % 2 === 1;
  socket.on('message:new', ({ message }: Heard) => {
    delivered += 1;
    if (isElsewhere) meter.done(Number(message.content));
  });
}
void pause(load.warmUpMs).then(() => {
  deliveredBefore = delivered;
  meter.reset();
});
const senders = sockets.filter((_, index) => index % 2 === 0);
const call = async (number: number): Promise<void> => {
  const answer: { error?: unknown } = await senders[number % senders.length]!.timeout(10_000).emitWithAck(
    'message:send',
    {
      dialog_id: load.dialogId,
      client_id: randomUUID(),
      content: String(performance.now()),
      message_type: 'text',
    },
  );
  if (answer.error !== undefined) throw new Error(JSON.stringify(answer.error));
};
const times = { warmUpMs: load.warmUpMs, runMs: load.runMs };
const sent =
  load.offered === undefined
    ? await closedLoop({ ...times, lanes: load.outstanding, call })
    : await openLoop({ ...times, perSecond: load.offered, call });
const perSecond = ((delivered - deliveredBefore) / load.runMs) * 1000;
const result: Measured = {
  ...meter.read(),
  perSecond,
  failed: sent.failed,
  figures: { 'messages a second': sent.perSecond },
};
process.send!(result);
for (const socket of sockets) socket.disconnect();
process.disconnect();
