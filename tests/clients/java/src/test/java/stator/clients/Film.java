package stator.clients;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.enhanced.dynamodb.extensions.annotations.DynamoDbVersionAttribute;
import software.amazon.awssdk.enhanced.dynamodb.mapper.annotations.DynamoDbAttribute;
import software.amazon.awssdk.enhanced.dynamodb.mapper.annotations.DynamoDbBean;
import software.amazon.awssdk.enhanced.dynamodb.mapper.annotations.DynamoDbPartitionKey;
import software.amazon.awssdk.enhanced.dynamodb.mapper.annotations.DynamoDbSecondaryPartitionKey;
import software.amazon.awssdk.enhanced.dynamodb.mapper.annotations.DynamoDbSecondarySortKey;
import software.amazon.awssdk.enhanced.dynamodb.mapper.annotations.DynamoDbSortKey;

/** A bean: a film of a studio, with an index by genre and votes, and a version. */
@DynamoDbBean
public class Film {
  private String studio;
  private Integer number;
  private String title;
  private String genre;
  private Integer votes;
  private BigDecimal exact;
  private Set<String> tags;
  private Set<Integer> years;
  private SdkBytes poster;
  private List<String> scenes;
  private Map<String, String> credits;
  private Boolean silent;
  private Instant premiere;
  private Long version;

  public Film() {}

  Film(String studio, int number) {
    this.studio = studio;
    this.number = number;
  }

  @DynamoDbPartitionKey
  public String getStudio() {
    return studio;
  }

  public void setStudio(String studio) {
    this.studio = studio;
  }

  @DynamoDbSortKey
  public Integer getNumber() {
    return number;
  }

  public void setNumber(Integer number) {
    this.number = number;
  }

  public String getTitle() {
    return title;
  }

  public void setTitle(String title) {
    this.title = title;
  }

  @DynamoDbSecondaryPartitionKey(indexNames = "by-genre")
  public String getGenre() {
    return genre;
  }

  public void setGenre(String genre) {
    this.genre = genre;
  }

  @DynamoDbSecondarySortKey(indexNames = "by-genre")
  public Integer getVotes() {
    return votes;
  }

  public void setVotes(Integer votes) {
    this.votes = votes;
  }

  public BigDecimal getExact() {
    return exact;
  }

  public void setExact(BigDecimal exact) {
    this.exact = exact;
  }

  public Set<String> getTags() {
    return tags;
  }

  public void setTags(Set<String> tags) {
    this.tags = tags;
  }

  public Set<Integer> getYears() {
    return years;
  }

  public void setYears(Set<Integer> years) {
    this.years = years;
  }

  public SdkBytes getPoster() {
    return poster;
  }

  public void setPoster(SdkBytes poster) {
    this.poster = poster;
  }

  public List<String> getScenes() {
    return scenes;
  }

  public void setScenes(List<String> scenes) {
    this.scenes = scenes;
  }

  public Map<String, String> getCredits() {
    return credits;
  }

  public void setCredits(Map<String, String> credits) {
    this.credits = credits;
  }

  @DynamoDbAttribute("is silent")
  public Boolean getSilent() {
    return silent;
  }

  public void setSilent(Boolean silent) {
    this.silent = silent;
  }

  public Instant getPremiere() {
    return premiere;
  }

  public void setPremiere(Instant premiere) {
    this.premiere = premiere;
  }

  @DynamoDbVersionAttribute
  public Long getVersion() {
    return version;
  }

  public void setVersion(Long version) {
    this.version = version;
  }
}
