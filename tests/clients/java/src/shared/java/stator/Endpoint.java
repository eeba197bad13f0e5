package stator;

import java.net.URI;
import java.util.Objects;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.regions.Region;

/** The server under test, whose address is in STATOR_ENDPOINT, for every suite in Java. */
public final class Endpoint {
  /** The region that requests are signed for. */
  public static final Region REGION = Region.US_EAST_1;

  private Endpoint() {}

  /** Makes clients of {@code builder} call the server. */
  public static <B extends AwsClientBuilder<B, C>, C> B configured(B builder) {
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
