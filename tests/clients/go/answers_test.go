package clients_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go/logging"
)

// damaging adds a space to so many answers that pass through it: valid JSON, another checksum.
type damaging struct {
	answers int
}

func (d *damaging) Do(request *http.Request) (*http.Response, error) {
	answer, err := http.DefaultClient.Do(request)
	if err != nil || d.answers == 0 {
		return answer, err
	}
	d.answers--
	answer.Body = io.NopCloser(io.MultiReader(answer.Body, strings.NewReader(" ")))
	return answer, nil
}

// The SDK says no more of a wrong checksum than a warning.
func TestAnswersCarryTheirChecksum(t *testing.T) {
	var warnings int
	damaged := &damaging{}
	client := connect(t, func(options *dynamodb.Options) {
		options.HTTPClient = damaged
		options.Logger = logging.LoggerFunc(func(logging.Classification, string, ...any) { warnings++ })
	})
	list := func() {
		_, err := client.ListTables(t.Context(), &dynamodb.ListTablesInput{Limit: aws.Int32(1)})
		require(t, err)
	}
	list()
	equal(t, warnings, 0)
	damaged.answers = 1
	list()
	equal(t, warnings, 1)
}

func TestAnswersMayBeCompressed(t *testing.T) {
	s := newShelf(t, func(options *dynamodb.Options) { options.EnableAcceptEncodingGzip = true })
	film := Film{P: "x", C: 1, Title: strings.Repeat("Metropolis ", 10_000)}
	s.put(film)
	equal(t, s.get("x", 1).Title, film.Title)
}
