//! The bare server that bench figures are shares of: the same hyper, runtime and headers as
//! Stator's, and as many bytes for an answer as it is told. What it can't do faster, nobody can.

use std::convert::Infallible;
use std::net::SocketAddr;

use bytes::Bytes;
use clap::Parser;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue, SERVER};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::runtime::Builder;

/// As `stator serve` has.
const WORKERS: usize = 2;

#[derive(Debug, Parser)]
struct Arguments {
    /// Where to listen.
    #[arg(long)]
    listen: SocketAddr,
    /// The bytes of an answer: as many as a GetItem of the bench's items has.
    #[arg(long, default_value_t = 600)]
    answer_bytes: usize,
}

fn main() -> anyhow::Result<()> {
    let Arguments { listen, answer_bytes } = Arguments::parse();
    let runtime = Builder::new_multi_thread().worker_threads(WORKERS).enable_all().build()?;
    runtime.block_on(serve(listen, Bytes::from(vec![b'x'; answer_bytes])))
}

#[expect(clippy::print_stdout, reason = "whoever started it reads its address there")]
async fn serve(listen: SocketAddr, body: Bytes) -> anyhow::Result<()> {
    let listener = TcpListener::bind(listen).await?;
    println!("http://{}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let body = body.clone();
        let connection = http1::Builder::new().pipeline_flush(true).serve_connection(
            TokioIo::new(stream),
            service_fn(move |request| answer(request, body.clone())),
        );
        // A connection that breaks is its client's affair.
        tokio::spawn(async move { drop(connection.await) });
    }
}

/// Reads the request to its end, and answers.
async fn answer(
    request: Request<Incoming>,
    body: Bytes,
) -> Result<Response<Full<Bytes>>, Infallible> {
    drop(request.into_body().collect().await);
    let mut response = Response::new(Full::new(body));
    let headers = response.headers_mut();
    headers.reserve(4);
    headers.insert(SERVER, HeaderValue::from_static("Server"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-amz-json-1.0"));
    headers.insert(HeaderName::from_static("x-amzn-requestid"), HeaderValue::from_static(ID));
    headers.insert(HeaderName::from_static("x-amz-crc32"), HeaderValue::from_static("2745614147"));
    Ok(response)
}

/// As long as a request id.
const ID: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZ";
