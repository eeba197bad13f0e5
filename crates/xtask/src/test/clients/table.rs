//! The client programs: the suites under `tests/clients`, and the examples.

use super::Client;
use super::install::Runtime;
use super::summary::Summary;

/// Shards that are followed by others while a suite reads them.
const YOUNG_SHARDS: &[&str] = &["--stream-shard-age", "5s"];

/// boto3.
pub const PYTHON: Client = Client {
    folder: "tests/clients/python",
    runtime: Runtime::Python,
    arguments: &["-m", "pytest", "-q", "-p", "no:cacheprovider", "."],
    summary: Summary::Pytest,
    server: &[],
};

/// pynamodb.
pub const PYNAMODB: Client = Client { folder: "tests/clients/pynamodb", ..PYTHON };

/// The AWS command line.
pub const AWS_CLI: Client = Client { folder: "tests/clients/aws-cli", ..PYTHON };

/// JavaScript's SDK v3.
pub const JAVASCRIPT: Client = Client {
    folder: "tests/clients/javascript",
    runtime: Runtime::Node,
    arguments: &["--test", "--test-reporter=tap"],
    summary: Summary::NodeTest,
    server: YOUNG_SHARDS,
};

/// JavaScript's SDK v2.
pub const JAVASCRIPT_V2: Client = Client { folder: "tests/clients/javascript-v2", ..JAVASCRIPT };

/// dynamodb-toolbox.
pub const TOOLBOX: Client = mapper(&["--test", "--test-reporter=tap", "toolbox.test.js"]);

/// electrodb.
pub const ELECTRODB: Client = mapper(&["--test", "--test-reporter=tap", "electrodb.test.js"]);

/// dynamoose.
pub const DYNAMOOSE: Client = mapper(&["--test", "--test-reporter=tap", "dynamoose.test.js"]);

/// Go's SDK v2.
pub const GO: Client = Client {
    folder: "tests/clients/go",
    runtime: Runtime::Go,
    arguments: &["-test.v"],
    summary: Summary::GoTest,
    server: &[],
};

/// Java's SDK v2, with the enhanced client.
pub const JAVA: Client = Client {
    folder: "tests/clients/java",
    runtime: Runtime::Maven,
    arguments: &["test"],
    summary: Summary::Surefire,
    server: &[],
};

/// The Kinesis Client Library's adapter for streams.
pub const KINESIS_ADAPTER: Client =
    Client { folder: "tests/clients/kinesis-adapter", server: YOUNG_SHARDS, ..JAVA };

/// Rust's SDK.
pub const RUST: Client = Client {
    folder: "tests/clients/rust",
    runtime: Runtime::Cargo,
    arguments: &[],
    summary: Summary::Libtest,
    server: &[],
};

/// `examples/twitter`, small.
pub const TWITTER: Client = Client {
    folder: "examples/twitter",
    runtime: Runtime::Node,
    arguments: &["main.js", "--users", "200", "--tweets", "2000"],
    summary: Summary::ExitCode,
    server: &[],
};

/// `examples/films`: the films.
pub const FILMS: Client = Client { folder: "examples/films", arguments: &["films.js"], ..TWITTER };

/// `examples/films`: the cities.
pub const CITIES: Client = Client { arguments: &["cities.js"], ..FILMS };

/// `examples/history`.
pub const HISTORY: Client =
    Client { folder: "examples/history", arguments: &["main.js"], ..TWITTER };

/// `examples/ttl-archive`.
pub const TTL_ARCHIVE: Client = Client { folder: "examples/ttl-archive", ..HISTORY };

/// A library on top of JavaScript's SDK v3.
const fn mapper(arguments: &'static [&'static str]) -> Client {
    Client { folder: "tests/clients/javascript-mappers", arguments, ..JAVASCRIPT }
}
