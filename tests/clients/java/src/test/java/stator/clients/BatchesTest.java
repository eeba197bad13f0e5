package stator.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.enhanced.dynamodb.DynamoDbEnhancedClient;
import software.amazon.awssdk.enhanced.dynamodb.Key;
import software.amazon.awssdk.enhanced.dynamodb.model.BatchGetResultPage;
import software.amazon.awssdk.enhanced.dynamodb.model.ReadBatch;
import software.amazon.awssdk.enhanced.dynamodb.model.WriteBatch;

/** Batches, and what they leave unprocessed. */
class BatchesTest extends FilmTable {
  /** A batch cannot check versions, so its client does not. */
  private static final DynamoDbEnhancedClient UNVERSIONED =
      DynamoDbEnhancedClient.builder().dynamoDbClient(Server.CLIENT).extensions(List.of()).build();

  @Test
  void aBatchPutsAndDeletes() {
    fill("Ufa", 3);
    var unversioned = UNVERSIONED.table(films.tableName(), films.tableSchema());
    var batch = WriteBatch.builder(Film.class).mappedTableResource(unversioned);
    batch.addDeleteItem(key("Ufa", 0));
    IntStream.range(10, 20).forEach(number -> batch.addPutItem(voted("Ufa", number)));
    var result = UNVERSIONED.batchWriteItem(asked -> asked.writeBatches(batch.build()));
    assertEquals(List.of(), result.unprocessedPutItemsForTable(films));
    assertEquals(List.of(), result.unprocessedDeleteItemsForTable(films));
    assertEquals(12, films.scan().items().stream().count());
  }

  @Test
  void pagesOfABatchFollowItsUnprocessedKeys() {
    String title = "t".repeat(390_000);
    var batch = ReadBatch.builder(Film.class).mappedTableResource(films);
    for (int number = 0; number < 50; number += 1) {
      Film film = voted("Ufa", number);
      film.setTitle(title);
      films.putItem(film);
      batch.addGetItem(key("Ufa", number));
    }
    List<Integer> found = new ArrayList<>();
    List<Key> unprocessed = new ArrayList<>();
    for (BatchGetResultPage page :
        Server.ENHANCED.batchGetItem(asked -> asked.readBatches(batch.build()))) {
      found.addAll(numbers(page.resultsForTable(films)));
      unprocessed.addAll(page.unprocessedKeysForTable(films));
    }
    assertEquals(IntStream.range(0, 50).boxed().toList(), found.stream().sorted().toList());
    assertTrue(!unprocessed.isEmpty(), "50 items of 390 KB are more than an answer's 16 MB");
  }
}
