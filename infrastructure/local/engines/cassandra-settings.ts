import { join } from 'node:path';

const LOOPBACK = '127.0.0.1';

/** The heap that two cores can use; the process takes some 700 MB in all. */
const HEAP = '1g';

export type CassandraPlace = {
  /** The folder that holds everything it writes. */
  readonly home: string;
  /** Where clients connect. */
  readonly port: number;
  /** Where nodes speak to each other; a lone node listens all the same. */
  readonly storagePort: number;
};

/**
 * The server's settings as it reads them: JSON is YAML too.
 *
 * Two of them decide whether what it acknowledges is kept. `batch` syncs the commit log before every answer: with the
 * usual `periodic` a killed server loses up to ten seconds of acknowledged writes. Version 2 of its Paxos, and a longer
 * patience with contention, keep conditional writes on one dialog from timing out under load.
 */
export function cassandraYaml({ home, port, storagePort }: CassandraPlace): string {
  return JSON.stringify(
    {
      cluster_name: 'tchat',
      num_tokens: 4,
      partitioner: 'org.apache.cassandra.dht.Murmur3Partitioner',
      endpoint_snitch: 'SimpleSnitch',
      seed_provider: [
        {
          class_name: 'org.apache.cassandra.locator.SimpleSeedProvider',
          parameters: [{ seeds: `${LOOPBACK}:${storagePort}` }],
        },
      ],
      listen_address: LOOPBACK,
      rpc_address: LOOPBACK,
      storage_port: storagePort,
      native_transport_port: port,
      start_native_transport: true,
      data_file_directories: [join(home, 'data')],
      commitlog_directory: join(home, 'commitlog'),
      saved_caches_directory: join(home, 'saved_caches'),
      hints_directory: join(home, 'hints'),
      cdc_raw_directory: join(home, 'cdc_raw'),
      commitlog_sync: 'batch',
      commitlog_segment_size: '16MiB',
      commitlog_total_space: '256MiB',
      commitlog_disk_access_mode: 'legacy',
      disk_failure_policy: 'stop',
      commit_failure_policy: 'stop',
      authenticator: 'AllowAllAuthenticator',
      authorizer: 'AllowAllAuthorizer',
      memtable_allocation_type: 'heap_buffers',
      memtable_heap_space: '128MiB',
      memtable_offheap_space: '64MiB',
      file_cache_size: '64MiB',
      key_cache_size: '16MiB',
      counter_cache_size: '8MiB',
      concurrent_reads: 16,
      concurrent_writes: 16,
      concurrent_counter_writes: 8,
      concurrent_compactors: 1,
      auto_snapshot: false,
      hinted_handoff_enabled: false,
      materialized_views_enabled: false,
      auto_bootstrap: false,
      paxos_variant: 'v2',
      cas_contention_timeout: '5000ms',
    },
    undefined,
    2,
  );
}

/** Everything to standard output, which the launcher keeps as the log. */
export const LOGBACK_XML = `<configuration>
  <appender name="STDOUT" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%-5level [%thread] %date{ISO8601} %F:%L - %msg%n</pattern></encoder>
  </appender>
  <root level="INFO"><appender-ref ref="STDOUT"/></root>
</configuration>
`;

/** Parts of the JDK that Cassandra reaches into; its own start script opens the same. */
const EXPORTED = [
  'java.base/jdk.internal.misc',
  'java.management.rmi/com.sun.jmx.remote.internal.rmi',
  'java.rmi/sun.rmi.registry',
  'java.rmi/sun.rmi.server',
  'java.sql/java.sql',
  'java.base/java.lang.ref',
  'jdk.unsupported/sun.misc',
  'jdk.compiler/com.sun.tools.javac.file',
  'jdk.attach/sun.tools.attach',
];
const OPENED = [
  'java.base/java.lang.module',
  'java.base/jdk.internal.loader',
  'java.base/jdk.internal.ref',
  'java.base/jdk.internal.reflect',
  'java.base/jdk.internal.math',
  'java.base/jdk.internal.module',
  'java.base/jdk.internal.util.jar',
  'jdk.management/com.sun.management.internal',
  'java.base/sun.nio.ch',
  'java.base/java.io',
  'java.base/java.nio',
  'java.base/java.lang',
  'java.base/java.lang.reflect',
  'java.base/java.util',
  'java.base/java.util.concurrent',
  'java.base/java.util.concurrent.atomic',
  'jdk.compiler/com.sun.tools.javac',
];

/** The options of the Java machine. */
export const JVM_OPTIONS: readonly string[] = [
  '-ea',
  '-da:net.openhft...',
  `-Xms${HEAP}`,
  `-Xmx${HEAP}`,
  '-Xss256k',
  '-XX:+UseSerialGC',
  '-XX:+ExitOnOutOfMemoryError',
  '-XX:MaxDirectMemorySize=512m',
  '-Djava.net.preferIPv4Stack=true',
  '-Djdk.attach.allowAttachSelf=true',
  '-Dsun.nio.PageAlignDirectMemory=true',
  '-Dio.netty.tryReflectionSetAccessible=true',
  '-Dio.netty.allocator.useCacheForAllThreads=true',
  '-Dio.netty.allocator.maxOrder=11',
  ...EXPORTED.flatMap((part) => ['--add-exports', `${part}=ALL-UNNAMED`]),
  ...OPENED.flatMap((part) => ['--add-opens', `${part}=ALL-UNNAMED`]),
];

/** A lone node waits for nobody: without these it listens for neighbours for most of a minute. */
export const LONE_NODE_OPTIONS: readonly string[] = [
  '-Dcassandra.skip_wait_for_gossip_to_settle=0',
  '-Dcassandra.ring_delay_ms=1000',
  '-Dcassandra.superuser_setup_delay_ms=0',
];
