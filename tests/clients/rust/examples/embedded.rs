//! DynamoDB inside a Rust program: the SDK calls a Stator in the same process, without a socket.
//!
//! ```text
//! cargo run --example embedded
//! ```

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Region};
use stator::Stator;

#[tokio::main]
async fn main() {
    let stator = Stator::in_memory().start().await.expect("a port is free");
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("eu-north-1"))
        .credentials_provider(Credentials::from_keys("any", "any", None))
        .http_client(stator.http_client());
    let client = Client::from_conf(config.build());

    let tables = client.list_tables().send().await.expect("tables are listed");
    println!("Tables: {:?}", tables.table_names());

    stator.stop().await.expect("memory closes");
}
