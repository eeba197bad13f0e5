package stator.kinesis;

import com.amazonaws.services.dynamodbv2.streamsadapter.model.DynamoDBStreamsProcessRecordsInput;
import com.amazonaws.services.dynamodbv2.streamsadapter.processor.DynamoDBStreamsShardRecordProcessor;
import software.amazon.kinesis.exceptions.InvalidStateException;
import software.amazon.kinesis.exceptions.ShutdownException;
import software.amazon.kinesis.lifecycle.events.InitializationInput;
import software.amazon.kinesis.lifecycle.events.LeaseLostInput;
import software.amazon.kinesis.lifecycle.events.ShardEndedInput;
import software.amazon.kinesis.lifecycle.events.ShutdownRequestedInput;
import software.amazon.kinesis.processor.RecordProcessorCheckpointer;

/** Enters a shard's records in a journal, and notes in the lease table how far it came. */
final class Reader implements DynamoDBStreamsShardRecordProcessor {
  private final Journal journal;
  private String shard;

  Reader(Journal journal) {
    this.journal = journal;
  }

  @Override
  public void initialize(InitializationInput input) {
    shard = input.shardId();
    journal.begin(shard);
  }

  @Override
  public void processRecords(DynamoDBStreamsProcessRecordsInput input) {
    input.records().forEach(record -> journal.add(shard, record.getRecord()));
    checkpoint(input.checkpointer());
  }

  @Override
  public void shardEnded(ShardEndedInput input) {
    journal.end(shard);
    checkpoint(input.checkpointer());
  }

  @Override
  public void shutdownRequested(ShutdownRequestedInput input) {
    checkpoint(input.checkpointer());
  }

  @Override
  public void leaseLost(LeaseLostInput input) {
    // Whoever has the lease now goes on from the last checkpoint.
  }

  private static void checkpoint(RecordProcessorCheckpointer checkpointer) {
    try {
      checkpointer.checkpoint();
    } catch (InvalidStateException | ShutdownException error) {
      throw new IllegalStateException("the lease table took no checkpoint", error);
    }
  }
}
