//! A run: life after life of the server, each in a runtime of its own, as the plan says.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use db::{Clock as _, Upkeep};
use lsm::Step as Chore;
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::runtime::Builder;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::dice::Dice;
use crate::disk::Disk;
use crate::history::History;
use crate::judge;
use crate::observed;
use crate::operation::{FIRST_SECOND, Operation, TABLES, declarations};
use crate::plan::{End, Event, Life, Plan, Step, UPKEEP_MS};
use crate::world::{Answer, Server, SimClock, World};

/// What came of a plan.
#[derive(Debug)]
pub struct Outcome {
    /// Of every request and its answer, and of the rows in the end.
    pub digest: u64,
    /// What is wrong, in words.
    pub violations: Vec<String>,
    /// How many requests were answered.
    pub requests: usize,
    /// What happened, if it was to be shown.
    pub trace: Vec<String>,
}

/// What those who act in a life share.
struct Acting {
    world: World,
    server: Server,
    history: Arc<Mutex<History>>,
}

/// Tasks that end with their life.
struct Tasks(Vec<JoinHandle<()>>);

impl Drop for Tasks {
    fn drop(&mut self) {
        self.0.iter().for_each(JoinHandle::abort);
    }
}

/// Carries out a plan. `dir` is a directory of the system for the marker of the store, which may have
/// been used for other runs, one after the other.
pub fn run(plan: &Plan, dir: &Path, is_shown: bool) -> Outcome {
    let mut dice = Dice::new(!plan.seed);
    let clock = SimClock::new(FIRST_SECOND * 1000);
    let world = World { disk: Disk::new(dice.split()), clock, dir: dir.to_path_buf() };
    let history = Arc::new(Mutex::new(History::new(is_shown)));
    for (number, life) in (1..).zip(&plan.lives) {
        history.lock().note(|| format!("LIFE {number} {:?} {:?}", life.end, life.events));
        in_runtime(&world, live(&world, &history, (number, life), dice.split()));
        history.lock().server_ended();
        match life.end {
            End::Power(_) => world.disk.lose_power(),
            End::Kill(_) | End::Close => world.disk.restart(),
        }
    }
    history.lock().note(|| "LAST LIFE".to_owned());
    in_runtime(&world, end(&world, &history, dice.split()));
    let mut history = history.lock();
    Outcome {
        digest: history.digest(),
        violations: std::mem::take(&mut history.violations),
        requests: history.requests,
        trace: history.trace.take().unwrap_or_default(),
    }
}

/// Runs a life in a runtime of its own, and ends whatever is left of it.
fn in_runtime(world: &World, life: impl Future<Output = ()>) {
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
    let runtime = runtime.expect("a runtime without threads needs nothing of the system");
    runtime.block_on(async {
        world.clock.begin();
        life.await;
        world.clock.end();
    });
}

async fn live(
    world: &World,
    history: &Arc<Mutex<History>>,
    (number, life): (u32, &Life),
    mut dice: Dice,
) {
    if let End::Power(after) = life.end {
        world.disk.trouble(|faults| faults.power_after = Some(after));
    }
    let Some(acting) = begin(world, history, number, dice.split()).await else { return };
    let spawn = |steps: &Vec<Step>| tokio::spawn(client(Arc::clone(&acting), steps.clone()));
    let clients = Tasks(life.clients.iter().map(spawn).collect());
    let _beside = Tasks(vec![
        tokio::spawn(chores(Arc::clone(&acting), dice.split())),
        tokio::spawn(upkeep(Arc::clone(&acting), Upkeep::Streams)),
        tokio::spawn(upkeep(Arc::clone(&acting), Upkeep::Expiry)),
        tokio::spawn(events(Arc::clone(&acting), life.events.clone())),
    ]);
    let mut lasted_ms = 0;
    while !world.disk.is_out()
        && life.end != End::Kill(lasted_ms)
        && !clients.0.iter().all(JoinHandle::is_finished)
        && lasted_ms < LIFE_MS_MAX
    {
        sleep(Duration::from_millis(1)).await;
        lasted_ms += 1;
    }
    if lasted_ms == LIFE_MS_MAX {
        history.lock().violation("a request is not answered for minutes".to_owned());
    }
    if life.end == End::Close && clients.0.iter().all(JoinHandle::is_finished) {
        world.disk.trouble(|faults| *faults = Default::default());
        let is_closed = acting.server.close().await;
        history.lock().note(|| format!("CLOSED {is_closed}"));
    }
}

/// The store tries a disk again every five seconds at the latest.
const LIFE_MS_MAX: u64 = 120_000;

/// Starts the server, whose tables are there then; `None` when power is lost before.
async fn begin(
    world: &World,
    history: &Arc<Mutex<History>>,
    number: u32,
    dice: Dice,
) -> Option<Arc<Acting>> {
    let server = match world.start(number, dice).await {
        Ok(server) => server,
        Err(error) => {
            if !world.disk.is_out() {
                history.lock().violation(format!("the server does not start: {error:#}"));
            }
            return None;
        }
    };
    let (world, history) = (world.clone(), Arc::clone(history));
    let acting = Arc::new(Acting { world, server, history });
    for declaration in declarations() {
        acting.call("CreateTable", &declaration).await?;
    }
    let expiry = json!({"TableName": TABLES[0],
        "TimeToLiveSpecification": {"AttributeName": "until", "Enabled": true}});
    acting.call("UpdateTimeToLive", &expiry).await?;
    let all = [false, true].map(|is_by_index| Operation::Scan { is_by_index });
    for operation in all {
        acting.carry_out(&operation, None).await;
    }
    (!acting.world.disk.is_out()).then_some(acting)
}

/// The last life: nothing fails, and everything is looked at.
async fn end(world: &World, history: &Arc<Mutex<History>>, dice: Dice) {
    let Some(acting) = begin(world, history, u32::MAX, dice).await else { return };
    for _ in 0..SETTLING_ROUNDS {
        for upkeep in Upkeep::ALL {
            acting.server.keep_up(upkeep).await;
        }
        while acting.server.stepper.step(Chore::Flush) || acting.server.stepper.step(Chore::Merge) {
        }
        sleep(Duration::from_secs(1)).await;
    }
    let now_ms = acting.world.clock.now_ms();
    let observed = observed::read(&*acting).await;
    let mut history = history.lock();
    match observed {
        Ok(observed) => judge::judge(&mut history, &observed, now_ms),
        Err(error) => history.violation(format!("in the end {error:#}")),
    }
}

/// Expiry comes to a table in some rounds.
const SETTLING_ROUNDS: u32 = 8;

impl Acting {
    /// Has an operation carried out; `None` when power is lost before its answer gets out.
    async fn call(&self, name: &str, input: &Value) -> Option<Answer> {
        let answer = self.server.call(name, input).await;
        if self.world.disk.is_out() {
            return None;
        }
        self.history.lock().told((name, input), &answer);
        Some(answer)
    }

    /// Has a client's operation carried out, and again if the client sends it twice.
    async fn carry_out(&self, operation: &Operation, patience: Option<Duration>) {
        let (name, input) = operation.request();
        let begun = self.history.lock().begin(operation);
        let first_ms = self.world.clock.now_ms();
        let is_sent_twice = matches!(operation, Operation::Transact { is_sent_twice: true, .. });
        for time in 0..=usize::from(is_sent_twice) {
            if time == 1 {
                sleep(Duration::from_millis(3)).await;
                if self.world.clock.now_ms() > first_ms + TOKEN_MS || self.world.disk.is_out() {
                    return;
                }
                self.history.lock().again(begun);
            }
            let called = self.call(name, &input);
            let answer = match patience.filter(|_| time == 0) {
                Some(patience) => timeout(patience, called).await.ok().flatten(),
                None => called.await,
            };
            let mut history = self.history.lock();
            match answer {
                Some(answer) => history.end(begun, operation, &answer),
                None => history.unanswered(begun),
            }
        }
    }
}

/// A token counts for ten minutes; whoever sends it again later has it carried out again.
const TOKEN_MS: u64 = 590_000;

async fn client(acting: Arc<Acting>, steps: Vec<Step>) {
    for Step { rest_ms, operation, patience_ms } in steps {
        sleep(Duration::from_millis(rest_ms)).await;
        if acting.world.disk.is_out() {
            return;
        }
        acting.carry_out(&operation, patience_ms.map(Duration::from_millis)).await;
    }
}

async fn chores(acting: Arc<Acting>, mut dice: Dice) {
    loop {
        sleep(Duration::from_millis(1 + dice.below(20))).await;
        let chore = match dice.below(4) {
            0 | 1 => Chore::Flush,
            2 => Chore::Merge,
            _ => Chore::IdleMerge,
        };
        acting.server.stepper.step(chore);
    }
}

async fn upkeep(acting: Arc<Acting>, upkeep: Upkeep) {
    loop {
        acting.server.keep_up(upkeep).await;
        sleep(Duration::from_millis(UPKEEP_MS)).await;
    }
}

async fn events(acting: Arc<Acting>, events: Vec<(u64, Event)>) {
    let mut now = 0;
    for (at, event) in events {
        sleep(Duration::from_millis(at - now)).await;
        now = at;
        acting.history.lock().note(|| format!("EVENT {event:?}"));
        match event {
            Event::Failing(times) => acting.world.disk.trouble(|faults| faults.failing = times),
            Event::Full => acting.world.disk.trouble(|faults| faults.is_full = true),
            Event::Roomy => acting.world.disk.trouble(|faults| faults.is_full = false),
            Event::Clock(by_ms) => acting.world.clock.step(by_ms),
        }
    }
}

impl observed::Ask for Acting {
    async fn ask(&self, name: &str, input: &Value) -> anyhow::Result<Value> {
        let answer = self.call(name, input).await;
        let answer = answer.ok_or_else(|| anyhow::anyhow!("power is lost"))?;
        anyhow::ensure!(answer.status == 200, "{name} {input}: {}", answer.body);
        Ok(answer.body)
    }
}
