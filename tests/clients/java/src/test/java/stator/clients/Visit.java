package stator.clients;

import software.amazon.awssdk.enhanced.dynamodb.extensions.annotations.DynamoDbAtomicCounter;
import software.amazon.awssdk.enhanced.dynamodb.mapper.annotations.DynamoDbBean;
import software.amazon.awssdk.enhanced.dynamodb.mapper.annotations.DynamoDbPartitionKey;

/** A bean whose updates need arithmetic and nested paths: a counter, and a bean in the bean. */
@DynamoDbBean
public class Visit {
  private String page;
  private Long count;
  private Device device;

  @DynamoDbPartitionKey
  public String getPage() {
    return page;
  }

  public void setPage(String page) {
    this.page = page;
  }

  @DynamoDbAtomicCounter(delta = 5, startValue = 10)
  public Long getCount() {
    return count;
  }

  public void setCount(Long count) {
    this.count = count;
  }

  public Device getDevice() {
    return device;
  }

  public void setDevice(Device device) {
    this.device = device;
  }

  /** What the page was seen on. */
  @DynamoDbBean
  public static class Device {
    private String name;
    private Integer width;

    public String getName() {
      return name;
    }

    public void setName(String name) {
      this.name = name;
    }

    public Integer getWidth() {
      return width;
    }

    public void setWidth(Integer width) {
      this.width = width;
    }
  }
}
