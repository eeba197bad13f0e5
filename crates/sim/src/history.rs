//! What the clients asked and heard, and in which order.

use serde_json::Value;
use xxhash_rust::xxh3::Xxh3;

use crate::operation::{Condition, Operation};
use crate::world::Answer;

/// The moments of a run are counted: each request and each answer is one.
pub(crate) type Moment = u64;

/// Everything that the clients know.
pub(crate) struct History {
    pub(crate) entries: Vec<Entry>,
    pub(crate) sightings: Vec<Sighting>,
    pub(crate) violations: Vec<String>,
    pub(crate) requests: usize,
    /// What happened, in words; only if it is to be shown.
    pub(crate) trace: Option<Vec<String>>,
    now: Moment,
    digest: Xxh3,
}

/// One operation that writes.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) operation: Operation,
    pub(crate) from: Moment,
    /// When it was over, one way or the other.
    pub(crate) to: Option<Moment>,
    pub(crate) fate: Fate,
    /// The item that a single write has answered with.
    pub(crate) answered: Option<Option<Value>>,
    /// What a batch has left undone.
    pub(crate) unprocessed: Vec<u64>,
}

/// What has become of a write, as far as its client knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Done,
    Refused,
    Unknown,
}

/// What some slots were, at one moment between two.
#[derive(Debug, Clone)]
pub(crate) struct Sighting {
    pub(crate) slots: Vec<(usize, Option<Value>)>,
    pub(crate) from: Moment,
    pub(crate) to: Moment,
    /// Whether all were seen at the same moment.
    pub(crate) is_atomic: bool,
}

/// An operation that has begun.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Begun {
    entry: Option<usize>,
    from: Moment,
}

impl History {
    pub(crate) fn new(is_shown: bool) -> Self {
        Self {
            entries: Vec::new(),
            sightings: Vec::new(),
            violations: Vec::new(),
            requests: 0,
            trace: is_shown.then(Vec::new),
            now: 0,
            digest: Xxh3::new(),
        }
    }

    /// Notes what happens besides requests.
    pub(crate) fn note(&mut self, what: impl FnOnce() -> String) {
        if let Some(trace) = &mut self.trace {
            trace.push(what());
        }
    }

    pub(crate) fn violation(&mut self, what: String) {
        self.note(|| format!("VIOLATION {what}"));
        self.violations.push(what);
    }

    /// Notes a request and what was answered, for the digest.
    pub(crate) fn told(&mut self, request: (&str, &Value), answer: &Answer) {
        let (name, input) = request;
        self.requests += 1;
        self.digest.update(name.as_bytes());
        self.digest.update(input.to_string().as_bytes());
        self.digest.update(&answer.status.to_be_bytes());
        self.digest.update(&answer.bytes);
        let Answer { status, body, .. } = answer;
        self.note(|| format!("{name} {input} -> {status} {body}"));
    }

    /// What the digest comes to.
    pub(crate) fn digest(&self) -> u64 {
        self.digest.digest()
    }

    fn tick(&mut self) -> Moment {
        self.now += 1;
        self.now
    }

    /// An operation is asked for.
    pub(crate) fn begin(&mut self, operation: &Operation) -> Begun {
        let from = self.tick();
        if operation.writes().is_empty() {
            return Begun { entry: None, from };
        }
        let operation = operation.clone();
        let fate = Fate::Unknown;
        self.entries.push(Entry {
            operation,
            from,
            to: None,
            fate,
            answered: None,
            unprocessed: Vec::new(),
        });
        Begun { entry: Some(self.entries.len() - 1), from }
    }

    /// It was answered. One that was asked for twice is, for each time.
    pub(crate) fn end(&mut self, begun: Begun, operation: &Operation, answer: &Answer) {
        let to = self.tick();
        let from = begun.from;
        let fate = match answer.status {
            200 => Fate::Done,
            400 if !is_kind(answer, "TransactionInProgress") => Fate::Refused,
            _ => Fate::Unknown,
        };
        if fate == Fate::Done && begun.entry.is_none() {
            let is_atomic = matches!(operation, Operation::TransactGet(_));
            let slots = operation.seen(&answer.body);
            self.sightings.push(Sighting { slots, from, to, is_atomic });
        }
        if fate == Fate::Refused
            && let Operation::Write(write) = operation
            && is_kind(answer, "ConditionalCheckFailed")
        {
            let seen = answer.body.get("Item").cloned();
            if seen.is_some() != (write.condition == Condition::Absent) {
                self.violation(format!("{write:?} was refused over {seen:?}"));
            }
            let slots = vec![(write.slot, seen)];
            self.sightings.push(Sighting { slots, from, to, is_atomic: false });
        }
        let Some(entry) = begun.entry.and_then(|at| self.entries.get_mut(at)) else { return };
        let is_first = entry.to.is_none() && entry.fate == Fate::Unknown;
        match fate {
            Fate::Done if entry.fate != Fate::Done => {
                (entry.fate, entry.to) = (Fate::Done, Some(to));
                entry.unprocessed = operation.unprocessed(&answer.body);
                if let Operation::Write(_) = operation {
                    entry.answered = Some(answer.body.get("Attributes").cloned());
                }
            }
            Fate::Refused if is_first => entry.fate = Fate::Refused,
            // It may come about until the server ends; see `server_ended`.
            Fate::Unknown if entry.fate == Fate::Unknown => {
                entry.to.get_or_insert(to + UNANSWERED);
            }
            _ => {}
        }
    }

    /// One that was refused is asked for again: now nobody knows.
    pub(crate) fn again(&mut self, begun: Begun) {
        if let Some(entry) = begun.entry.and_then(|at| self.entries.get_mut(at))
            && entry.fate == Fate::Refused
        {
            entry.fate = Fate::Unknown;
        }
    }

    /// The client has heard nothing, and what it asks for again stays unknown even if it is refused.
    pub(crate) fn unanswered(&mut self, begun: Begun) {
        let now = self.tick();
        if let Some(entry) = begun.entry.and_then(|at| self.entries.get_mut(at))
            && entry.fate == Fate::Unknown
        {
            // Until the server ends; see `server_ended`.
            entry.to.get_or_insert(now + UNANSWERED);
        }
    }

    /// The server is gone: what has not come about does not any more.
    pub(crate) fn server_ended(&mut self) {
        let now = self.tick();
        for entry in &mut self.entries {
            if entry.fate == Fate::Unknown && entry.to.is_none_or(|to| to > now) {
                entry.to = Some(now);
            }
        }
    }
}

/// Behind every moment of a run.
const UNANSWERED: Moment = 1 << 60;

fn is_kind(answer: &Answer, kind: &str) -> bool {
    answer.body["__type"].as_str().is_some_and(|found| found.contains(kind))
}
