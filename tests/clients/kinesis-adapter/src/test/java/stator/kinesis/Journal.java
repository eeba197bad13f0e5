package stator.kinesis;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.Record;

/** What workers were given, whichever of them it was, in the order in which it came. */
final class Journal {
  /** The beginning or the end of a worker's way through a shard. */
  record Step(String shard, boolean end) {}

  private final Map<String, List<Integer>> counts = new TreeMap<>();
  private final Map<String, Integer> recordsByShard = new LinkedHashMap<>();
  private final List<Step> steps = new ArrayList<>();

  synchronized void begin(String shard) {
    steps.add(new Step(shard, false));
  }

  synchronized void end(String shard) {
    steps.add(new Step(shard, true));
  }

  synchronized void add(String shard, Record record) {
    Map<String, AttributeValue> image = record.dynamodb().newImage();
    int count = Integer.parseInt(image.get("count").n());
    counts.computeIfAbsent(image.get("id").s(), id -> new ArrayList<>()).add(count);
    recordsByShard.merge(shard, 1, Integer::sum);
  }

  /** For each item, the values that its count was seen to take. */
  synchronized Map<String, List<Integer>> counts() {
    Map<String, List<Integer>> copy = new TreeMap<>();
    counts.forEach((id, seen) -> copy.put(id, List.copyOf(seen)));
    return copy;
  }

  synchronized int records() {
    return counts.values().stream().mapToInt(Collection::size).sum();
  }

  /** The shards that had records. */
  synchronized List<String> shardsWithRecords() {
    return List.copyOf(recordsByShard.keySet());
  }

  synchronized List<Step> steps() {
    return List.copyOf(steps);
  }
}
