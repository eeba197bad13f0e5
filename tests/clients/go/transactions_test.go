package clients_test

import (
	"crypto/rand"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func (s shelf) transact(token *string, actions ...types.TransactWriteItem) error {
	_, err := s.client.TransactWriteItems(s.Context(), &dynamodb.TransactWriteItemsInput{
		TransactItems: actions, ClientRequestToken: token,
	})
	return err
}

func (s shelf) putAction(film Film) types.TransactWriteItem {
	return types.TransactWriteItem{Put: &types.Put{TableName: s.table, Item: s.marshal(film)}}
}

// vote adds to a film's votes.
func (s shelf) vote(c int, votes string) types.TransactWriteItem {
	return types.TransactWriteItem{Update: &types.Update{
		TableName: s.table, Key: s.key("x", c), UpdateExpression: aws.String("ADD votes :v"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":v": &types.AttributeValueMemberN{Value: votes},
		},
	}}
}

func TestTransactionWritesAllKindsAndReads(t *testing.T) {
	s := newShelf(t)
	s.fill("x", 3)
	require(t, s.transact(nil,
		types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
			TableName: s.table, Key: s.key("x", 0), ConditionExpression: aws.String("attribute_exists(p)"),
		}},
		s.vote(1, "5"),
		types.TransactWriteItem{Delete: &types.Delete{TableName: s.table, Key: s.key("x", 2)}},
		s.putAction(Film{P: "x", C: 3, Votes: 33}),
	))
	var gets []types.TransactGetItem
	for c := range 4 {
		gets = append(gets, types.TransactGetItem{Get: &types.Get{
			TableName: s.table, Key: s.key("x", c), ProjectionExpression: aws.String("votes"),
		}})
	}
	read, err := s.client.TransactGetItems(t.Context(), &dynamodb.TransactGetItemsInput{TransactItems: gets})
	require(t, err)
	votes := func(number string) map[string]types.AttributeValue {
		return map[string]types.AttributeValue{"votes": &types.AttributeValueMemberN{Value: number}}
	}
	equal(t, read.Responses, []types.ItemResponse{
		{Item: votes("0")}, {Item: votes("15")}, {}, {Item: votes("33")},
	})
}

func TestCancelledTransactionHasTypedReasons(t *testing.T) {
	s := newShelf(t)
	s.put(Film{P: "x", C: 1, Title: "old"})
	taken := s.putAction(Film{P: "x", C: 1})
	taken.Put.ConditionExpression = aws.String("attribute_not_exists(p)")
	taken.Put.ReturnValuesOnConditionCheckFailure = types.ReturnValuesOnConditionCheckFailureAllOld
	err := s.transact(nil, s.putAction(Film{P: "x", C: 2}), taken)

	cancelled := refusal[*types.TransactionCanceledException](t, err)
	equal(t, cancelled.ErrorMessage(), "Transaction cancelled, please refer cancellation reasons for "+
		"specific reasons [None, ConditionalCheckFailed]")
	passed, failed := cancelled.CancellationReasons[0], cancelled.CancellationReasons[1]
	equal(t, passed, types.CancellationReason{Code: aws.String("None")})
	equal(t, []string{*failed.Code, *failed.Message}, []string{
		"ConditionalCheckFailed", "The conditional request failed",
	})
	equal(t, failed.Item["title"], &types.AttributeValueMemberS{Value: "old"})
	equal(t, s.get("x", 2), (*Film)(nil))
}

func TestTokenMakesATransactionHappenOnce(t *testing.T) {
	s := newShelf(t)
	token := aws.String(rand.Text())
	require(t, s.transact(token, s.vote(1, "1")))
	require(t, s.transact(token, s.vote(1, "1")))
	equal(t, s.get("x", 1).Votes, 1)
	refusal[*types.IdempotentParameterMismatchException](t, s.transact(token, s.vote(1, "2")))
}
