package stator.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static software.amazon.awssdk.enhanced.dynamodb.model.QueryConditional.keyEqualTo;
import static software.amazon.awssdk.enhanced.dynamodb.model.QueryConditional.sortBetween;
import static software.amazon.awssdk.enhanced.dynamodb.model.QueryConditional.sortGreaterThan;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.enhanced.dynamodb.Expression;
import software.amazon.awssdk.enhanced.dynamodb.Key;
import software.amazon.awssdk.enhanced.dynamodb.model.Page;
import software.amazon.awssdk.enhanced.dynamodb.model.ScanEnhancedRequest;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;

/** Queries and scans, their pages and their indexes. */
class QueriesTest extends FilmTable {
  private static Key studio(String name) {
    return Key.builder().partitionValue(name).build();
  }

  private static Key genre(String name, int votes) {
    return Key.builder().partitionValue(name).sortValue(votes).build();
  }

  private static Expression votesOver(int votes) {
    return Expression.builder()
        .expression("votes > :votes")
        .putExpressionValue(":votes", AttributeValue.fromN(Integer.toString(votes)))
        .build();
  }

  @Test
  void aQueryIsPagedAndReversed() {
    fill("Ufa", 7);
    List<List<Integer>> pages =
        films
            .query(
                asked ->
                    asked
                        .queryConditional(sortBetween(key("Ufa", 1), key("Ufa", 5)))
                        .scanIndexForward(false)
                        .limit(2))
            .stream()
            .map(page -> numbers(page.items()))
            .toList();
    assertEquals(List.of(List.of(5, 4), List.of(3, 2), List.of(1)), pages);
  }

  @Test
  void aQueryGoesOnFromAKey() {
    fill("Ufa", 5);
    Page<Film> first =
        films
            .query(asked -> asked.queryConditional(keyEqualTo(studio("Ufa"))).limit(3))
            .iterator()
            .next();
    List<Film> rest =
        films
            .query(
                asked ->
                    asked
                        .queryConditional(keyEqualTo(studio("Ufa")))
                        .exclusiveStartKey(first.lastEvaluatedKey()))
            .items()
            .stream()
            .toList();
    assertEquals(List.of(0, 1, 2), numbers(first.items()));
    assertEquals(List.of(3, 4), numbers(rest));
  }

  @Test
  void aQueryFiltersProjectsAndCountsCapacity() {
    fill("Ufa", 5);
    Page<Film> page =
        films
            .query(
                asked ->
                    asked
                        .queryConditional(keyEqualTo(studio("Ufa")))
                        .filterExpression(votesOver(15))
                        .attributesToProject("number", "genre")
                        .returnConsumedCapacity(ReturnConsumedCapacity.TOTAL))
            .iterator()
            .next();
    assertEquals(List.of(2, 3, 4), numbers(page.items()));
    assertEquals(List.of(3, 5), List.of(page.count(), page.scannedCount()));
    assertEquals(0.5, page.consumedCapacity().capacityUnits());
    assertNull(page.items().get(0).getVotes());
  }

  @Test
  void anIndexSortsByItsOwnKey() {
    fill("Ufa", 6);
    fill("Nero", 2);
    List<Integer> votes =
        films
            .index("by-genre")
            .query(asked -> asked.queryConditional(sortGreaterThan(genre("odd", 5))))
            .stream()
            .flatMap(page -> page.items().stream())
            .map(Film::getVotes)
            .toList();
    assertEquals(List.of(10, 10, 30, 50), votes);
  }

  @Test
  void segmentsOfAScanTogetherAreTheTable() {
    IntStream.range(0, 30).forEach(number -> films.putItem(voted("studio " + number, number)));
    List<Integer> found =
        IntStream.range(0, 3)
            .parallel()
            .mapToObj(
                segment ->
                    ScanEnhancedRequest.builder()
                        .segment(segment)
                        .totalSegments(3)
                        .limit(4)
                        .build())
            .flatMap(segment -> films.scan(segment).items().stream())
            .map(Film::getNumber)
            .sorted()
            .toList();
    assertEquals(IntStream.range(0, 30).boxed().toList(), found);
  }

  @Test
  void theLowLevelPaginatorReadsTheSameItems() {
    fill("Ufa", 5);
    long found =
        Server.CLIENT
            .queryPaginator(
                asked ->
                    asked
                        .tableName(films.tableName())
                        .keyConditionExpression("studio = :s")
                        .expressionAttributeValues(Map.of(":s", AttributeValue.fromS("Ufa")))
                        .limit(2))
            .items()
            .stream()
            .count();
    assertEquals(5, found);
  }
}
