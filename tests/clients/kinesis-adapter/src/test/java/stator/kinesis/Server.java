package stator.kinesis;

import static stator.Endpoint.configured;

import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;

/** Clients of the server under test. */
final class Server {
  /** Writes the changes that are read from the stream. */
  static final DynamoDbClient CLIENT = configured(DynamoDbClient.builder()).build();

  /** Reads the stream. */
  static final DynamoDbStreamsClient STREAMS = configured(DynamoDbStreamsClient.builder()).build();

  /** Keeps the library's leases. */
  static final DynamoDbAsyncClient LEASES = configured(DynamoDbAsyncClient.builder()).build();

  /** Never called: the library wants one, and its metrics are switched off. */
  static final CloudWatchAsyncClient METRICS = configured(CloudWatchAsyncClient.builder()).build();

  private Server() {}
}
