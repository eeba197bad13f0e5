package clients_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// A Film is stored under its struct tags.
type Film struct {
	P       string                  `dynamodbav:"p"`
	C       int                     `dynamodbav:"c"`
	Title   string                  `dynamodbav:"title,omitempty"`
	Studio  string                  `dynamodbav:"studio,omitempty"`
	Votes   int                     `dynamodbav:"votes"`
	Tags    []string                `dynamodbav:"tags,stringset,omitempty"`
	Years   []int                   `dynamodbav:"years,numberset,omitempty"`
	Posters [][]byte                `dynamodbav:"posters,binaryset,omitempty"`
	Poster  []byte                  `dynamodbav:"poster,omitempty"`
	Scenes  []Scene                 `dynamodbav:"scenes,omitempty"`
	Credits map[string]string       `dynamodbav:"credits,omitempty"`
	Exact   attributevalue.Number   `dynamodbav:"exact,omitempty"`
	Shown   time.Time               `dynamodbav:"shown"`
	Expires attributevalue.UnixTime `dynamodbav:"expires"`
	Silent  *bool                   `dynamodbav:"silent"`
}

// A Scene is a map in a film's list.
type Scene struct {
	Name string `dynamodbav:"name"`
}

// A shelf is a table of films.
type shelf struct {
	*testing.T
	client *dynamodb.Client
	table  *string
}

func newShelf(t *testing.T, options ...func(*dynamodb.Options)) shelf {
	client := connect(t, options...)
	return shelf{t, client, newTable(t, client)}
}

func (s shelf) put(film Film) {
	s.Helper()
	_, err := s.client.PutItem(s.Context(), &dynamodb.PutItemInput{
		TableName: s.table, Item: s.marshal(film),
	})
	require(s.T, err)
}

// get reads a film; nil if there is none.
func (s shelf) get(p string, c int) *Film {
	s.Helper()
	read, err := s.client.GetItem(s.Context(), &dynamodb.GetItemInput{
		TableName: s.table, Key: s.key(p, c), ConsistentRead: aws.Bool(true),
	})
	require(s.T, err)
	if read.Item == nil {
		return nil
	}
	film := new(Film)
	require(s.T, attributevalue.UnmarshalMap(read.Item, film))
	return film
}

func (s shelf) key(p string, c int) map[string]types.AttributeValue {
	return s.marshal(struct {
		P string `dynamodbav:"p"`
		C int    `dynamodbav:"c"`
	}{p, c})
}

func (s shelf) marshal(value any) map[string]types.AttributeValue {
	s.Helper()
	item, err := attributevalue.MarshalMap(value)
	require(s.T, err)
	return item
}

// build ends the test if an expression cannot be built.
func (s shelf) build(builder expression.Builder) expression.Expression {
	s.Helper()
	built, err := builder.Build()
	require(s.T, err)
	return built
}
