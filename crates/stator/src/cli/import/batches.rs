//! The way from the thread that reads to the database: requests go there a batch at a time.

use std::thread;

use anyhow::{Context as _, bail};
use db::{LoadError, Loader};
use dump::TableHead;
use model::api::WriteRequest;
use tokio::sync::mpsc;

use crate::Engine;

/// Most requests of a batch.
const BATCH_REQUESTS_MAX: usize = 1000;
/// A batch whose text is this long takes no more.
const BATCH_TEXT_BYTES: usize = 1 << 20;
/// Batches that wait for the database.
const WAITING_MAX: usize = 2;

/// What the reader came to.
pub(super) enum Step {
    /// A table begins.
    Table(Box<TableHead>),
    /// Puts and deletes of its items.
    Requests(Batch),
    /// The table is complete.
    TableEnd,
    /// Something to tell the user at the end.
    Note(String),
    /// Everything was read.
    End,
}

/// Puts and deletes, and the lines they stand in.
#[derive(Default)]
pub(super) struct Batch {
    requests: Vec<WriteRequest>,
    lines: Vec<u64>,
    /// The file of all of them.
    file: String,
    text_bytes: usize,
}

/// What the reader came to, one after the other.
pub(super) struct Steps(mpsc::Receiver<anyhow::Result<Step>>);

/// The reader's end of the way to the database: it takes requests and hands them on in batches.
pub(super) struct Sink {
    steps: mpsc::Sender<anyhow::Result<Step>>,
    batch: Batch,
    file: String,
}

/// The database wants no more: it has failed, and says so itself.
#[derive(Debug, thiserror::Error)]
#[error("the import has ended")]
pub(super) struct ImportEnded;

/// Runs `read` on a thread of its own; what it finds and how it fails comes out of the channel.
pub(super) fn read_aside(
    read: impl FnOnce(&mut Sink) -> anyhow::Result<()> + Send + 'static,
) -> Steps {
    let (steps, receiver) = mpsc::channel(WAITING_MAX);
    // Not one of the runtime's threads: it may wait for standard input when everything has ended.
    thread::spawn(move || {
        let mut sink = Sink { steps, batch: Batch::default(), file: String::new() };
        let read = read(&mut sink).and_then(|()| Ok(sink.step(Step::End)?));
        if let Err(error) = read {
            // Nobody listens after an end that came from the other side.
            let _ended = sink.steps.blocking_send(Err(error));
        }
    });
    Steps(receiver)
}

impl Steps {
    /// The next step. There is one until [`Step::End`].
    pub(super) async fn next(&mut self) -> anyhow::Result<Step> {
        self.0.recv().await.context("the reading thread is gone")?
    }
}

impl Sink {
    /// Notes that the requests from now on stand in the file `name`.
    pub(super) fn file(&mut self, name: String) -> Result<(), ImportEnded> {
        self.flush()?;
        self.file = name;
        Ok(())
    }

    /// Adds a put or a delete.
    pub(super) fn request(
        &mut self,
        request: WriteRequest,
        line: u64,
        text_bytes: usize,
    ) -> Result<(), ImportEnded> {
        self.batch.requests.push(request);
        self.batch.lines.push(line);
        self.batch.text_bytes += text_bytes;
        let is_full = self.batch.requests.len() == BATCH_REQUESTS_MAX
            || self.batch.text_bytes >= BATCH_TEXT_BYTES;
        if is_full { self.flush() } else { Ok(()) }
    }

    /// Hands on a step, behind the requests before it.
    pub(super) fn step(&mut self, step: Step) -> Result<(), ImportEnded> {
        self.flush()?;
        self.send(step)
    }

    fn flush(&mut self) -> Result<(), ImportEnded> {
        if self.batch.requests.is_empty() {
            return Ok(());
        }
        debug_assert_eq!(self.batch.requests.len(), self.batch.lines.len(), "each has a line");
        debug_assert!(
            self.batch.requests.len() <= BATCH_REQUESTS_MAX,
            "a full batch was handed on"
        );
        let batch = Batch { file: self.file.clone(), ..std::mem::take(&mut self.batch) };
        self.send(Step::Requests(batch))
    }

    fn send(&self, step: Step) -> Result<(), ImportEnded> {
        self.steps.blocking_send(Ok(step)).map_err(|_| ImportEnded)
    }
}

impl Batch {
    /// How many requests there are.
    pub(super) fn len(&self) -> u64 {
        self.requests.len() as u64
    }

    /// Carries them out. One that is refused is named by its place.
    pub(super) async fn carry_out(&self, loader: &mut Loader<'_, Engine>) -> anyhow::Result<()> {
        match loader.write(&self.requests).await {
            Err(LoadError::Refused { index, error }) => {
                bail!("{}: line {}: {error}", self.file, self.lines[index])
            }
            written => Ok(written?),
        }
    }
}
