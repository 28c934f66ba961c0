import { parseArgs } from 'node:util';
import { readConfig } from '#infrastructure/config/read-config.ts';
import { openTemporal } from '#infrastructure/temporal/client.ts';
import { makePayloadCodec } from '#infrastructure/temporal/payload-codec.ts';
import { keepHistory } from './keep-history.ts';

const USAGE = `Keeps the history of a workflow of a running cluster, for the replay tests:

  node tests/histories/record.main.ts <domain> <name> <workflow id>

The cluster is the one of the environment (TEMPORAL_ADDRESS, TEMPORAL_CODEC_KEY and the other settings).`;

const { positionals } = parseArgs({ allowPositionals: true });
const [domain, name, workflowId, ...rest] = positionals;
if (domain === undefined || name === undefined || workflowId === undefined || rest.length > 0) {
  console.error(USAGE);
  process.exit(2);
}

const config = readConfig(process.env);
const temporal = openTemporal(config);
try {
  const codec = makePayloadCodec(config.TEMPORAL_CODEC_KEY);
  const isNew = await keepHistory(temporal.client, { domain, name, workflowId }, codec);
  console.log(`tests/histories/${domain}/${name}.json ${isNew ? 'is kept' : 'was there already and stays as it is'}`);
} finally {
  await temporal.close();
}
