package stator.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.enhanced.dynamodb.DynamoDbTable;
import software.amazon.awssdk.enhanced.dynamodb.TableSchema;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.OperationType;
import software.amazon.awssdk.services.dynamodb.model.Record;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.Shard;
import software.amazon.awssdk.services.dynamodb.model.ShardIteratorType;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;

/** A table's changes, read with the client of streams. */
class StreamsTest {
  private static final DynamoDbStreamsClient STREAMS =
      Server.configured(DynamoDbStreamsClient.builder())
          .httpClientBuilder(UrlConnectionHttpClient.builder())
          .build();

  private DynamoDbTable<Visit> visits;
  private String stream;

  @BeforeEach
  void createTable() {
    visits = Server.ENHANCED.table(Server.uniqueName(), TableSchema.fromBean(Visit.class));
    visits.createTable(
        asked ->
            asked.streamSpecification(
                wanted ->
                    wanted.streamEnabled(true).streamViewType(StreamViewType.NEW_AND_OLD_IMAGES)));
    var described =
        Server.CLIENT.waiter().waitUntilTableExists(asked -> asked.tableName(visits.tableName()));
    stream = described.matched().response().orElseThrow().table().latestStreamArn();
  }

  @AfterEach
  void deleteTable() {
    visits.deleteTable();
  }

  @Test
  void changesOfAnItemComeInTheirOrderWithBothImages() {
    Visit visit = new Visit();
    visit.setPage("/");
    visits.updateItem(visit);
    visits.updateItem(visit);
    visits.deleteItem(visit);
    List<Record> records = records();
    assertEquals(
        List.of(OperationType.INSERT, OperationType.MODIFY, OperationType.REMOVE),
        records.stream().map(Record::eventName).toList());
    Map<String, AttributeValue> last = Map.of();
    for (Record record : records) {
      assertEquals(Map.of("page", AttributeValue.fromS("/")), record.dynamodb().keys());
      assertEquals(last, record.dynamodb().oldImage(), "it follows the change before it");
      last = record.dynamodb().newImage();
    }
    assertEquals(Map.of(), last);
  }

  @Test
  void aMissingStreamIsATypedError() {
    String other = stream.substring(0, stream.length() - 1) + "x";
    assertThrows(
        ResourceNotFoundException.class,
        () -> STREAMS.describeStream(asked -> asked.streamArn(other)));
  }

  /** Reads every shard once, from its oldest record on. */
  private List<Record> records() {
    List<Record> records = new ArrayList<>();
    for (Shard shard :
        STREAMS.describeStream(asked -> asked.streamArn(stream)).streamDescription().shards()) {
      var begun =
          STREAMS.getShardIterator(
              asked ->
                  asked
                      .streamArn(stream)
                      .shardId(shard.shardId())
                      .shardIteratorType(ShardIteratorType.TRIM_HORIZON));
      var read = STREAMS.getRecords(asked -> asked.shardIterator(begun.shardIterator()));
      assertNotNull(read.nextShardIterator(), "an open shard goes on");
      records.addAll(read.records());
    }
    return records;
  }
}
