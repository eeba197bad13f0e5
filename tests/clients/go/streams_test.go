package clients_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	changes "github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
)

// enableStream answers with the ARN of a stream of both images.
func (s shelf) enableStream() *string {
	s.Helper()
	updated, err := s.client.UpdateTable(s.Context(), &dynamodb.UpdateTableInput{
		TableName: s.table,
		StreamSpecification: &types.StreamSpecification{
			StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewAndOldImages,
		},
	})
	require(s.T, err)
	return updated.TableDescription.LatestStreamArn
}

// streams answers with a client of streams with the settings of the shelf's.
func (s shelf) streams() *dynamodbstreams.Client {
	options := s.client.Options()
	return dynamodbstreams.New(dynamodbstreams.Options{
		BaseEndpoint: options.BaseEndpoint,
		Region:       options.Region,
		Credentials:  options.Credentials,
		Retryer:      options.Retryer,
	})
}

// records reads every shard of a stream once, from its oldest record on.
func (s shelf) records(stream *string) []changes.Record {
	s.Helper()
	client := s.streams()
	described, err := client.DescribeStream(s.Context(), &dynamodbstreams.DescribeStreamInput{
		StreamArn: stream,
	})
	require(s.T, err)
	var records []changes.Record
	for _, shard := range described.StreamDescription.Shards {
		begun, err := client.GetShardIterator(s.Context(), &dynamodbstreams.GetShardIteratorInput{
			StreamArn: stream, ShardId: shard.ShardId,
			ShardIteratorType: changes.ShardIteratorTypeTrimHorizon,
		})
		require(s.T, err)
		read, err := client.GetRecords(s.Context(), &dynamodbstreams.GetRecordsInput{
			ShardIterator: begun.ShardIterator,
		})
		require(s.T, err)
		if read.NextShardIterator == nil {
			s.Errorf("%s is open, but ends", *shard.ShardId)
		}
		records = append(records, read.Records...)
	}
	return records
}

// image is the film in a record; nil if there is none.
func (s shelf) image(image map[string]changes.AttributeValue) *Film {
	s.Helper()
	if image == nil {
		return nil
	}
	item, err := attributevalue.FromDynamoDBStreamsMap(image)
	require(s.T, err)
	film := new(Film)
	require(s.T, attributevalue.UnmarshalMap(item, film))
	return film
}

func TestChangesOfAnItemComeInTheirOrderWithBothImages(t *testing.T) {
	s := newShelf(t)
	stream := s.enableStream()
	first, second := Film{P: "alien", C: 1, Title: "Alien", Votes: 1}, Film{P: "alien", C: 1, Votes: 2}
	s.put(first)
	s.put(second)
	_, err := s.client.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{
		TableName: s.table, Key: s.key("alien", 1),
	})
	require(t, err)

	type change struct {
		kind          changes.OperationType
		before, after *Film
	}
	var found []change
	for _, record := range s.records(stream) {
		equal(t, *record.AwsRegion, "us-east-1")
		equal(t, record.Dynamodb.Keys["p"], changes.AttributeValue(
			&changes.AttributeValueMemberS{Value: "alien"},
		))
		before, after := s.image(record.Dynamodb.OldImage), s.image(record.Dynamodb.NewImage)
		for _, film := range []*Film{before, after} {
			if film != nil {
				film.Shown, film.Expires = first.Shown, first.Expires
			}
		}
		found = append(found, change{record.EventName, before, after})
	}
	equal(t, found, []change{
		{changes.OperationTypeInsert, nil, &first},
		{changes.OperationTypeModify, &first, &second},
		{changes.OperationTypeRemove, &second, nil},
	})
}

func TestMissingStreamIsATypedError(t *testing.T) {
	s := newShelf(t)
	stream := *s.enableStream()
	other := aws.String(stream[:len(stream)-1] + "x")
	_, err := s.streams().DescribeStream(t.Context(), &dynamodbstreams.DescribeStreamInput{
		StreamArn: other,
	})
	refused := refusal[*changes.ResourceNotFoundException](t, err)
	equal(t, refused.ErrorMessage(), "Requested resource not found: Stream: "+*other+" not found")
}
