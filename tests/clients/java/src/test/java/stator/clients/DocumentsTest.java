package stator.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkNumber;
import software.amazon.awssdk.enhanced.dynamodb.AttributeConverterProvider;
import software.amazon.awssdk.enhanced.dynamodb.AttributeValueType;
import software.amazon.awssdk.enhanced.dynamodb.DynamoDbTable;
import software.amazon.awssdk.enhanced.dynamodb.TableMetadata;
import software.amazon.awssdk.enhanced.dynamodb.TableSchema;
import software.amazon.awssdk.enhanced.dynamodb.document.EnhancedDocument;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Documents without a class, and values as the low-level client carries them. */
class DocumentsTest {
  private DynamoDbTable<EnhancedDocument> documents;

  @BeforeEach
  void createTable() {
    documents =
        Server.ENHANCED.table(
            Server.uniqueName(),
            TableSchema.documentSchemaBuilder()
                .addIndexPartitionKey(TableMetadata.primaryIndexName(), "p", AttributeValueType.S)
                .attributeConverterProviders(AttributeConverterProvider.defaultProvider())
                .build());
    documents.createTable();
    Server.CLIENT.waiter().waitUntilTableExists(asked -> asked.tableName(documents.tableName()));
  }

  @AfterEach
  void deleteTable() {
    documents.deleteTable();
  }

  @Test
  void aDocumentComesBackAsJson() {
    String json = "{\"p\":\"x\",\"deep\":{\"list\":[1,\"two\",null,{\"four\":4.5}],\"yes\":true}}";
    documents.putItem(EnhancedDocument.fromJson(json));
    EnhancedDocument back = documents.getItem(EnhancedDocument.fromJson("{\"p\":\"x\"}"));
    assertEquals(EnhancedDocument.fromJson(json).toMap(), back.toMap());
  }

  @Test
  void aDocumentKeepsSetsBinariesAndExactNumbers() {
    SdkNumber exact = SdkNumber.fromString("0.12345678901234567890123456789012345678");
    SdkBytes bytes = SdkBytes.fromByteArray(new byte[] {0, -1});
    documents.putItem(
        EnhancedDocument.builder()
            .attributeConverterProviders(AttributeConverterProvider.defaultProvider())
            .putString("p", "x")
            .putNumber("exact", exact)
            .putBytes("bytes", bytes)
            .putStringSet("texts", Set.of("a", "b"))
            .putNumberSet("numbers", Set.of(1, 2))
            .putBytesSet("binaries", Set.of(bytes))
            .build());
    EnhancedDocument back = documents.scan().items().iterator().next();
    assertEquals(exact, back.getNumber("exact"));
    assertEquals(bytes, back.getBytes("bytes"));
    assertEquals(Set.of("a", "b"), back.getStringSet("texts"));
    assertEquals(Set.of(bytes), back.getBytesSet("binaries"));
    assertEquals(
        Set.of(SdkNumber.fromString("1"), SdkNumber.fromString("2")), back.getNumberSet("numbers"));
  }

  @Test
  void everyAttributeValueComesBackAsItWas() {
    SdkBytes empty = SdkBytes.fromByteArray(new byte[0]);
    Map<String, AttributeValue> item =
        Map.of(
            "p", AttributeValue.fromS("x"),
            "text", AttributeValue.fromS("grüße, ☃, 𝄞"),
            "number", AttributeValue.fromN("-0.5"),
            "binary", AttributeValue.fromB(empty),
            "null", AttributeValue.fromNul(true),
            "bool", AttributeValue.fromBool(false),
            "list", AttributeValue.fromL(List.of(AttributeValue.fromN("1"))),
            "map", AttributeValue.fromM(Map.of("odd name.", AttributeValue.fromS(""))),
            "set", AttributeValue.fromNs(List.of("7")));
    String table = documents.tableName();
    Server.CLIENT.putItem(asked -> asked.tableName(table).item(item));
    Map<String, AttributeValue> back =
        Server.CLIENT
            .getItem(asked -> asked.tableName(table).key(Map.of("p", AttributeValue.fromS("x"))))
            .item();
    assertEquals(item, back);
  }
}
