//! What goes on behind the requests: flushes, merges, and the watermark.
//!
//! Threads carry them out, or whoever opened the tree does, step by step on a thread of its own: then
//! the order of things is the caller's, and can be had again. Where a commit would wait for a flush
//! that nobody is about to begin, it flushes by itself.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::core::Core;
use crate::error::TreeError;
use crate::flushing;
use crate::merging;
use crate::picking::{self, Job, JobKind, Traffic};
use crate::signals::{SignalState, Signals};
use crate::stepper::{Background, Step, TakesSteps};

/// How many merges may run at once.
const MERGES: usize = 2;
/// Nobody writes when nothing was committed for so long.
const IDLE_AFTER: Duration = Duration::from_secs(1);
/// How far the threads give way: beside one of a request they get a tenth of a processor.
#[cfg(target_os = "linux")]
const NICE: i32 = 10;
/// Between a watermark and the next.
const WATERMARK_PAUSE: Duration = Duration::from_secs(1);
/// Between a merge that failed and the next.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(5);

impl TakesSteps for Core {
    fn step(&self, step: Step) -> bool {
        if self.signals.is_closing() {
            return false;
        }
        let traffic = match step {
            Step::Flush => return self.has_frozen() && flush_one(self),
            Step::Merge => Traffic::Busy,
            Step::IdleMerge => Traffic::Idle,
            Step::Watermark => return self.watermark.write_if_behind().unwrap_or(false),
        };
        let job = due(self, &mut self.signals.state.lock(), traffic);
        job.as_ref().is_some_and(|job| {
            let done = merge_one(self, job);
            settle(&mut self.signals.state.lock(), job);
            done
        })
    }
}

/// Starts the threads if it is to be threads, into `threads` one by one: those that run are to be ended, whatever comes.
///
/// # Errors
/// When the system has no more.
pub(crate) fn start(core: &Arc<Core>, threads: &mut Vec<JoinHandle<()>>) -> Result<(), TreeError> {
    if let Background::Steps(stepper) = &core.options.background {
        let core: Arc<Core> = Arc::clone(core);
        stepper.steps_of(&(core as Arc<dyn TakesSteps>));
        return Ok(());
    }
    let spawn = |name: &str, run: fn(&Core)| {
        let kept = Arc::clone(core);
        let thread = thread::Builder::new().name(name.to_owned());
        let run = move || {
            give_way();
            run(&kept);
        };
        thread.spawn(run).map_err(TreeError::io(&core.dir))
    };
    threads.push(spawn("flush", flush_on)?);
    for _ in 0..MERGES {
        threads.push(spawn("merge", merge_on)?);
    }
    threads.push(spawn("watermark", follow_log)?);
    Ok(())
}

/// Has the calling thread give way to those that answer requests.
///
/// A thread that merges has something to do for seconds. Among equals it would keep a processor for
/// a whole turn, some milliseconds, while requests wait that take microseconds.
#[cfg(target_os = "linux")]
fn give_way() {
    let nice = |before| rustix::process::setpriority_process(None, before + NICE);
    if let Err(error) = rustix::process::getpriority_process(None).and_then(nice) {
        tracing::warn!(%error, "a thread in the background stays as urgent as requests");
    }
}

#[cfg(not(target_os = "linux"))]
fn give_way() {}

/// Has the threads end where they are.
pub(crate) fn close(core: &Core, threads: Vec<JoinHandle<()>>) {
    core.signals.closing.store(true, Ordering::Relaxed);
    core.signals.wake();
    core.watermark.close();
    for thread in threads {
        if thread.join().is_err() {
            tracing::error!("a thread of the tree has died");
        }
    }
}

/// Has the tree fail when a thread dies: nobody is to wait for what it will not do.
struct FailOnPanic<'c>(&'c Signals);

impl Drop for FailOnPanic<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.fail(&TreeError::Stopped("a thread of the tree has died".into()));
        }
    }
}

/// Writes the watermark: with the first commit, and a second later again if others came.
fn follow_log(core: &Core) {
    let _alive = FailOnPanic(&core.signals);
    let mut has_failed = false;
    while core.watermark.wait_until_behind() {
        let written = core.watermark.write_if_behind();
        if let (false, Err(error)) = (has_failed, &written) {
            tracing::warn!(%error, "a log that is cut off from now on may go unnoticed");
        }
        has_failed = written.is_err();
        core.watermark.rest(WATERMARK_PAUSE);
    }
}

fn flush_on(core: &Core) {
    let signals = &core.signals;
    let _alive = FailOnPanic(signals);
    while wait_for_frozen(core) && flush_one(core) {}
}

/// Has the oldest frozen memtable become a table. When it cannot, nothing is written any more.
fn flush_one(core: &Core) -> bool {
    let signals = &core.signals;
    if let Err(error) = flushing::flush_oldest(core) {
        tracing::error!(%error, "a memtable cannot be written to a table");
        signals.fail(&error);
        return false;
    }
    let _state = signals.state.lock();
    signals.flushed.notify_all();
    signals.work.notify_all();
    true
}

/// Waits until `is_done`, which a flush or a failure may bring about.
pub(crate) fn wait_flushed(core: &Core, is_done: impl Fn() -> bool) -> Result<(), TreeError> {
    if let Background::Steps(_) = core.options.background {
        while !is_done() && flush_one(core) {}
    }
    core.signals.wait_flushed(is_done)
}

/// Waits until there is a frozen memtable; answers whether the tree goes on.
fn wait_for_frozen(core: &Core) -> bool {
    let mut state = core.signals.state.lock();
    while !core.signals.is_closing() {
        if core.has_frozen() {
            return true;
        }
        core.signals.work.wait(&mut state);
    }
    false
}

fn merge_on(core: &Core) {
    let signals = &core.signals;
    let _alive = FailOnPanic(signals);
    while let Some(job) = next_job(core) {
        let is_merged = merge_one(core, &job);
        let mut state = signals.state.lock();
        if !is_merged && !signals.is_closing() {
            // They stay busy meanwhile, so that others are merged instead.
            let _woken = signals.work.wait_for(&mut state, PAUSE_AFTER_FAILURE);
        }
        settle(&mut state, &job);
        signals.work.notify_all();
    }
}

/// Merges; answers whether it could.
fn merge_one(core: &Core, job: &Job) -> bool {
    let done = carry_out(core, job);
    if let Err(error) = &done {
        tracing::error!(%error, "tables cannot be merged for now");
    }
    let mut state = core.signals.state.lock();
    state.merge_failure = done.err();
    state.merge_failure.is_none()
}

/// Has the tables of a job be free for another.
fn settle(state: &mut SignalState, job: &Job) {
    for number in numbers(job) {
        state.busy.remove(&number);
    }
}

/// What is to be merged now, if anything. It is busy from then on.
fn due(core: &Core, state: &mut SignalState, traffic: Traffic) -> Option<Job> {
    let (visible, view) = core.settled();
    let job = picking::pick((visible, &view), &state.busy, &core.options, traffic)?;
    state.busy.extend(numbers(&job));
    Some(job)
}

/// What is to be merged, sooner or later; `None` when the tree is being closed.
fn next_job(core: &Core) -> Option<Job> {
    let signals = &core.signals;
    let mut state = signals.state.lock();
    let mut traffic = Traffic::Busy;
    loop {
        if signals.is_closing() {
            return None;
        }
        if let Some(job) = due(core, &mut state, traffic) {
            return Some(job);
        }
        if core.view().levels.level(0).is_empty() || traffic == Traffic::Idle {
            traffic = Traffic::Busy;
            signals.work.wait(&mut state);
        } else {
            let before = core.visible();
            let waited = signals.work.wait_for(&mut state, IDLE_AFTER);
            if waited.timed_out() && core.visible() == before {
                traffic = Traffic::Idle;
            }
        }
    }
}

fn carry_out(core: &Core, job: &Job) -> Result<(), TreeError> {
    let come = match job.kind {
        JobKind::Move => job.inputs.iter().map(|(_, table)| Arc::clone(table)).collect(),
        JobKind::Drop => Vec::new(),
        JobKind::Merge => {
            let (visible, view) = core.settled();
            match merging::merge(core, (visible, &view), job)? {
                Some(tables) => tables,
                None => return Ok(()),
            }
        }
    };
    merging::replace(core, job, &come)
}

fn numbers(job: &Job) -> impl Iterator<Item = u64> {
    job.inputs.iter().map(|(_, table)| table.entry.number)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_gives_way_is_alone_in_that() {
        let nice = || rustix::process::getpriority_process(None).unwrap();
        let before = nice();
        let behind = thread::spawn(move || {
            give_way();
            nice()
        });
        assert_eq!(behind.join().unwrap(), (before + NICE).min(19));
        assert_eq!(nice(), before);
    }
}
