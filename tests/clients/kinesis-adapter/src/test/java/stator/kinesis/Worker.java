package stator.kinesis;

import com.amazonaws.services.dynamodbv2.streamsadapter.AmazonDynamoDBStreamsAdapterClient;
import com.amazonaws.services.dynamodbv2.streamsadapter.DynamoDBStreamsLeaseManagementFactory;
import com.amazonaws.services.dynamodbv2.streamsadapter.StreamsSchedulerFactory;
import com.amazonaws.services.dynamodbv2.streamsadapter.polling.DynamoDBStreamsPollingConfig;
import java.util.concurrent.TimeUnit;
import software.amazon.kinesis.common.ConfigsBuilder;
import software.amazon.kinesis.common.InitialPositionInStream;
import software.amazon.kinesis.common.InitialPositionInStreamExtended;
import software.amazon.kinesis.coordinator.CoordinatorConfig;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.leases.LeaseManagementConfig;
import software.amazon.kinesis.leases.LeaseRefresher;
import software.amazon.kinesis.metrics.NullMetricsFactory;
import software.amazon.kinesis.processor.StreamTracker;
import software.amazon.kinesis.retrieval.RetrievalConfig;
import stator.Endpoint;

/**
 * One worker of an application: the library's scheduler in a thread of its own.
 *
 * <p>Its settings are the library's, but for the pauses, which are short, and CloudWatch, which is
 * not asked.
 */
final class Worker {
  /** As long as a lease lasts that its worker does not renew; much more than a machine stalls. */
  private static final long LEASE_MS = 30_000;

  /** A worker that comes again under its old name goes on with its leases at once. */
  private static final String NAME = "reader";

  private static final long PAUSE_MS = 200;

  private final Scheduler scheduler;
  private final Thread thread;

  /** Starts a worker that reads {@code streamArn} from its beginning into {@code journal}. */
  Worker(String application, String streamArn, Journal journal) throws Exception {
    scheduler = scheduler(application, streamArn, journal);
    thread = new Thread(scheduler, "worker");
    thread.start();
  }

  /** Lets the worker finish what it has at hand, and waits until it has ended. */
  void stop() throws Exception {
    scheduler.startGracefulShutdown().get(LEASE_MS, TimeUnit.MILLISECONDS);
    thread.join(LEASE_MS);
    if (thread.isAlive()) {
      throw new IllegalStateException("the worker does not end");
    }
  }

  private static Scheduler scheduler(String application, String streamArn, Journal journal)
      throws Exception {
    AmazonDynamoDBStreamsAdapterClient client =
        new AmazonDynamoDBStreamsAdapterClient(Server.STREAMS, Endpoint.REGION);
    StreamTracker stream =
        StreamsSchedulerFactory.createSingleStreamTracker(
            streamArn,
            InitialPositionInStreamExtended.newInitialPosition(
                InitialPositionInStream.TRIM_HORIZON));
    ConfigsBuilder configs =
        new ConfigsBuilder(
            stream,
            application,
            client,
            Server.LEASES,
            Server.METRICS,
            NAME,
            () -> new Reader(journal));
    LeaseManagementConfig leases = leases(configs);
    RetrievalConfig retrieval = retrieval(configs, client);
    makeLeases(new DynamoDBStreamsLeaseManagementFactory(client, leases, retrieval), stream);
    return StreamsSchedulerFactory.createScheduler(
        configs.checkpointConfig(),
        coordination(configs),
        leases,
        configs.lifecycleConfig(),
        configs.metricsConfig().metricsFactory(new NullMetricsFactory()),
        configs.processorConfig(),
        retrieval,
        client);
  }

  /**
   * Makes the lease table and the first shards' leases, as the scheduler would: it first waits for
   * up to half a minute, at random, whether another worker does it, and there is no other.
   */
  private static void makeLeases(
      DynamoDBStreamsLeaseManagementFactory factory, StreamTracker stream) throws Exception {
    LeaseRefresher table = factory.createLeaseRefresher();
    table.createLeaseTableIfNotExists();
    table.waitUntilLeaseTableExists(1, 30);
    if (table.isLeaseTableEmpty()) {
      factory
          .createShardSyncTaskManager(
              new NullMetricsFactory(), stream.streamConfigList().get(0), null)
          .callShardSyncTask();
    }
  }

  private static CoordinatorConfig coordination(ConfigsBuilder configs) {
    return configs
        .coordinatorConfig()
        .skipShardSyncAtWorkerInitializationIfLeasesExist(true)
        .parentShardPollIntervalMillis(PAUSE_MS)
        .shardConsumerDispatchPollIntervalMillis(PAUSE_MS);
  }

  private static LeaseManagementConfig leases(ConfigsBuilder configs) {
    LeaseManagementConfig leases =
        configs
            .leaseManagementConfig()
            .failoverTimeMillis(LEASE_MS)
            .leaseAssignmentIntervalMillis(PAUSE_MS)
            .shardSyncIntervalMillis(PAUSE_MS)
            .leasesRecoveryAuditorInconsistencyConfidenceThreshold(0);
    leases
        .workerUtilizationAwareAssignmentConfig()
        .disableWorkerMetrics(true)
        .workerMetricsReporterFreqInMillis(1_000);
    return leases;
  }

  private static RetrievalConfig retrieval(
      ConfigsBuilder configs, AmazonDynamoDBStreamsAdapterClient client) {
    return configs
        .retrievalConfig()
        .retrievalSpecificConfig(
            new DynamoDBStreamsPollingConfig(client).idleTimeBetweenReadsInMillis(PAUSE_MS));
  }
}
