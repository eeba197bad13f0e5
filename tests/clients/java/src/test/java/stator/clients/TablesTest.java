package stator.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableResponse;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndexDescription;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;
import software.amazon.awssdk.services.dynamodb.model.TableStatus;
import software.amazon.awssdk.services.dynamodb.model.Tag;

/** Tables made from beans, waiters, and the paginator of the list of tables. */
class TablesTest extends FilmTable {
  @Test
  void aBeansTableHasItsKeysAndIndexes() {
    TableDescription table = films.describeTable().table();
    assertEquals(TableStatus.ACTIVE, table.tableStatus());
    assertEquals(
        List.of("studio", "number"),
        table.keySchema().stream().map(KeySchemaElement::attributeName).toList());
    assertEquals(
        List.of("by-genre"),
        table.globalSecondaryIndexes().stream()
            .map(GlobalSecondaryIndexDescription::indexName)
            .toList());
  }

  @Test
  void creatingATableTwiceThrows() {
    ResourceInUseException thrown = assertThrows(ResourceInUseException.class, films::createTable);
    assertEquals(
        "Table already exists: " + films.tableName(), thrown.awsErrorDetails().errorMessage());
    assertEquals(400, thrown.statusCode());
    assertEquals(52, thrown.requestId().length());
  }

  @Test
  void aWaiterSeesATableGo() {
    String name = Server.uniqueName();
    var second = Server.ENHANCED.table(name, films.tableSchema());
    second.createTable();
    var exists = Server.CLIENT.waiter().waitUntilTableExists(asked -> asked.tableName(name));
    DescribeTableResponse described = exists.matched().response().orElseThrow();
    assertEquals(name, described.table().tableName());
    second.deleteTable();
    var gone = Server.CLIENT.waiter().waitUntilTableNotExists(asked -> asked.tableName(name));
    assertTrue(gone.matched().exception().orElseThrow() instanceof ResourceNotFoundException);
  }

  @Test
  void thePaginatorListsEveryTableOnce() {
    List<String> listed =
        Server.CLIENT.listTablesPaginator(asked -> asked.limit(1)).tableNames().stream().toList();
    assertTrue(listed.contains(films.tableName()));
    assertEquals(listed.stream().distinct().toList(), listed);
  }

  @Test
  void tagsAndTimeToLiveAreKept() {
    String arn = films.describeTable().table().tableArn();
    Tag tag = Tag.builder().key("team").value("films").build();
    Server.CLIENT.tagResource(asked -> asked.resourceArn(arn).tags(tag));
    assertEquals(
        List.of(tag), Server.CLIENT.listTagsOfResource(asked -> asked.resourceArn(arn)).tags());

    Server.CLIENT.updateTimeToLive(
        asked ->
            asked
                .tableName(films.tableName())
                .timeToLiveSpecification(
                    setting -> setting.attributeName("expires").enabled(true)));
    var shown = Server.CLIENT.describeTimeToLive(asked -> asked.tableName(films.tableName()));
    assertEquals("expires", shown.timeToLiveDescription().attributeName());
  }
}
