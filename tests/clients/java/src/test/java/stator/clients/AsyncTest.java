package stator.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;

/** The asynchronous client: many requests at once over few connections of Netty's. */
class AsyncTest extends FilmTable {
  private static DynamoDbAsyncClient client;

  @BeforeAll
  static void connect() {
    client =
        Server.configured(DynamoDbAsyncClient.builder())
            .httpClientBuilder(NettyNioAsyncHttpClient.builder().maxConcurrency(8))
            .build();
  }

  @AfterAll
  static void disconnect() {
    client.close();
  }

  private CompletableFuture<PutItemResponse> put(int number) {
    Map<String, AttributeValue> item =
        Map.of(
            "studio", AttributeValue.fromS("Ufa"),
            "number", AttributeValue.fromN(Integer.toString(number)));
    return client.putItem(
        asked ->
            asked
                .tableName(films.tableName())
                .item(item)
                .conditionExpression("attribute_not_exists(studio)"));
  }

  @Test
  void manyPutsAreInFlightAndAPublisherReadsTheirPages() {
    CompletableFuture.allOf(
            IntStream.range(0, 200).mapToObj(this::put).toArray(CompletableFuture[]::new))
        .join();
    ConcurrentLinkedQueue<Integer> found = new ConcurrentLinkedQueue<>();
    client
        .scanPaginator(asked -> asked.tableName(films.tableName()).limit(30))
        .items()
        .subscribe(item -> found.add(Integer.valueOf(item.get("number").n())))
        .join();
    assertEquals(IntStream.range(0, 200).boxed().toList(), found.stream().sorted().toList());
  }

  @Test
  void oneOfManyConcurrentUniquePutsSucceeds() {
    List<CompletableFuture<PutItemResponse>> puts =
        IntStream.range(0, 20).mapToObj(ignored -> put(1)).toList();
    List<CompletableFuture<PutItemResponse>> failed =
        puts.stream().filter(put -> put.handle((answer, error) -> error != null).join()).toList();
    assertEquals(19, failed.size());
    CompletionException thrown = assertThrows(CompletionException.class, failed.get(0)::join);
    assertInstanceOf(ConditionalCheckFailedException.class, thrown.getCause());
  }
}
