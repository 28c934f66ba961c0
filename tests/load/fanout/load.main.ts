import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { closedLoop, type Measured, Meter, pause } from '../measure.ts';
import { connect } from '../sockets/connect.ts';
import type { Seat } from '../sockets/stage.ts';

/** One dialog whose members sit on two nodes in turn. The first one sends; the latency is of the other node's members. */
export type FanOutLoad = {
  readonly dialogId: string;
  readonly seats: readonly Seat[];
  readonly outstanding: number;
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
const sent = await closedLoop({
  lanes: load.outstanding,
  warmUpMs: load.warmUpMs,
  runMs: load.runMs,
  call: async () => {
    const answer: { error?: unknown } = await sockets[0]!.timeout(10_000).emitWithAck('message:send', {
      dialog_id: load.dialogId,
      client_id: randomUUID(),
      content: String(performance.now()),
      message_type: 'text',
    });
    if (answer.error !== undefined) throw new Error(JSON.stringify(answer.error));
  },
});
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
