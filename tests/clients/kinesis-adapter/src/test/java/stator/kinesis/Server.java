package stator.kinesis;

import java.net.URI;
import java.util.Objects;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;

/** The server under test, whose address is in STATOR_ENDPOINT, and clients of it. */
final class Server {
  static final Region REGION = Region.US_EAST_1;

  /** Writes the changes that are read from the stream. */
  static final DynamoDbClient CLIENT = configured(DynamoDbClient.builder()).build();

  /** Reads the stream. */
  static final DynamoDbStreamsClient STREAMS = configured(DynamoDbStreamsClient.builder()).build();

  /** Keeps the library's leases. */
  static final DynamoDbAsyncClient LEASES = configured(DynamoDbAsyncClient.builder()).build();

  /** Never called: the library wants one, and its metrics are switched off. */
  static final CloudWatchAsyncClient METRICS = configured(CloudWatchAsyncClient.builder()).build();

  private Server() {}

  private static <B extends AwsClientBuilder<B, C>, C> B configured(B builder) {
    String endpoint =
        Objects.requireNonNull(
            System.getenv("STATOR_ENDPOINT"),
            "STATOR_ENDPOINT must name the server, e.g. http://127.0.0.1:8000");
    AwsBasicCredentials credentials = AwsBasicCredentials.create("test", "test-secret");
    return builder
        .endpointOverride(URI.create(endpoint))
        .region(REGION)
        .credentialsProvider(StaticCredentialsProvider.create(credentials));
  }
}
