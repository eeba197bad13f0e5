package stator.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.enhanced.dynamodb.Expression;
import software.amazon.awssdk.enhanced.dynamodb.model.IgnoreNullsMode;
import software.amazon.awssdk.enhanced.dynamodb.model.UpdateItemEnhancedRequest;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;

/** Beans put, read, updated and deleted, with conditions and versions. */
class BeansTest extends FilmTable {
  private static final Expression ABSENT =
      Expression.builder().expression("attribute_not_exists(studio)").build();

  private static List<Object> properties(Film film) {
    return Arrays.asList(
        film.getStudio(),
        film.getNumber(),
        film.getTitle(),
        film.getExact(),
        film.getTags(),
        film.getYears(),
        film.getPoster(),
        film.getScenes(),
        film.getCredits(),
        film.getSilent(),
        film.getPremiere(),
        film.getVotes());
  }

  @Test
  void everyPropertyComesBackAsItWas() {
    Film film = new Film("Ufa", 1);
    film.setTitle("Größe ☃");
    film.setExact(new BigDecimal("1234567890.1234567890123456789012345678"));
    film.setTags(Set.of("a", "b"));
    film.setYears(Set.of(1927, 2010));
    film.setPoster(SdkBytes.fromByteArray(new byte[] {0, 127, -1}));
    film.setScenes(List.of("one", "", "one"));
    film.setCredits(Map.of("music", "Huppertz"));
    film.setSilent(true);
    film.setPremiere(Instant.parse("1927-01-10T20:30:00.123456789Z"));
    films.putItem(film);

    Film back = films.getItem(asked -> asked.key(key("Ufa", 1)).consistentRead(true));
    assertEquals(properties(film), properties(back));
    assertEquals(1, back.getVersion());
    assertNull(films.getItem(key("Ufa", 2)));
  }

  @Test
  void anUpdateLeavesAbsentPropertiesAlone() {
    Film film = new Film("Ufa", 1);
    film.setTitle("M");
    film.setVotes(5);
    films.putItem(film);

    Film change = new Film("Ufa", 1);
    change.setVotes(6);
    change.setGenre("crime");
    change.setVersion(1L);
    Film updated =
        films.updateItem(
            UpdateItemEnhancedRequest.builder(Film.class)
                .item(change)
                .ignoreNullsMode(IgnoreNullsMode.SCALAR_ONLY)
                .build());
    assertEquals("M", updated.getTitle());
    assertEquals(6, updated.getVotes());
    assertEquals(2, updated.getVersion());
  }

  @Test
  void anUpdateRemovesPropertiesThatAreNull() {
    Film film = new Film("Ufa", 1);
    film.setTitle("M");
    films.putItem(film);
    film.setVersion(1L);
    film.setTitle(null);
    assertNull(films.updateItem(film).getTitle());
  }

  @Test
  void aVersionLocksOptimistically() {
    films.putItem(new Film("Ufa", 1));
    Film mine = films.getItem(key("Ufa", 1));
    Film theirs = films.getItem(key("Ufa", 1));
    theirs.setTitle("theirs");
    films.updateItem(theirs);
    mine.setTitle("mine");
    assertThrows(ConditionalCheckFailedException.class, () -> films.updateItem(mine));
    assertEquals("theirs", films.getItem(key("Ufa", 1)).getTitle());
  }

  @Test
  void aFailedConditionIsTypedAndCarriesTheItem() {
    films.putItem(voted("Ufa", 7));
    ConditionalCheckFailedException thrown =
        assertThrows(
            ConditionalCheckFailedException.class,
            () ->
                films.deleteItem(
                    asked ->
                        asked
                            .key(key("Ufa", 7))
                            .conditionExpression(ABSENT)
                            .returnValuesOnConditionCheckFailure(
                                ReturnValuesOnConditionCheckFailure.ALL_OLD)));
    assertEquals("The conditional request failed", thrown.awsErrorDetails().errorMessage());
    assertEquals(400, thrown.statusCode());
    assertEquals(AttributeValue.fromN("70"), thrown.item().get("votes"));
  }

  @Test
  void aDeleteAnswersWhatItDeleted() {
    films.putItem(voted("Ufa", 3));
    Expression condition =
        Expression.builder()
            .expression("#v BETWEEN :low AND :high")
            .putExpressionName("#v", "votes")
            .putExpressionValue(":low", AttributeValue.fromN("10"))
            .putExpressionValue(":high", AttributeValue.fromN("30"))
            .build();
    Film deleted =
        films.deleteItem(asked -> asked.key(key("Ufa", 3)).conditionExpression(condition));
    assertEquals(30, deleted.getVotes());
    assertNull(films.getItem(key("Ufa", 3)));
  }

  @Test
  void aRefusedExpressionSaysWhy() {
    Expression broken = Expression.builder().expression("votes = :missing").build();
    DynamoDbException thrown =
        assertThrows(
            DynamoDbException.class,
            () -> films.deleteItem(asked -> asked.key(key("Ufa", 1)).conditionExpression(broken)));
    assertEquals("ValidationException", thrown.awsErrorDetails().errorCode());
    assertEquals(
        "Invalid ConditionExpression: An expression attribute value used in expression is"
            + " not defined; attribute value: :missing",
        thrown.awsErrorDetails().errorMessage());
  }
}
