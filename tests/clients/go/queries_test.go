package clients_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// fill puts the films 0…count-1 of a partition.
func (s shelf) fill(p string, count int) {
	s.Helper()
	for c := range count {
		s.put(Film{P: p, C: c, Studio: fmt.Sprintf("studio %d", c%2), Votes: c * 10})
	}
}

// numbers are the films' sort keys.
func (s shelf) numbers(items []map[string]types.AttributeValue) []int {
	s.Helper()
	var films []Film
	require(s.T, attributevalue.UnmarshalListOfMaps(items, &films))
	found := []int{}
	for _, film := range films {
		found = append(found, film.C)
	}
	return found
}

func TestQueryPaginatorFollowsPages(t *testing.T) {
	s := newShelf(t)
	s.fill("x", 7)
	key := expression.Key("p").Equal(expression.Value("x")).
		And(expression.Key("c").Between(expression.Value(1), expression.Value(5)))
	built := s.build(expression.NewBuilder().WithKeyCondition(key))
	pages := dynamodb.NewQueryPaginator(s.client, &dynamodb.QueryInput{
		TableName:                 s.table,
		KeyConditionExpression:    built.KeyCondition(),
		ExpressionAttributeNames:  built.Names(),
		ExpressionAttributeValues: built.Values(),
		ScanIndexForward:          aws.Bool(false),
		Limit:                     aws.Int32(2),
	})
	var read [][]int
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		require(t, err)
		read = append(read, s.numbers(page.Items))
	}
	equal(t, read, [][]int{{5, 4}, {3, 2}, {1}})
}

func TestQueryFiltersProjectsAndCountsCapacity(t *testing.T) {
	s := newShelf(t)
	s.fill("x", 5)
	built := s.build(expression.NewBuilder().
		WithKeyCondition(expression.Key("p").Equal(expression.Value("x"))).
		WithFilter(expression.Name("votes").GreaterThan(expression.Value(15))).
		WithProjection(expression.NamesList(expression.Name("c"), expression.Name("studio"))))
	page, err := s.client.Query(t.Context(), &dynamodb.QueryInput{
		TableName:                 s.table,
		KeyConditionExpression:    built.KeyCondition(),
		FilterExpression:          built.Filter(),
		ProjectionExpression:      built.Projection(),
		ExpressionAttributeNames:  built.Names(),
		ExpressionAttributeValues: built.Values(),
		ReturnConsumedCapacity:    types.ReturnConsumedCapacityTotal,
	})
	require(t, err)
	equal(t, s.numbers(page.Items), []int{2, 3, 4})
	equal(t, []int32{page.Count, page.ScannedCount}, []int32{3, 5})
	equal(t, *page.ConsumedCapacity.CapacityUnits, 0.5)
	for _, item := range page.Items {
		equal(t, len(item), 2)
	}
}

func TestGlobalIndexIsQueried(t *testing.T) {
	s := newShelf(t)
	s.fill("x", 6)
	page, err := s.client.Query(t.Context(), &dynamodb.QueryInput{
		TableName:              s.table,
		IndexName:              aws.String("by-studio"),
		KeyConditionExpression: aws.String("studio = :s AND c > :c"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":s": &types.AttributeValueMemberS{Value: "studio 1"},
			":c": &types.AttributeValueMemberN{Value: "1"},
		},
	})
	require(t, err)
	equal(t, s.numbers(page.Items), []int{3, 5})
}

func TestParallelScanMeetsEachItemOnce(t *testing.T) {
	const segments = 4
	s := newShelf(t)
	for c := range 40 {
		s.put(Film{P: fmt.Sprint("p", c), C: c})
	}
	var workers sync.WaitGroup
	found := make([][]int, segments)
	for segment := range int32(segments) {
		workers.Go(func() {
			pages := dynamodb.NewScanPaginator(s.client, &dynamodb.ScanInput{
				TableName:     s.table,
				Segment:       aws.Int32(segment),
				TotalSegments: aws.Int32(segments),
				Limit:         aws.Int32(3),
			})
			for pages.HasMorePages() {
				page, err := pages.NextPage(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				found[segment] = append(found[segment], s.numbers(page.Items)...)
			}
		})
	}
	workers.Wait()
	all := slices.Concat(found...)
	slices.Sort(all)
	equal(t, len(all), 40)
	equal(t, len(slices.Compact(all)), 40)
}
