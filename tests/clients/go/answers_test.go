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

// A wire passes requests and answers on, notes the answers' encodings, and damages some.
type wire struct {
	encodings []string
	damaged   int // So many answers get a space more: valid JSON, another checksum.
}

func (w *wire) Do(request *http.Request) (*http.Response, error) {
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	w.encodings = append(w.encodings, answer.Header.Get("Content-Encoding"))
	if w.damaged > 0 {
		w.damaged--
		answer.Body = io.NopCloser(io.MultiReader(answer.Body, strings.NewReader(" ")))
	}
	return answer, nil
}

// watched makes a client send over the wire and count its warnings: the SDK says no more of a wrong
// checksum.
func watched(through *wire, warnings *int) func(*dynamodb.Options) {
	return func(options *dynamodb.Options) {
		options.HTTPClient = through
		options.Logger = logging.LoggerFunc(func(logging.Classification, string, ...any) { *warnings++ })
	}
}

func TestAnswersCarryTheirChecksum(t *testing.T) {
	var through wire
	var warnings int
	client := connect(t, watched(&through, &warnings))
	list := func() {
		_, err := client.ListTables(t.Context(), &dynamodb.ListTablesInput{Limit: aws.Int32(1)})
		require(t, err)
	}
	list()
	equal(t, warnings, 0)
	through.damaged = 1
	list()
	equal(t, warnings, 1)
}

func TestAnswersAreCompressedWhenAskedFor(t *testing.T) {
	var through wire
	var warnings int
	compressed := func(options *dynamodb.Options) { options.EnableAcceptEncodingGzip = true }
	s := newShelf(t, watched(&through, &warnings), compressed)
	film := Film{P: "x", C: 1, Title: strings.Repeat("Metropolis ", 10_000)}
	s.put(film)
	equal(t, s.get("x", 1).Title, film.Title)
	equal(t, through.encodings[len(through.encodings)-1], "gzip")
	equal(t, warnings, 0) // The checksum is of the compressed bytes.
}
