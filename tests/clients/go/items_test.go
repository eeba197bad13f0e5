package clients_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
)

func TestStructComesBackAsItWas(t *testing.T) {
	s := newShelf(t)
	film := Film{
		P: "x", C: 1, Title: "Größe", Votes: -3,
		Tags:    []string{"a", "b"},
		Years:   []int{1927},
		Posters: [][]byte{{0}, {255, 1}},
		Poster:  []byte{0, 127, 255},
		Scenes:  []Scene{{"one"}, {"two"}},
		Credits: map[string]string{"music": "Huppertz"},
		Exact:   "12345678901234567890.123456789012345678",
		Shown:   time.Date(1927, 1, 10, 20, 30, 0, 123456789, time.UTC),
		Expires: attributevalue.UnixTime(time.Unix(4_000_000_000, 0)),
		Silent:  aws.Bool(true),
	}
	s.put(film)
	equal(t, s.get("x", 1), &film)
	equal(t, s.get("x", 2), (*Film)(nil))
}

func TestStructFieldsHaveTheirTypesOnTheWire(t *testing.T) {
	s := newShelf(t)
	s.put(Film{P: "x", C: 1, Tags: []string{"a"}, Years: []int{7}, Poster: []byte("b")})
	read, err := s.client.GetItem(t.Context(), &dynamodb.GetItemInput{
		TableName: s.table, Key: s.key("x", 1),
	})
	require(t, err)
	equal(t, read.Item["tags"], &types.AttributeValueMemberSS{Value: []string{"a"}})
	equal(t, read.Item["years"], &types.AttributeValueMemberNS{Value: []string{"7"}})
	equal(t, read.Item["poster"], &types.AttributeValueMemberB{Value: []byte("b")})
	equal(t, read.Item["silent"], &types.AttributeValueMemberNULL{Value: true})
}

func TestExpressionBuilderUpdates(t *testing.T) {
	s := newShelf(t)
	s.put(Film{P: "x", C: 1, Votes: 5, Tags: []string{"a", "b"}, Scenes: []Scene{{"one"}}, Title: "M", Credits: map[string]string{"script": "Harbou"}})
	update := expression.
		Set(expression.Name("votes"), expression.Name("votes").Plus(expression.Value(2))).
		Set(expression.Name("studio"), expression.IfNotExists(expression.Name("studio"), expression.Value("Nero"))).
		Set(expression.Name("scenes"), expression.ListAppend(expression.Name("scenes"), expression.Value([]Scene{{"two"}}))).
		Set(expression.Name("credits.music"), expression.Value("Grieg")).
		Remove(expression.Name("title")).
		Add(expression.Name("years"), expression.Value(&types.AttributeValueMemberNS{Value: []string{"1931"}})).
		Delete(expression.Name("tags"), expression.Value(&types.AttributeValueMemberSS{Value: []string{"a"}}))
	condition := expression.And(
		expression.Name("votes").Between(expression.Value(1), expression.Value(9)),
		expression.Name("tags").Contains("b"),
		expression.Name("scenes").Size().Equal(expression.Value(1)),
	)
	built := s.build(expression.NewBuilder().WithUpdate(update).WithCondition(condition))
	_, err := s.client.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: s.table, Key: s.key("x", 1),
		UpdateExpression:          built.Update(),
		ConditionExpression:       built.Condition(),
		ExpressionAttributeNames:  built.Names(),
		ExpressionAttributeValues: built.Values(),
	})
	require(t, err)
	film := s.get("x", 1)
	equal(t, []any{film.Votes, film.Studio, film.Title}, []any{7, "Nero", ""})
	equal(t, []any{film.Tags, film.Years}, []any{[]string{"b"}, []int{1931}})
	equal(t, film.Scenes, []Scene{{"one"}, {"two"}})
	equal(t, film.Credits, map[string]string{"music": "Grieg", "script": "Harbou"})
}

func TestFailedConditionIsTypedAndCarriesTheItem(t *testing.T) {
	s := newShelf(t)
	s.put(Film{P: "x", C: 1, Title: "old"})
	_, err := s.client.PutItem(t.Context(), &dynamodb.PutItemInput{
		TableName: s.table, Item: s.marshal(Film{P: "x", C: 1}),
		ConditionExpression:                 aws.String("attribute_not_exists(p)"),
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	refused := refusal[*types.ConditionalCheckFailedException](t, err)
	equal(t, refused.ErrorMessage(), "The conditional request failed")
	equal(t, refused.ErrorFault(), smithy.FaultClient)
	equal(t, refused.Item["title"], &types.AttributeValueMemberS{Value: "old"})
	answered := refusal[*awshttp.ResponseError](t, err)
	equal(t, answered.HTTPStatusCode(), http.StatusBadRequest)
	equal(t, len(answered.ServiceRequestID()), 52)
}

func TestRefusedExpressionIsAnAPIError(t *testing.T) {
	s := newShelf(t)
	_, err := s.client.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: s.table, Key: s.key("x", 1), UpdateExpression: aws.String("SET a = :b"),
	})
	refused := refusal[smithy.APIError](t, err)
	equal(t, refused.ErrorCode(), "ValidationException")
	equal(t, refused.ErrorMessage(), "Invalid UpdateExpression: An expression attribute value used in "+
		"expression is not defined; attribute value: :b")
}

func TestDeletedItemIsReturned(t *testing.T) {
	s := newShelf(t)
	s.put(Film{P: "x", C: 1, Title: "gone"})
	deleted, err := s.client.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{
		TableName: s.table, Key: s.key("x", 1), ReturnValues: types.ReturnValueAllOld,
	})
	require(t, err)
	equal(t, deleted.Attributes["title"], &types.AttributeValueMemberS{Value: "gone"})
	equal(t, s.get("x", 1), (*Film)(nil))
}
