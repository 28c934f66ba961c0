import { mkdir, writeFile } from 'node:fs/promises';
import { parseCommand } from '#tests/command.ts';
import { type Bench, runBench } from './bench.ts';
import { ackBench } from './ack/bench.ts';
import { chatBench } from './chat/bench.ts';
import { depositsBench } from './deposits/bench.ts';
import { dialogBench, dialogInLogBench } from './dialog/bench.ts';
import { eventsBench } from './events/bench.ts';
import { fanOutBench } from './fanout/bench.ts';
import { idleBench } from './idle/bench.ts';
import { jitterBench } from './jitter/bench.ts';
import { kafkaBench } from './kafka/bench.ts';
import { kycBench } from './kyc/bench.ts';
import { ledgerSizeBench } from './ledger-size/bench.ts';
import { loginsBench } from './logins/bench.ts';
import { membersBench } from './members/bench.ts';
import { messageTableBench } from './message-table/bench.ts';
import { notificationsBench } from './notifications/bench.ts';
import { ordersBench } from './orders/bench.ts';
import { otpDeliveryBench } from './otp-delivery/bench.ts';
import { printReport } from './print-report.ts';
import { storesBench } from './stores/bench.ts';
import { stormBench } from './storm/bench.ts';
import { transfersBench } from './transfers/bench.ts';

const BENCHES: readonly Bench[] = [
  chatBench,
  ackBench,
  fanOutBench,
  idleBench,
  stormBench,
  jitterBench,
  loginsBench,
  ordersBench,
  otpDeliveryBench,
  depositsBench,
  storesBench,
  kycBench,
  kafkaBench,
  dialogBench,
  dialogInLogBench,
  messageTableBench,
  membersBench,
  eventsBench,
  notificationsBench,
  transfersBench,
  ledgerSizeBench,
];

const USAGE = `Usage: npm run bench -- NAME… [--rounds 5] [--seconds 8] [--clients N] [--sustain] [--out bench-results]

${[...BENCHES, { name: 'all', says: 'all of them' }].map(({ name, says }) => `  ${name.padEnd(16)} ${says}`).join('\n')}`;

const { positionals, values } = parseCommand(USAGE, {
  rounds: { type: 'string', default: '5' },
  seconds: { type: 'string', default: '8' },
  clients: { type: 'string' },
  sustain: { type: 'boolean', default: false },
  out: { type: 'string', default: 'bench-results' },
});
const wanted = BENCHES.filter(({ name }) => positionals.includes(name) || positionals.includes('all'));
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
const clients = values.clients === undefined ? undefined : Number(values.clients);

if (wanted.length === 0 || !(rounds >= 1) || !(seconds >= 1) || (clients !== undefined && !(clients >= 1))) {
  console.error(USAGE);
  process.exit(1);
}

for (const bench of wanted) {
  const options = {
    rounds,
    runMs: seconds * 1000,
    warmUpMs: Math.min(seconds * 500, 3_000),
    ...(clients === undefined ? {} : { clients }),
    ...(values.sustain ? { isSustained: true } : {}),
  };
  const report = await runBench(bench, options, (line) => console.log(`${bench.name}: ${line}`));
  printReport(report);
  await mkdir(values.out, { recursive: true });
  const path = `${values.out}/${bench.name}.json`;
  await writeFile(path, `${JSON.stringify(report, undefined, 2)}\n`);
  console.log(`\nwritten to ${path}`);
}
