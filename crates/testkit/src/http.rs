//! A minimal HTTP/1.1 client for Stator's own answers: one connection, one request at a time.
//!
//! It retries nothing, so that a request that got no answer is known to be in doubt. It reads
//! answers with a `content-length`, which is all that Stator sends.

use std::io;
use std::net::SocketAddr;

use anyhow::{Context, bail};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Headers that every request has.
pub(crate) const HOST: &str = "localhost";
pub(crate) const CONTENT_TYPE: &str = "application/x-amz-json-1.0";
/// The form of a signature; servers of this version look at no more than the form.
const AUTHORIZATION: &str = "AWS4-HMAC-SHA256 \
    Credential=AKIDEXAMPLE/20261123/us-east-1/dynamodb/aws4_request, \
    SignedHeaders=content-type;host;x-amz-date;x-amz-target, \
    Signature=0000000000000000000000000000000000000000000000000000000000000000";

/// A kept-alive connection.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// What the server said.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// The HTTP status.
    pub status: u16,
    /// Status line and headers.
    pub head: &'a str,
    /// The whole body.
    pub body: &'a [u8],
}

/// The bytes of a call of `operation`, for [`Connection::exchange`].
pub fn request(operation: &str, body: &str) -> Vec<u8> {
    request_with(&target(operation), "20261123T000000Z", AUTHORIZATION, body)
}

/// What names an operation and its service.
pub(crate) fn target(operation: &str) -> String {
    let api = match operation {
        "ListStreams" | "DescribeStream" | "GetShardIterator" | "GetRecords" => "DynamoDBStreams",
        _ => "DynamoDB",
    };
    format!("{api}_20120810.{operation}")
}

/// The bytes of a call with a signature of this date.
pub(crate) fn request_with(target: &str, date: &str, authorization: &str, body: &str) -> Vec<u8> {
    format!(
        "POST / HTTP/1.1\r\nhost: {HOST}\r\ncontent-type: {CONTENT_TYPE}\r\n\
         x-amz-target: {target}\r\nx-amz-date: {date}\r\n\
         authorization: {authorization}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// Those of the socket.
    pub async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(16 * 1024) })
    }

    /// Sends a request's bytes and reads the answer.
    ///
    /// # Errors
    /// Those of the socket; an answer that ends early or has no `content-length`.
    pub async fn exchange(&mut self, request: &[u8]) -> io::Result<Answer<'_>> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let body_start = self.read_head().await?;
        let (status, body_bytes) = parse_head(&self.buffer[..body_start])?;
        while self.buffer.len() < body_start + body_bytes {
            self.read_some().await?;
        }
        let (head, body) = self.buffer.split_at(body_start);
        let head = std::str::from_utf8(head).map_err(|_| io::ErrorKind::InvalidData)?;
        Ok(Answer { status, head, body: &body[..body_bytes] })
    }

    /// Calls an operation; the answer may be an error of the server's.
    ///
    /// # Errors
    /// Those of [`Connection::exchange`]; a body that is not JSON.
    pub async fn call(&mut self, operation: &str, input: &Value) -> io::Result<(u16, Value)> {
        let answer = self.exchange(&request(operation, &input.to_string())).await?;
        let body = serde_json::from_slice(answer.body)?;
        Ok((answer.status, body))
    }

    /// Calls an operation that must succeed.
    ///
    /// # Errors
    /// Those of [`Connection::call`], and every status but 200.
    pub async fn expect(&mut self, operation: &str, input: &Value) -> anyhow::Result<Value> {
        let (status, body) = self.call(operation, input).await.context(operation.to_owned())?;
        if status != 200 {
            bail!("{operation} answered {status}: {body}");
        }
        Ok(body)
    }

    /// Reads until the head is complete; answers with its length.
    async fn read_head(&mut self) -> io::Result<usize> {
        let mut searched = 0;
        loop {
            let unsearched = &self.buffer[searched..];
            if let Some(at) = unsearched.windows(4).position(|four| four == b"\r\n\r\n") {
                return Ok(searched + at + 4);
            }
            searched = self.buffer.len().saturating_sub(3);
            self.read_some().await?;
        }
    }

    async fn read_some(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

fn parse_head(head: &[u8]) -> io::Result<(u16, usize)> {
    let malformed =
        || io::Error::new(io::ErrorKind::InvalidData, "an answer this client can't read");
    let head = std::str::from_utf8(head).map_err(|_| malformed())?;
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    let length = lines.filter_map(|line| line.split_once(':')).find_map(|(name, value)| {
        name.eq_ignore_ascii_case("content-length").then(|| value.trim())
    });
    match (status.map(str::parse), length.map(str::parse)) {
        (Some(Ok(status)), Some(Ok(length))) => Ok((status, length)),
        _ => Err(malformed()),
    }
}

#[cfg(test)]
mod tests {
    use super::parse_head;

    #[test]
    fn a_head_gives_its_status_and_length() {
        let head = b"HTTP/1.1 400 Bad Request\r\nserver: x\r\nContent-Length: 12\r\n\r\n";
        assert_eq!(parse_head(head).unwrap(), (400, 12));
    }

    #[test]
    fn a_head_without_a_length_is_an_error() {
        assert!(parse_head(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
        assert!(parse_head(b"nonsense\r\n\r\n").is_err());
    }
}
