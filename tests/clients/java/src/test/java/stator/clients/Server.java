package stator.clients;

import java.util.UUID;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.enhanced.dynamodb.DynamoDbEnhancedClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import stator.Endpoint;

/** Clients of the server under test. */
final class Server {
  /** The low-level client. */
  static final DynamoDbClient CLIENT =
      configured(DynamoDbClient.builder())
          .httpClientBuilder(UrlConnectionHttpClient.builder())
          .build();

  /** The client that stores beans and documents. */
  static final DynamoDbEnhancedClient ENHANCED =
      DynamoDbEnhancedClient.builder().dynamoDbClient(CLIENT).build();

  private Server() {}

  /** A client of the server that asks once: a retry would hide a failure. */
  static <B extends AwsClientBuilder<B, C>, C> B configured(B builder) {
    return Endpoint.configured(builder)
        .overrideConfiguration(
            override -> override.retryStrategy(DefaultRetryStrategy.doNotRetry()));
  }

  /** A name that no other test uses. */
  static String uniqueName() {
    return "test-" + UUID.randomUUID();
  }
}
