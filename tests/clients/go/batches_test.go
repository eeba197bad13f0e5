package clients_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// write sends batches of 25 until nothing is left unprocessed.
func (s shelf) write(requests []types.WriteRequest) {
	s.Helper()
	for chunk := range slices.Chunk(requests, 25) {
		pending := map[string][]types.WriteRequest{*s.table: chunk}
		for len(pending) > 0 {
			answer, err := s.client.BatchWriteItem(s.Context(), &dynamodb.BatchWriteItemInput{
				RequestItems: pending,
			})
			require(s.T, err)
			pending = answer.UnprocessedItems
		}
	}
}

func TestBatchesPutAndDelete(t *testing.T) {
	s := newShelf(t)
	var puts, deletes []types.WriteRequest
	for c := range 60 {
		item := s.marshal(Film{P: "x", C: c})
		puts = append(puts, types.WriteRequest{PutRequest: &types.PutRequest{Item: item}})
		deletes = append(deletes, types.WriteRequest{DeleteRequest: &types.DeleteRequest{Key: s.key("x", c)}})
	}
	s.write(puts)
	scanned, err := s.client.Scan(t.Context(), &dynamodb.ScanInput{TableName: s.table})
	require(t, err)
	equal(t, scanned.Count, int32(60))
	s.write(deletes)
	scanned, err = s.client.Scan(t.Context(), &dynamodb.ScanInput{TableName: s.table})
	require(t, err)
	equal(t, scanned.Count, int32(0))
}

func TestUnprocessedKeysAreAskedForAgain(t *testing.T) {
	s := newShelf(t)
	title := strings.Repeat("t", 390_000)
	var keys []map[string]types.AttributeValue
	for c := range 50 {
		s.put(Film{P: "x", C: c, Title: title})
		keys = append(keys, s.key("x", c))
	}
	pending := map[string]types.KeysAndAttributes{*s.table: {Keys: keys}}
	var found []int
	rounds := 0
	for ; len(pending) > 0; rounds++ {
		answer, err := s.client.BatchGetItem(t.Context(), &dynamodb.BatchGetItemInput{RequestItems: pending})
		require(t, err)
		found = append(found, s.numbers(answer.Responses[*s.table])...)
		pending = answer.UnprocessedKeys
	}
	slices.Sort(found)
	equal(t, len(slices.Compact(found)), 50)
	equal(t, rounds, 2) // An answer holds 16 MB.
}

func TestBatchThatNamesAnItemTwiceIsRefused(t *testing.T) {
	s := newShelf(t)
	item := s.marshal(Film{P: "x", C: 1})
	request := types.WriteRequest{PutRequest: &types.PutRequest{Item: item}}
	_, err := s.client.BatchWriteItem(t.Context(), &dynamodb.BatchWriteItemInput{
		RequestItems: map[string][]types.WriteRequest{*s.table: {request, request}},
	})
	message := "Provided list of item keys contains duplicates"
	if err == nil || !strings.Contains(err.Error(), message) {
		t.Errorf("expected %q, found %v", message, err)
	}
}
