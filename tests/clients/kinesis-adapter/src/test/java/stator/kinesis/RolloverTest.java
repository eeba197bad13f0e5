package stator.kinesis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.Shard;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;

/** The library follows a stream over shards that close and others that follow them. */
class RolloverTest {
  /** Only a hang takes so long, or a server whose shards are hours old before they close. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final int ITEMS = 16;

  private final String application = "test-" + UUID.randomUUID();
  private final String table = application + "-counts";
  private String streamArn;
  private int rounds;

  @BeforeEach
  void createTable() {
    streamArn =
        Server.CLIENT
            .createTable(
                request ->
                    request
                        .tableName(table)
                        .attributeDefinitions(
                            key -> key.attributeName("id").attributeType(ScalarAttributeType.S))
                        .keySchema(key -> key.attributeName("id").keyType(KeyType.HASH))
                        .billingMode(BillingMode.PAY_PER_REQUEST)
                        .streamSpecification(
                            stream ->
                                stream
                                    .streamEnabled(true)
                                    .streamViewType(StreamViewType.NEW_IMAGE)))
            .tableDescription()
            .latestStreamArn();
    Server.CLIENT.waiter().waitUntilTableExists(request -> request.tableName(table));
  }

  /** The application's tables bear its name: leases, the workers' metrics, who leads. */
  @AfterEach
  void deleteTables() {
    Server.CLIENT.listTablesPaginator().tableNames().stream()
        .filter(name -> name.startsWith(application))
        .forEach(name -> Server.CLIENT.deleteTable(request -> request.tableName(name)));
  }

  @Test
  void everyChangeArrivesOnceAndInOrderOverRolloversAndARestart() throws Exception {
    Journal journal = new Journal();
    countUp();
    Worker first = new Worker(application, streamArn, journal);
    countUpUntil(() -> generations() > 1 && journal.shardsWithRecords().size() > 4);
    awaitThat(() -> journal.records() >= rounds * ITEMS);
    first.stop();
    int before = rounds;
    assertEquals(countsUpTo(before), journal.counts());

    int generations = generations();
    countUpUntil(() -> generations() > generations);
    assertEquals(countsUpTo(before), journal.counts(), "nobody is reading");
    Worker second = new Worker(application, streamArn, journal);
    countUpUntil(() -> journal.records() > before * ITEMS);
    awaitThat(() -> journal.records() >= rounds * ITEMS);
    second.stop();

    assertEquals(countsUpTo(rounds), journal.counts());
    assertChildrenWaitedForTheirParents(journal);
  }

  /** Changes every item once. */
  private void countUp() {
    for (int item = 0; item < ITEMS; item++) {
      AttributeValue id = AttributeValue.fromS("item-" + item);
      Server.CLIENT.updateItem(
          request ->
              request
                  .tableName(table)
                  .key(Map.of("id", id))
                  .updateExpression("ADD #count :one")
                  .expressionAttributeNames(Map.of("#count", "count"))
                  .expressionAttributeValues(Map.of(":one", AttributeValue.fromN("1"))));
    }
    rounds++;
  }

  private void countUpUntil(BooleanSupplier reached) throws InterruptedException {
    awaitThat(
        () -> {
          countUp();
          return reached.getAsBoolean();
        });
  }

  private static void awaitThat(BooleanSupplier reached) throws InterruptedException {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (!reached.getAsBoolean()) {
      assertTrue(
          Instant.now().isBefore(deadline),
          "no end in sight; was the server started with --stream-shard-age 5s?");
      Thread.sleep(50);
    }
  }

  /** What each item's count went through in so many rounds. */
  private static Map<String, List<Integer>> countsUpTo(int rounds) {
    Map<String, List<Integer>> counts = new TreeMap<>();
    List<Integer> each = IntStream.rangeClosed(1, rounds).boxed().toList();
    IntStream.range(0, ITEMS).forEach(item -> counts.put("item-" + item, each));
    return counts;
  }

  private List<Shard> shards() {
    return Server.STREAMS
        .describeStream(request -> request.streamArn(streamArn))
        .streamDescription()
        .shards();
  }

  /** How many shards follow one another, at most. */
  private int generations() {
    Map<String, Integer> depths = new HashMap<>();
    for (Shard shard : shards()) { // Parents come before their children.
      depths.put(shard.shardId(), depths.getOrDefault(shard.parentShardId(), 0) + 1);
    }
    return depths.values().stream().mapToInt(Integer::intValue).max().orElse(0);
  }

  private void assertChildrenWaitedForTheirParents(Journal journal) {
    Map<String, String> parents = new HashMap<>();
    shards().forEach(shard -> parents.put(shard.shardId(), shard.parentShardId()));
    Set<String> ended = new HashSet<>();
    int children = 0;
    for (Journal.Step step : journal.steps()) {
      if (step.end()) {
        assertTrue(ended.add(step.shard()), step.shard() + " ended twice");
      } else if (parents.get(step.shard()) != null) {
        assertTrue(ended.contains(parents.get(step.shard())), step.shard() + " came too early");
        children++;
      }
    }
    assertTrue(children > 0, "no shard had a parent");
  }
}
