//! What happens, from a seed: which server lives how, and what each client asks of it.

use crate::dice::Dice;
use crate::operation::{Action, Condition, Operation, SLOTS, Write};

/// Everything that is to happen.
#[derive(Debug, Clone)]
pub struct Plan {
    pub(crate) seed: u64,
    pub(crate) lives: Vec<Life>,
}

/// What of a plan is kept when it is made shorter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// The operations of the plan, over all lives and clients, up to this many.
    pub operations: usize,
    /// Whether the disk has faults besides crashes.
    pub has_troubles: bool,
    /// Whether the clock is set.
    pub has_clock_steps: bool,
}

impl Cut {
    /// All of it.
    pub const NONE: Self =
        Self { operations: usize::MAX, has_troubles: true, has_clock_steps: true };
}

/// One life of the server.
#[derive(Debug, Clone)]
pub(crate) struct Life {
    pub(crate) clients: Vec<Vec<Step>>,
    pub(crate) events: Vec<(u64, Event)>,
    pub(crate) end: End,
}

/// What a client does.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    /// How long it rests before.
    pub(crate) rest_ms: u64,
    pub(crate) operation: Operation,
    /// How long it waits for the answer, if not for ever.
    pub(crate) patience_ms: Option<u64>,
}

/// Something that happens to the server.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Event {
    /// So many changes of the disk fail.
    Failing(u64),
    /// The disk is full.
    Full,
    /// It is not any more.
    Roomy,
    /// The clock is set, by so many milliseconds.
    Clock(i64),
}

/// How a life ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// Power is lost in the midst of a change of the disk, after so many.
    Power(u64),
    /// The process is killed at that moment, and nothing is lost that it wrote.
    Kill(u64),
    /// It is closed when the clients are done.
    Close,
}

const CLIENTS: u64 = 4;
const LIVES: u64 = 4;
const STEPS: u64 = 14;
/// Shards are followed by others after four hours; records are kept for a day, which is more than this
/// once a life.
const FOLLOWED_AFTER_MS: i64 = 270 * 60 * 1000;
/// How long upkeep rests between two rounds.
pub(crate) const UPKEEP_MS: u64 = 40;
/// Within this much of a life things happen to the server.
const EVENTFUL_MS: u64 = 150;

impl Plan {
    /// The plan of a seed.
    pub fn new(seed: u64, cut: Cut) -> Self {
        let mut dice = Dice::new(seed);
        let mut writes = 0;
        let lives = 2 + dice.below(LIVES);
        let lives = (0..lives).map(|_| Life::new(&mut dice.split(), &mut writes)).collect();
        let mut plan = Self { seed, lives };
        plan.cut(cut);
        plan
    }

    /// How many operations it has.
    pub fn operations(&self) -> usize {
        self.lives.iter().flat_map(|life| &life.clients).map(Vec::len).sum()
    }

    fn cut(&mut self, cut: Cut) {
        let mut left = cut.operations;
        for life in &mut self.lives {
            for client in &mut life.clients {
                client.truncate(left);
                left -= client.len();
            }
            life.events.retain(|(_, event)| match event {
                Event::Clock(_) => cut.has_clock_steps,
                _ => cut.has_troubles,
            });
        }
        let busy = |life: &Life| life.clients.iter().any(|client| !client.is_empty());
        self.lives.retain(busy);
    }
}

impl Life {
    fn new(dice: &mut Dice, writes: &mut u64) -> Self {
        let clients = 2 + dice.below(CLIENTS - 1);
        let clients = (0..clients).map(|_| {
            let steps = 1 + dice.below(STEPS);
            (0..steps).map(|_| Step::new(dice, writes)).collect()
        });
        let mut clients: Vec<Vec<Step>> = clients.collect();
        let end = match dice.below(8) {
            0..5 => End::Power(5 + dice.below(150)),
            5..7 => End::Kill(dice.below(EVENTFUL_MS)),
            _ => End::Close,
        };
        let events = events(dice);
        let follows = |(_, event): &(u64, Event)| match event {
            Event::Clock(by_ms) => *by_ms == FOLLOWED_AFTER_MS,
            _ => false,
        };
        if events.iter().any(follows) {
            // So that some requests come when shards have been followed, and all is well again.
            clients.iter_mut().flatten().for_each(|step| step.rest_ms *= 10);
        }
        Self { clients, events, end }
    }
}

fn events(dice: &mut Dice) -> Vec<(u64, Event)> {
    let mut events = Vec::new();
    if dice.percent(30) {
        events.push((dice.below(EVENTFUL_MS), Event::Failing(1 + dice.below(3))));
    }
    if dice.percent(20) {
        let at = dice.below(EVENTFUL_MS);
        events.push((at, Event::Full));
        events.push((at + 1 + dice.below(400), Event::Roomy));
    }
    if dice.percent(40) {
        let by_ms = match dice.below(4) {
            0 => -(1 + i64::from(dice.percent(50)) * 1999),
            1 => 1000 * (1 + i64::try_from(dice.below(30)).unwrap_or(0)),
            2 => 599_000,
            _ => FOLLOWED_AFTER_MS,
        };
        let at = dice.below(EVENTFUL_MS);
        events.push((at, Event::Clock(by_ms)));
        if by_ms == FOLLOWED_AFTER_MS && at.is_multiple_of(2) {
            // Where shards are followed by others, the disk had better not fail.
            events.push((at + at % UPKEEP_MS, Event::Failing(1 + at % 3)));
        }
    }
    events.sort_by_key(|(at, _)| *at);
    events
}

impl Step {
    fn new(dice: &mut Dice, writes: &mut u64) -> Self {
        Self {
            rest_ms: dice.below(6),
            operation: operation(dice, writes),
            patience_ms: dice.percent(8).then(|| dice.below(12)),
        }
    }
}

fn operation(dice: &mut Dice, writes: &mut u64) -> Operation {
    match dice.below(20) {
        0..8 => Operation::Write(write(dice, writes)),
        8..11 => {
            let writes = some_slots(dice, 3).into_iter().map(|slot| write_to(slot, dice, writes));
            let writes = writes.collect();
            Operation::Transact { writes, is_sent_twice: dice.percent(50) }
        }
        11..13 => {
            let writes = some_slots(dice, 4).into_iter().map(|slot| {
                let write = write_to(slot, dice, writes);
                let action = match write.action {
                    Action::Add { v } => Action::Put { v, until_s: None },
                    action => action,
                };
                Write { action, condition: Condition::None, ..write }
            });
            Operation::Batch(writes.collect())
        }
        13..16 => Operation::Get(dice.place(SLOTS)),
        16 => Operation::TransactGet(some_slots(dice, 4)),
        17 => Operation::BatchGet(some_slots(dice, 4)),
        18 => Operation::Scan { is_by_index: dice.percent(50) },
        _ => Operation::Query { p: dice.below(2), is_by_index: dice.percent(50) },
    }
}

fn write(dice: &mut Dice, writes: &mut u64) -> Write {
    let slot = dice.place(SLOTS);
    write_to(slot, dice, writes)
}

fn write_to(slot: usize, dice: &mut Dice, writes: &mut u64) -> Write {
    *writes += 1;
    let v = dice.below(3);
    let action = match dice.below(10) {
        0..4 => Action::Put { v, until_s: dice.percent(20).then(|| dice.below(20)) },
        4..8 => Action::Add { v },
        _ => Action::Delete,
    };
    let condition = match dice.below(10) {
        0 => Condition::Absent,
        1 => Condition::Present,
        _ => Condition::None,
    };
    Write { slot, id: *writes, action, condition }
}

/// Two slots at least, each once.
fn some_slots(dice: &mut Dice, most: usize) -> Vec<usize> {
    let count = 2 + dice.place(most - 1);
    let mut slots: Vec<usize> = (0..SLOTS).collect();
    while slots.len() > count {
        slots.remove(dice.place(slots.len()));
    }
    slots
}
