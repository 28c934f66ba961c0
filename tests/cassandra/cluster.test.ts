import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { promisify } from 'node:util';
import { expect, inject, test } from 'vitest';
import { makeCassandraLog } from '#infrastructure/message-store/cassandra/cassandra-log.ts';
import { type CassandraSettings, openCassandraLog } from '#infrastructure/message-store/cassandra/open.ts';
import { prepareKeyspace } from '#infrastructure/message-store/cassandra/prepare-keyspace.ts';
import { openSession } from '#infrastructure/message-store/cassandra/session.ts';
import type { DialogId, UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { TEST_LAYOUT } from '#tests/harness/message-store.ts';
import { DATACENTER } from '#tests/harness/throwaway-cassandra.ts';
import { message } from '#tests/integration/messaging/store-bench.ts';

/** Nobody listens there. */
const NOWHERE = '127.0.0.1:1';
const PASSWORD = 'throwaway';

function settings(contactPoints: string[], more: Partial<CassandraSettings> = {}): CassandraSettings {
  return {
    CASSANDRA_CONTACT_POINTS: contactPoints,
    CASSANDRA_LOCAL_DC: DATACENTER,
    CASSANDRA_KEYSPACE: TEST_LAYOUT.keyspace,
    CASSANDRA_REPLICAS: 1,
    CASSANDRA_USERNAME: '',
    CASSANDRA_PASSWORD: '',
    CASSANDRA_TLS: 'off',
    CASSANDRA_CA_FILE: undefined,
    ...more,
  };
}

async function pings(config: CassandraSettings): Promise<void> {
  await using opened = await openCassandraLog(config);
  await opened.ping();
}

/** TLS in front of the Cassandra under test, with a certificate that names no address but this one. */
async function openTlsFront(address: string) {
  await using resources = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'tchat-test-tls-'));
  resources.defer(() => rm(folder, { recursive: true, force: true }));
  const [store, caFile] = [join(folder, 'node.p12'), join(folder, 'ca.pem')];
  const keytool = (...args: string[]) =>
    promisify(execFile)('keytool', [...args, '-keystore', store, '-storepass', PASSWORD, '-alias', 'node']);
  const key = ['-keyalg', 'EC', '-groupname', 'secp256r1', '-dname', 'CN=node', '-ext', `san=ip:${address}`];
  await keytool('-genkeypair', '-storetype', 'PKCS12', ...key);
  await keytool('-exportcert', '-rfc', '-file', caFile);

  const [host, port] = inject('cassandra').split(':') as [string, string];
  const server = createServer({ pfx: await readFile(store), passphrase: PASSWORD }, (socket) => {
    const behind = connect(Number(port), host);
    for (const [one, other] of [
      [socket, behind],
      [behind, socket],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
      one.pipe(other);
    }
  });
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  resources.defer(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  const moved = resources.move();
  return {
    contactPoint: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    caFile,
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

test('of three copies two must be there: a lone node takes no message and answers no question for them', async () => {
  await using session = await openSession({ contactPoints: [inject('cassandra')], localDatacenter: DATACENTER });
  const layout = { ...TEST_LAYOUT, keyspace: 'tchat_three' };
  await prepareKeyspace(session, layout, { datacenter: DATACENTER, replicas: 3 });
  const log = makeCassandraLog({ session, layout, now: () => new Date() });
  const dialogId = newId<DialogId>('TH');
  const items = [{ message: message(dialogId, newId<UserId>('TH'), 'c1', 'hello') }];
  await expect(log.append(dialogId, 0n, items)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  await expect(log.range(dialogId, 1n, 2n)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
});

test('a node that does not answer is passed over for the next contact point', async () => {
  await pings(settings([NOWHERE, inject('cassandra')]));
  await expect(pings(settings([NOWHERE]))).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
});

test('over TLS only a node is spoken to whose certificate is signed by the authority given, for its address if asked', async () => {
  await using named = await openTlsFront('127.0.0.1');
  await using unnamed = await openTlsFront('127.0.0.9');
  const over = (front: typeof named, mode: 'verify-ca' | 'verify-full', caFile: string | undefined = front.caFile) =>
    pings(settings([front.contactPoint], { CASSANDRA_TLS: mode, CASSANDRA_CA_FILE: caFile }));
  await over(named, 'verify-full');
  await over(unnamed, 'verify-ca');
  await expect(over(unnamed, 'verify-full')).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  await expect(over(named, 'verify-ca', unnamed.caFile)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  await expect(pings(settings([named.contactPoint]))).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
});
