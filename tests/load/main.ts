import { mkdir, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type Bench, runBench } from './bench.ts';
import { ackBench } from './ack/bench.ts';
import { chatBench } from './chat/bench.ts';
import { dialogBench, dialogInLogBench } from './dialog/bench.ts';
import { fanOutBench } from './fanout/bench.ts';
import { idleBench } from './idle/bench.ts';
import { jitterBench } from './jitter/bench.ts';
import { kycBench } from './kyc/bench.ts';
import { loginsBench } from './logins/bench.ts';
import { messageTableBench } from './message-table/bench.ts';
import { ordersBench } from './orders/bench.ts';
import { otpDeliveryBench } from './otp-delivery/bench.ts';
import { printReport } from './print-report.ts';
import { storesBench } from './stores/bench.ts';
import { stormBench } from './storm/bench.ts';

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
  storesBench,
  kycBench,
  dialogBench,
  dialogInLogBench,
  messageTableBench,
];

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '8' },
    clients: { type: 'string' },
    out: { type: 'string', default: 'bench-results' },
  },
});
const wanted = BENCHES.filter(({ name }) => positionals.includes(name) || positionals.includes('all'));
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
const clients = values.clients === undefined ? undefined : Number(values.clients);

if (wanted.length === 0 || !(rounds >= 1) || !(seconds >= 1) || (clients !== undefined && !(clients >= 1))) {
  console.error('Usage: npm run bench -- NAME… [--rounds 5] [--seconds 8] [--clients N] [--out bench-results]\n');
  for (const { name, says } of [...BENCHES, { name: 'all', says: 'all of them' }])
    console.error(`  ${name.padEnd(10)} ${says}`);
  process.exit(1);
}

for (const bench of wanted) {
  const options = {
    rounds,
    runMs: seconds * 1000,
    warmUpMs: Math.min(seconds * 500, 3_000),
    ...(clients === undefined ? {} : { clients }),
  };
  const report = await runBench(bench, options, (line) => console.log(`${bench.name}: ${line}`));
  printReport(report);
  await mkdir(values.out, { recursive: true });
  const path = `${values.out}/${bench.name}.json`;
  await writeFile(path, `${JSON.stringify(report, undefined, 2)}\n`);
  console.log(`\nwritten to ${path}`);
}
