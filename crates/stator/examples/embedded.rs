//! A Stator inside a test: started in one line, on a free port, gone with the process.
//!
//! ```text
//! cargo run --example embedded
//! ```

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let stator = stator::Stator::in_memory().start().await?;
    println!("Give {} to any AWS SDK as its endpoint.", stator.endpoint());

    // No SDK here, to keep the example free of dependencies: the health check says it serves.
    let mut connection = TcpStream::connect(stator.addresses()[0]).await?;
    connection.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await?;
    anyhow::ensure!(answer.ends_with("healthy: localhost "), "{answer}");
    println!("It says: {}", answer.lines().last().unwrap_or_default());

    stator.stop().await?;
    Ok(())
}
