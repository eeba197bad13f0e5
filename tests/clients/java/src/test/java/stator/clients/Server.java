package stator.clients;

import java.net.URI;
import java.util.Objects;
import java.util.UUID;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.enhanced.dynamodb.DynamoDbEnhancedClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The server under test, whose address is in STATOR_ENDPOINT, and clients of it. */
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
    String endpoint =
        Objects.requireNonNull(
            System.getenv("STATOR_ENDPOINT"),
            "STATOR_ENDPOINT must name the server, e.g. http://127.0.0.1:8000");
    AwsBasicCredentials credentials = AwsBasicCredentials.create("test", "test-secret");
    return builder
        .endpointOverride(URI.create(endpoint))
        .region(Region.US_EAST_1)
        .credentialsProvider(StaticCredentialsProvider.create(credentials))
        .overrideConfiguration(
            override -> override.retryStrategy(DefaultRetryStrategy.doNotRetry()));
  }

  /** A name that no other test uses. */
  static String uniqueName() {
    return "test-" + UUID.randomUUID();
  }
}
