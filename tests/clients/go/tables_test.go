package clients_test

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func TestTableIsAwaitedDescribedAndDeleted(t *testing.T) {
	client := connect(t)
	name := newTable(t, client)
	described, err := client.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: name})
	require(t, err)
	equal(t, described.Table.TableStatus, types.TableStatusActive)
	equal(t, described.Table.BillingModeSummary.BillingMode, types.BillingModePayPerRequest)
	equal(t, *described.Table.GlobalSecondaryIndexes[0].IndexName, "by-studio")

	_, err = client.DeleteTable(t.Context(), &dynamodb.DeleteTableInput{TableName: name})
	require(t, err)
	gone := dynamodb.NewTableNotExistsWaiter(client)
	require(t, gone.Wait(t.Context(), &dynamodb.DescribeTableInput{TableName: name}, awaited))
}

func TestTableCanBeCreatedOnce(t *testing.T) {
	client := connect(t)
	name := newTable(t, client)
	_, err := client.CreateTable(t.Context(), tableNamed(*name))
	refused := refusal[*types.ResourceInUseException](t, err)
	equal(t, refused.ErrorMessage(), "Table already exists: "+*name)
}

func TestMissingTableIsATypedError(t *testing.T) {
	client := connect(t)
	_, err := client.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{
		TableName: aws.String("no-such-table"),
	})
	refused := refusal[*types.ResourceNotFoundException](t, err)
	equal(t, refused.ErrorMessage(), "Requested resource not found: Table: no-such-table not found")
}

func TestTablesAreListedInPages(t *testing.T) {
	client := connect(t)
	names := []string{*newTable(t, client), *newTable(t, client), *newTable(t, client)}
	var listed []string
	pages := dynamodb.NewListTablesPaginator(client, &dynamodb.ListTablesInput{Limit: aws.Int32(1)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		require(t, err)
		listed = append(listed, page.TableNames...)
	}
	for _, name := range names {
		if !slices.Contains(listed, name) {
			t.Errorf("%s is not in %v", name, listed)
		}
	}
}

func TestTagsAndTimeToLiveAreKept(t *testing.T) {
	client := connect(t)
	name := newTable(t, client)
	described, err := client.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: name})
	require(t, err)
	arn := described.Table.TableArn

	tags := []types.Tag{{Key: aws.String("team"), Value: aws.String("films")}}
	_, err = client.TagResource(t.Context(), &dynamodb.TagResourceInput{ResourceArn: arn, Tags: tags})
	require(t, err)
	kept, err := client.ListTagsOfResource(t.Context(), &dynamodb.ListTagsOfResourceInput{ResourceArn: arn})
	require(t, err)
	equal(t, kept.Tags, tags)

	_, err = client.UpdateTimeToLive(t.Context(), &dynamodb.UpdateTimeToLiveInput{
		TableName: name,
		TimeToLiveSpecification: &types.TimeToLiveSpecification{
			AttributeName: aws.String("expires"), Enabled: aws.Bool(true),
		},
	})
	require(t, err)
	shown, err := client.DescribeTimeToLive(t.Context(), &dynamodb.DescribeTimeToLiveInput{TableName: name})
	require(t, err)
	equal(t, *shown.TimeToLiveDescription.AttributeName, "expires")
}
