package stator.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.enhanced.dynamodb.DynamoDbTable;
import software.amazon.awssdk.enhanced.dynamodb.TableSchema;
import software.amazon.awssdk.enhanced.dynamodb.model.IgnoreNullsMode;

/** Updates whose expressions the enhanced client's extensions write. */
class VisitsTest {
  private DynamoDbTable<Visit> visits;

  @BeforeEach
  void createTable() {
    visits = Server.ENHANCED.table(Server.uniqueName(), TableSchema.fromBean(Visit.class));
    visits.createTable();
    Server.CLIENT.waiter().waitUntilTableExists(asked -> asked.tableName(visits.tableName()));
  }

  @AfterEach
  void deleteTable() {
    visits.deleteTable();
  }

  @Test
  void anAtomicCounterCountsConcurrentUpdates() {
    IntStream.range(0, 40)
        .parallel()
        .forEach(
            ignored ->
                visits.updateItem(
                    asked -> asked.item(visit()).ignoreNullsMode(IgnoreNullsMode.SCALAR_ONLY)));
    assertEquals(10 + 39 * 5, visits.getItem(visit()).getCount());
  }

  @Test
  void anUpdateOfANestedBeanLeavesItsOtherPropertiesAlone() {
    Visit first = visit();
    first.setDevice(device("phone", 400));
    visits.putItem(first);
    Visit change = visit();
    change.setDevice(device(null, 500));
    visits.updateItem(asked -> asked.item(change).ignoreNullsMode(IgnoreNullsMode.SCALAR_ONLY));
    Visit.Device stored = visits.getItem(visit()).getDevice();
    assertEquals("phone", stored.getName());
    assertEquals(500, stored.getWidth());
  }

  private static Visit visit() {
    Visit visit = new Visit();
    visit.setPage("/");
    return visit;
  }

  private static Visit.Device device(String name, Integer width) {
    Visit.Device device = new Visit.Device();
    device.setName(name);
    device.setWidth(width);
    return device;
  }
}
