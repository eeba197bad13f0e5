package stator.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.enhanced.dynamodb.Document;
import software.amazon.awssdk.enhanced.dynamodb.Expression;
import software.amazon.awssdk.enhanced.dynamodb.model.ConditionCheck;
import software.amazon.awssdk.enhanced.dynamodb.model.TransactPutItemEnhancedRequest;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.IdempotentParameterMismatchException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/** Transactions of beans. */
class TransactionsTest extends FilmTable {
  private static Expression expression(String text) {
    return Expression.builder().expression(text).build();
  }

  @Test
  void allKindsAreWrittenAtOnceAndRead() {
    fill("Ufa", 3);
    Film changed = films.getItem(key("Ufa", 1));
    changed.setTitle("changed");
    Server.ENHANCED.transactWriteItems(
        asked ->
            asked
                .addConditionCheck(
                    films,
                    ConditionCheck.builder()
                        .key(key("Ufa", 0))
                        .conditionExpression(expression("attribute_exists(studio)"))
                        .build())
                .addUpdateItem(films, changed)
                .addDeleteItem(films, key("Ufa", 2))
                .addPutItem(films, voted("Ufa", 3)));
    List<Document> read =
        Server.ENHANCED.transactGetItems(
            asked ->
                asked
                    .addGetItem(films, key("Ufa", 1))
                    .addGetItem(films, key("Ufa", 2))
                    .addGetItem(films, key("Ufa", 3)));
    assertEquals("changed", read.get(0).getItem(films).getTitle());
    assertNull(read.get(1).getItem(films));
    assertEquals(30, read.get(2).getItem(films).getVotes());
  }

  @Test
  void aCancelledTransactionHasAReasonForEachAction() {
    films.putItem(voted("Ufa", 1));
    var taken =
        TransactPutItemEnhancedRequest.builder(Film.class)
            .item(new Film("Ufa", 1))
            .conditionExpression(expression("attribute_not_exists(studio)"))
            .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)
            .build();
    TransactionCanceledException thrown =
        assertThrows(
            TransactionCanceledException.class,
            () ->
                Server.ENHANCED.transactWriteItems(
                    asked -> asked.addPutItem(films, new Film("Ufa", 2)).addPutItem(films, taken)));
    assertEquals(
        "Transaction cancelled, please refer cancellation reasons for specific reasons"
            + " [None, ConditionalCheckFailed]",
        thrown.awsErrorDetails().errorMessage());
    CancellationReason passed = thrown.cancellationReasons().get(0);
    CancellationReason failed = thrown.cancellationReasons().get(1);
    assertEquals(CancellationReason.builder().code("None").build(), passed);
    assertEquals("ConditionalCheckFailed", failed.code());
    assertEquals("The conditional request failed", failed.message());
    assertEquals(AttributeValue.fromN("10"), failed.item().get("votes"));
    assertNull(films.getItem(key("Ufa", 2)));
  }

  @Test
  void aTokenMakesATransactionHappenOnce() {
    String token = UUID.randomUUID().toString();
    putWithToken(token, 1);
    films.deleteItem(key("Ufa", 1));
    putWithToken(token, 1);
    assertNull(films.getItem(key("Ufa", 1)));
    assertThrows(IdempotentParameterMismatchException.class, () -> putWithToken(token, 2));
  }

  private void putWithToken(String token, int number) {
    Server.ENHANCED.transactWriteItems(
        asked -> asked.clientRequestToken(token).addPutItem(films, voted("Ufa", number)));
  }
}
