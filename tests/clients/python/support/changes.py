"""A table's stream, read whole."""


def describe(streams, arn, **page):
    return streams.describe_stream(StreamArn=arn, **page)["StreamDescription"]


def shards_of(streams, arn):
    return describe(streams, arn)["Shards"]


def iterators(streams, arn, kind="TRIM_HORIZON"):
    """An iterator for every shard."""
    return [
        streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType=kind
        )["ShardIterator"]
        for shard in shards_of(streams, arn)
    ]


def read(streams, iterator, **limit):
    """The records behind an iterator until an answer has none, and where to go on."""
    records = []
    while iterator:
        answer = streams.get_records(ShardIterator=iterator, **limit)
        records += answer["Records"]
        iterator = answer.get("NextShardIterator")
        if not answer["Records"]:
            break
    return records, iterator


def all_records(streams, arn):
    """Every record of a stream; those of an item in their order."""
    return [
        record for iterator in iterators(streams, arn) for record in read(streams, iterator)[0]
    ]
