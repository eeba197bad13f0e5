//! What the tests of the Rust SDK share: a client of the server under test, whose address is in
//! STATOR_ENDPOINT, a table of films, and short names for what requests are made of.

use std::collections::HashMap;
use std::fmt::Debug;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::client::Waiters;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{self, BehaviorVersion, Config, Region};
use aws_sdk_dynamodb::operation::create_table::CreateTableError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, GlobalSecondaryIndex, KeySchemaElement,
    KeyType, Projection, ProjectionType, ScalarAttributeType,
};
use aws_smithy_http_client::Builder as HttpClientBuilder;
use stator::Stator;
use uuid::Uuid;

/// An item, a key, or the values of an expression.
pub type Item = HashMap<String, AttributeValue>;

/// How long a waiter may ask.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A client that asks once: a retry would hide a failure of the server.
pub fn connect() -> Client {
    let endpoint = std::env::var("STATOR_ENDPOINT")
        .expect("STATOR_ENDPOINT must name the server, e.g. http://127.0.0.1:8000");
    let http_client = HttpClientBuilder::new().build_http();
    Client::from_conf(config().endpoint_url(endpoint).http_client(http_client).build())
}

/// A client, as [`connect`]'s, of a server in this process. It needs no endpoint.
pub fn connect_within(stator: &Stator) -> Client {
    Client::from_conf(config().http_client(stator.http_client()).build())
}

fn config() -> config::Builder {
    Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::from_keys("test", "test-secret", None))
        .retry_config(RetryConfig::disabled())
}

/// A name that no other test uses.
pub fn unique_name() -> String {
    format!("test-{}", Uuid::new_v4())
}

/// A table of films: the keys `studio` and `number`, and the index `by-genre`.
#[derive(Debug, Clone)]
pub struct Films {
    /// The client that made it.
    pub client: Client,
    /// Its name.
    pub table: String,
}

impl Films {
    /// Runs a test with an empty table, and deletes it afterwards.
    pub async fn test(test: impl AsyncFnOnce(&Films)) {
        Self::test_with(connect(), test).await;
    }

    /// As [`Films::test`], with a client of any server.
    pub async fn test_with(client: Client, test: impl AsyncFnOnce(&Films)) {
        let films = Films { client, table: unique_name() };
        films.create().await.expect("the table is new");
        let waiter = films.client.wait_until_table_exists().table_name(&films.table);
        waiter.wait(PATIENCE).await.expect("the table becomes active");
        test(&films).await;
        let deletion = films.client.delete_table().table_name(&films.table);
        deletion.send().await.expect("the table is still there");
    }

    /// Creates the table.
    pub async fn create(&self) -> Result<(), CreateTableError> {
        let index = GlobalSecondaryIndex::builder()
            .index_name("by-genre")
            .key_schema(key_element("genre", KeyType::Hash))
            .key_schema(key_element("number", KeyType::Range))
            .projection(Projection::builder().projection_type(ProjectionType::All).build());
        let request = self
            .client
            .create_table()
            .table_name(&self.table)
            .billing_mode(BillingMode::PayPerRequest)
            .key_schema(key_element("studio", KeyType::Hash))
            .key_schema(key_element("number", KeyType::Range))
            .attribute_definitions(definition("studio", ScalarAttributeType::S))
            .attribute_definitions(definition("number", ScalarAttributeType::N))
            .attribute_definitions(definition("genre", ScalarAttributeType::S))
            .global_secondary_indexes(built(index.build()));
        request.send().await.map(drop).map_err(|error| error.into_service_error())
    }

    /// Puts an item.
    pub async fn put(&self, item: Item) {
        let request = self.client.put_item().table_name(&self.table).set_item(Some(item));
        request.send().await.expect("the item is put");
    }

    /// Reads a film consistently.
    pub async fn get(&self, studio: &str, number: u32) -> Option<Item> {
        let request = self.client.get_item().table_name(&self.table);
        let request = request.set_key(Some(key(studio, number))).consistent_read(true);
        request.send().await.expect("the item is read").item
    }

    /// Puts the films 0…count-1 of a studio: with ten times as many votes, and a genre by parity.
    pub async fn fill(&self, studio: &str, count: u32) {
        for number in 0..count {
            self.put(film(studio, number)).await;
        }
    }
}

/// A film's key.
pub fn key(studio: &str, number: u32) -> Item {
    item([("studio", s(studio)), ("number", n(number))])
}

/// A film with votes and a genre.
pub fn film(studio: &str, number: u32) -> Item {
    let genre = if number.is_multiple_of(2) { "even" } else { "odd" };
    let mut film = key(studio, number);
    film.extend(item([("votes", n(number * 10)), ("genre", s(genre))]));
    film
}

/// An item of these attributes.
pub fn item<const N: usize>(attributes: [(&str, AttributeValue); N]) -> Item {
    attributes.map(|(name, value)| (name.to_owned(), value)).into()
}

/// A text.
pub fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

/// A number.
pub fn n(number: impl ToString) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// The films' numbers, in their order.
pub fn numbers(items: &[Item]) -> Vec<u32> {
    let number = |item: &Item| item["number"].as_n().ok()?.parse().ok();
    items.iter().map(|item| number(item).expect("a film has a number")).collect()
}

/// What a builder made; it fails only if a test forgot a required member.
pub fn built<T, E: Debug>(made: Result<T, E>) -> T {
    made.expect("every required member is set")
}

fn key_element(name: &str, kind: KeyType) -> KeySchemaElement {
    built(KeySchemaElement::builder().attribute_name(name).key_type(kind).build())
}

fn definition(name: &str, kind: ScalarAttributeType) -> AttributeDefinition {
    built(AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build())
}
