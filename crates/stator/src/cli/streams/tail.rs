//! `stator streams tail`.

use std::io::{self, Write};
use std::time::{Duration, SystemTime};

use anyhow::{Context, bail};
use clap::Args;
use rustix::event::{PollFd, PollFlags, Timespec};
use serde_json::json;
use time::UtcOffset;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;

use super::api::{DescribeTable, ListStreams};
use super::client::{CallError, Client};
use super::endpoint::{Endpoint, EndpointArguments};
use super::follow::{Followed, Follower, Start};
use super::readable;

/// How long to rest when nothing came: DynamoDB lets a shard be read five times a second.
const REST: Duration = Duration::from_millis(200);
/// How long to rest before a server that did not answer is asked again.
const TROUBLE_REST: Duration = Duration::from_secs(1);
/// How long lines that are being written are waited for at the end.
const LAST_LINES_MAX: Duration = Duration::from_secs(1);

/// Flags of `stator streams tail`.
#[derive(Debug, Args)]
pub(in crate::cli) struct TailArguments {
    /// The table
    table: String,
    /// Begin with the oldest change that the stream still has, instead of the next one
    #[arg(long)]
    from_start: bool,
    /// Begin with the changes since a time, or for as long: 2026-11-23T22:00:00Z, 15m
    #[arg(long, value_name = "TIME", value_parser = since, conflicts_with = "from_start")]
    since: Option<SystemTime>,
    /// Write one record a line, as GetRecords gives it
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    endpoint: EndpointArguments,
}

/// What a record becomes.
#[derive(Debug, Clone, Copy)]
enum Form {
    Readable(UtcOffset),
    JsonLines,
}

/// The table that is followed, and what its user has to know of the way there.
#[derive(Debug)]
struct Tail {
    client: Client,
    table: String,
    url: String,
    region: String,
    form: Form,
}

/// Follows the table until a signal comes, standard output is closed, or no change can come.
pub(super) fn run(arguments: TailArguments) -> anyhow::Result<()> {
    // Before there are threads: the system's time zone can't be asked safely later.
    let offset = UtcOffset::current_local_offset().unwrap_or(UtcOffset::UTC);
    let start = match (arguments.from_start, arguments.since) {
        (true, _) => Start::Oldest,
        (false, Some(time)) => Start::Since(time),
        (false, None) => Start::Now,
    };
    let endpoint = arguments.endpoint.resolve()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    let done = runtime.block_on(async {
        let form = if arguments.json { Form::JsonLines } else { Form::Readable(offset) };
        let tail = Tail::new(arguments.table, endpoint, form);
        until_signal(tokio::spawn(tail.run(start))).await
    });
    // A line that nobody takes must not keep the process.
    runtime.shutdown_background();
    done
}

async fn until_signal(mut tail: JoinHandle<anyhow::Result<()>>) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for Ctrl-C")?;
    tokio::select! {
        done = &mut tail => return done.context("the reader ended unexpectedly")?,
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    // Takes effect where it waits for the server, so never within a line.
    tail.abort();
    let _ = tokio::time::timeout(LAST_LINES_MAX, tail).await;
    Ok(())
}

impl Tail {
    fn new(table: String, endpoint: Endpoint, form: Form) -> Self {
        let (url, region) = (endpoint.url.clone(), endpoint.region.clone());
        Self { client: Client::new(endpoint), table, url, region, form }
    }

    async fn run(self, start: Start) -> anyhow::Result<()> {
        let mut stream = self.find(start).await?;
        let mut follower = Follower::new(self.client.clone(), stream.clone(), start);
        while self.follow(&mut follower).await? == Ended::Stream {
            match self.find(Start::Oldest).await {
                Ok(next) if next != stream => {
                    notice(&format!("{} has a new stream; here it is", self.table));
                    follower = Follower::new(self.client.clone(), next.clone(), Start::Oldest);
                    stream = next;
                }
                _ => {
                    notice(&format!("the stream of {} takes no more changes", self.table));
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// The latest stream of the table, from which changes that are wanted may come.
    async fn find(&self, start: Start) -> anyhow::Result<String> {
        let input = json!({"TableName": self.table});
        let described = self.client.call("DynamoDB_20120810.DescribeTable", &input).await;
        let table = match described {
            Ok(DescribeTable { table }) => table,
            Err(error) if error.is("ResourceNotFoundException") => return self.left(start).await,
            Err(error) => return Err(self.explain(error)),
        };
        let enabled = table.stream_specification.is_some_and(|stream| stream.stream_enabled);
        match table.latest_stream_arn {
            Some(stream) if enabled || start != Start::Now => Ok(stream),
            Some(_) => bail!(
                "the stream of {} is disabled; --from-start shows what it still has, and this \
                 enables another: {}",
                self.table,
                self.enable()
            ),
            None => bail!("{} has no stream; this enables one: {}", self.table, self.enable()),
        }
    }

    /// The latest stream that a deleted table has left.
    async fn left(&self, start: Start) -> anyhow::Result<String> {
        let mut input = json!({"TableName": self.table});
        let mut latest = None;
        loop {
            let target = "DynamoDBStreams_20120810.ListStreams";
            let answer: ListStreams =
                self.client.call(target, &input).await.map_err(|error| self.explain(error))?;
            let streams = answer.streams.into_iter();
            latest = latest.max(streams.map(|one| (one.stream_label, one.stream_arn)).max());
            match answer.last_evaluated_stream_arn {
                Some(last) => input["ExclusiveStartStreamArn"] = last.into(),
                None => break,
            }
        }
        match latest {
            Some((_, stream)) if start != Start::Now => Ok(stream),
            Some(_) => bail!(
                "the table {} was deleted; --from-start shows what its stream still has",
                self.table
            ),
            None => bail!(
                "there is no table {} in region {} at {}; --region and --endpoint-url say where \
                 to look",
                self.table,
                self.region,
                self.url
            ),
        }
    }

    /// The command that enables a stream here.
    fn enable(&self) -> String {
        format!(
            "aws dynamodb update-table --table-name {} --stream-specification \
             StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES --endpoint-url {} --region {}",
            self.table, self.url, self.region
        )
    }

    fn explain(&self, error: CallError) -> anyhow::Error {
        let (table, url) = (&self.table, &self.url);
        match error {
            CallError::Unanswered(reason) => anyhow::anyhow!(
                "cannot reach {url}: {reason}; `stator serve` starts a server, --endpoint-url \
                 names another"
            ),
            error => anyhow::anyhow!("cannot follow {table} at {url}: {error}"),
        }
    }

    /// Writes the changes of one stream as they come.
    async fn follow(&self, follower: &mut Follower) -> anyhow::Result<Ended> {
        let mut in_trouble = false;
        loop {
            let poll = follower.poll().await;
            if poll.gap {
                notice("some changes are gone: the stream keeps them for a day");
            }
            match self.write(&poll.records) {
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                    return Ok(Ended::Output);
                }
                written => written.context("cannot write to standard output")?,
            }
            if output_is_closed() {
                return Ok(Ended::Output);
            }
            match poll.trouble {
                Some(trouble) if !trouble.may_pass() => return Err(self.explain(trouble)),
                Some(trouble) if !in_trouble => {
                    notice(&format!("waiting for {}: {trouble}", self.url));
                    in_trouble = true;
                }
                None if in_trouble => {
                    notice(&format!("{} answers again", self.url));
                    in_trouble = false;
                }
                _ => {}
            }
            match poll.ended {
                true => return Ok(Ended::Stream),
                false if in_trouble => tokio::time::sleep(TROUBLE_REST).await,
                false if !poll.more => tokio::time::sleep(REST).await,
                false => {}
            }
        }
    }

    fn write(&self, records: &[Followed]) -> io::Result<()> {
        if records.is_empty() {
            return Ok(());
        }
        let mut text = String::new();
        for Followed { record, raw, .. } in records {
            match self.form {
                Form::Readable(offset) => text.push_str(&readable::lines(record, offset)),
                // A server may write an answer in several lines.
                Form::JsonLines => text.extend([&raw.get().replace(['\n', '\r'], " "), "\n"]),
            }
        }
        // Leaves styles out where there is no terminal, or NO_COLOR is set.
        let mut out = match self.form {
            Form::Readable(_) => anstream::AutoStream::auto(io::stdout()),
            Form::JsonLines => anstream::AutoStream::always_ansi(io::stdout()),
        };
        out.write_all(text.as_bytes())?;
        out.flush()
    }
}

/// Why there is nothing more to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    /// No change will come.
    Stream,
    /// Nobody reads what is written.
    Output,
}

/// Whether the reader of the pipe has gone, which a writer that waits would not notice.
fn output_is_closed() -> bool {
    let out = io::stdout();
    let mut pipe = [PollFd::new(&out, PollFlags::empty())];
    let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
    let polled = rustix::event::poll(&mut pipe, Some(&at_once));
    polled.is_ok() && pipe[0].revents().intersects(PollFlags::ERR | PollFlags::HUP)
}

#[expect(clippy::print_stderr, reason = "beside the changes, not among them")]
fn notice(text: &str) {
    eprintln!("stator: {text}");
}

/// A time, or how long ago it was.
fn since(text: &str) -> Result<SystemTime, String> {
    if let Ok(ago) = humantime::parse_duration(text) {
        return SystemTime::now().checked_sub(ago).ok_or_else(|| "too long ago".to_owned());
    }
    humantime::parse_rfc3339_weak(text).map_err(|error| error.to_string())
}
