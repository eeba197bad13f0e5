// Package clients_test talks to the server under test with Go's SDK v2, as its users do.
//
// The server's address is in STATOR_ENDPOINT. Each test makes tables of its own and deletes them.
package clients_test

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"os"
	"reflect"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// connect answers with a client that asks once, since a retry would hide a failure of the server.
//
// One error of the SDK's own making is retried, as the SDK does by default. Once it has an answer's
// head, it closes the request's body; where net/http has not yet seen that body's end, it takes the
// closed one for a failed write and closes the connection under the rest of the answer
// (aws-sdk-go-v2 issues 1825 and 2737). It takes an answer of megabytes from a near server.
func connect(t *testing.T, options ...func(*dynamodb.Options)) *dynamodb.Client {
	t.Helper()
	endpoint := os.Getenv("STATOR_ENDPOINT")
	if endpoint == "" {
		t.Fatal("STATOR_ENDPOINT must name the server, e.g. http://127.0.0.1:8000")
	}
	closedByItself := func(err error) aws.Ternary {
		return aws.BoolTernary(errors.Is(err, net.ErrClosed))
	}
	return dynamodb.New(dynamodb.Options{
		BaseEndpoint: aws.String(endpoint),
		Region:       "us-east-1",
		Credentials:  credentials.NewStaticCredentialsProvider("test", "test-secret", ""),
		Retryer: retry.NewStandard(func(options *retry.StandardOptions) {
			options.Retryables = []retry.IsErrorRetryable{retry.IsErrorRetryableFunc(closedByItself)}
		}),
	}, options...)
}

// patience is how long a waiter asks, and how often.
func patience(options *dynamodb.TableExistsWaiterOptions) {
	options.MinDelay = time.Second
	options.MaxDelay = time.Second
}

const awaited = 30 * time.Second

// tableNamed is the request for a table with the keys p and c and the index by-studio.
func tableNamed(name string) *dynamodb.CreateTableInput {
	attribute := func(name string, kind types.ScalarAttributeType) types.AttributeDefinition {
		return types.AttributeDefinition{AttributeName: &name, AttributeType: kind}
	}
	key := func(name string, kind types.KeyType) types.KeySchemaElement {
		return types.KeySchemaElement{AttributeName: &name, KeyType: kind}
	}
	return &dynamodb.CreateTableInput{
		TableName:   &name,
		BillingMode: types.BillingModePayPerRequest,
		KeySchema:   []types.KeySchemaElement{key("p", types.KeyTypeHash), key("c", types.KeyTypeRange)},
		AttributeDefinitions: []types.AttributeDefinition{
			attribute("p", types.ScalarAttributeTypeS),
			attribute("c", types.ScalarAttributeTypeN),
			attribute("studio", types.ScalarAttributeTypeS),
		},
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{
			IndexName: aws.String("by-studio"),
			KeySchema: []types.KeySchemaElement{
				key("studio", types.KeyTypeHash), key("c", types.KeyTypeRange),
			},
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
		}},
	}
}

// newTable creates a table that is deleted after the test.
func newTable(t *testing.T, client *dynamodb.Client) *string {
	t.Helper()
	name := aws.String("test-" + rand.Text())
	_, err := client.CreateTable(t.Context(), tableNamed(*name))
	require(t, err)
	t.Cleanup(func() {
		// The test's own context has ended.
		_, err := client.DeleteTable(context.Background(), &dynamodb.DeleteTableInput{TableName: name})
		if missing := new(types.ResourceNotFoundException); !errors.As(err, &missing) {
			require(t, err)
		}
	})
	waiter := dynamodb.NewTableExistsWaiter(client, patience)
	require(t, waiter.Wait(t.Context(), &dynamodb.DescribeTableInput{TableName: name}, awaited))
	return name
}

// require ends the test if there was an error.
func require(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// equal fails the test unless the two are deeply equal.
func equal(t *testing.T, found, expected any) {
	t.Helper()
	if !reflect.DeepEqual(found, expected) {
		t.Errorf("found    %#v\nexpected %#v", found, expected)
	}
}

// refusal ends the test unless the error is, somewhere in its chain, of the type E.
func refusal[E error](t *testing.T, err error) E {
	t.Helper()
	var refused E
	if !errors.As(err, &refused) {
		t.Fatalf("expected %T, found %v", refused, err)
	}
	return refused
}
