//! How much of something may be in memory at once, over all requests.
//!
//! Who finds no room waits. Room that comes back goes to the addresses that wait, in turn, and
//! within an address to who waits longest; while nobody waits, an address may have all there is.
//! Who has room and needs more comes before all who have none, as only then it comes to an end. So
//! that those do not wait for each other for ever, one at a time may go beyond the bound.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use tokio::sync::oneshot;

/// A bound in bytes that requests share.
#[derive(Debug)]
pub(crate) struct Budget {
    bytes_max: usize,
    state: Mutex<State>,
    /// Whether anybody waits.
    pressed: AtomicBool,
}

/// Bytes that one request has of the budget. They are given back when this is dropped.
#[derive(Debug)]
pub(crate) struct Taken<'a> {
    budget: &'a Budget,
    who: Option<IpAddr>,
    bytes: usize,
    beyond: bool,
}

#[derive(Debug, Default)]
struct State {
    taken: usize,
    /// Whether somebody has gone beyond the bound.
    beyond: bool,
    /// Who has room and waits for more.
    growing: Turns,
    /// Who has none.
    coming: Turns,
}

/// Who waits: the addresses in turn, `None` for this process, and what each waits for.
#[derive(Debug, Default)]
struct Turns(VecDeque<(Option<IpAddr>, VecDeque<Wish>)>);

#[derive(Debug)]
struct Wish {
    bytes: usize,
    granted: oneshot::Sender<Grant>,
}

#[derive(Debug)]
struct Grant {
    beyond: bool,
}

/// A wish that was not granted at once. What is granted to nobody is given back when it is dropped.
struct Waiting<'a> {
    budget: &'a Budget,
    bytes: usize,
    granted: oneshot::Receiver<Grant>,
}

impl Budget {
    /// Room for `bytes_max` bytes.
    pub(crate) fn new(bytes_max: usize) -> Self {
        let bytes_max = bytes_max.max(1);
        Self { bytes_max, state: Mutex::default(), pressed: AtomicBool::new(false) }
    }

    /// Nothing yet, for whoever has this address.
    pub(crate) fn nothing(&self, who: Option<IpAddr>) -> Taken<'_> {
        Taken { budget: self, who, bytes: 0, beyond: false }
    }

    /// Waits for room for `bytes`; for all there is, if that is less.
    pub(crate) async fn room(&self, who: Option<IpAddr>, bytes: usize) -> Taken<'_> {
        let mut taken = self.nothing(who);
        taken.grow(bytes).await;
        taken
    }

    /// Most bytes at once.
    pub(crate) fn bytes_max(&self) -> usize {
        self.bytes_max
    }

    /// Bytes that are taken now.
    pub(crate) fn taken(&self) -> usize {
        self.state.lock().taken
    }

    /// Whether anybody waits for room.
    pub(crate) fn is_pressed(&self) -> bool {
        self.pressed.load(Ordering::Relaxed)
    }

    fn give_back(&self, bytes: usize, beyond: bool) {
        let mut state = self.state.lock();
        state.taken = state.taken.checked_sub(bytes).unwrap_or_else(|| {
            tracing::error!(taken = state.taken, bytes, "room was given back twice");
            0
        });
        state.beyond &= !beyond;
        if state.is_waited_for() {
            self.serve(&mut state);
        }
    }

    /// Grants what fits, in turn.
    fn serve(&self, state: &mut State) {
        while let Some((wish, beyond)) = state.next(self.bytes_max) {
            let bytes = wish.bytes;
            // Who has gone has taken nothing.
            if wish.granted.send(Grant { beyond }).is_ok() {
                state.taken += bytes;
                state.beyond |= beyond;
            }
        }
        self.pressed.store(state.is_waited_for(), Ordering::Relaxed);
    }
}

impl<'a> Taken<'a> {
    /// Takes room for so many bytes more, if nobody has to wait for it.
    pub(crate) fn grow_now(&mut self, bytes: usize) -> bool {
        let budget = self.budget;
        let mut state = budget.state.lock();
        let bytes = bytes.min(budget.bytes_max);
        let beyond = self.beyond || bytes == 0;
        state.taken += if beyond { bytes } else { 0 };
        let grown = beyond || state.take_now(bytes, budget.bytes_max);
        self.bytes += if grown { bytes } else { 0 };
        grown
    }

    /// Waits for room for so many bytes more.
    pub(crate) async fn grow(&mut self, bytes: usize) {
        if self.grow_now(bytes) {
            return;
        }
        let mut waiting = self.line_up(bytes.min(self.budget.bytes_max));
        let grant = (&mut waiting.granted).await.expect("a wish stays until it is granted");
        self.bytes += waiting.bytes;
        self.beyond |= grant.beyond;
    }

    /// Whether it is nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    fn line_up(&self, bytes: usize) -> Waiting<'a> {
        let budget = self.budget;
        let mut state = budget.state.lock();
        let (sender, granted) = oneshot::channel();
        let turns = if self.bytes > 0 { &mut state.growing } else { &mut state.coming };
        turns.add(self.who, Wish { bytes, granted: sender });
        budget.serve(&mut state);
        Waiting { budget, bytes, granted }
    }

    /// Gives back what `bytes` do not need.
    pub(crate) fn shrink_to(&mut self, bytes: usize) {
        let surplus = self.bytes.saturating_sub(bytes);
        if surplus > 0 {
            self.bytes -= surplus;
            self.budget.give_back(surplus, false);
        }
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        if self.bytes > 0 || self.beyond {
            self.budget.give_back(self.bytes, self.beyond);
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.granted.close();
        if let Ok(grant) = self.granted.try_recv() {
            self.budget.give_back(self.bytes, grant.beyond);
            return;
        }
        let mut state = self.budget.state.lock();
        state.growing.forget_who_has_gone();
        state.coming.forget_who_has_gone();
        self.budget.serve(&mut state);
    }
}

impl State {
    fn is_waited_for(&self) -> bool {
        !self.growing.0.is_empty() || !self.coming.0.is_empty()
    }

    /// Takes room that nobody waits for.
    fn take_now(&mut self, bytes: usize, bytes_max: usize) -> bool {
        let fits = self.taken + bytes <= bytes_max && !self.is_waited_for();
        if fits {
            self.taken += bytes;
        }
        fits
    }

    /// Whose turn it is, if there is room for it, and whether that is beyond the bound.
    fn next(&mut self, bytes_max: usize) -> Option<(Wish, bool)> {
        let free = bytes_max.saturating_sub(self.taken);
        if let Some(bytes) = self.growing.first() {
            let beyond = bytes > free;
            return if beyond && self.beyond { None } else { Some((self.growing.take()?, beyond)) };
        }
        let fits = self.coming.first()? <= free;
        if fits { Some((self.coming.take()?, false)) } else { None }
    }
}

impl Turns {
    fn add(&mut self, who: Option<IpAddr>, wish: Wish) {
        match self.0.iter_mut().find(|(address, _)| *address == who) {
            Some((_, wishes)) => wishes.push_back(wish),
            None => self.0.push_back((who, VecDeque::from([wish]))),
        }
    }

    /// What the first in turn wishes.
    fn first(&self) -> Option<usize> {
        self.0.front().and_then(|(_, wishes)| wishes.front()).map(|wish| wish.bytes)
    }

    /// Takes the first wish out; its address is the last in turn then.
    fn take(&mut self) -> Option<Wish> {
        let (who, mut wishes) = self.0.pop_front()?;
        let wish = wishes.pop_front();
        if !wishes.is_empty() {
            self.0.push_back((who, wishes));
        }
        wish
    }

    fn forget_who_has_gone(&mut self) {
        self.0.iter_mut().for_each(|(_, wishes)| wishes.retain(|wish| !wish.granted.is_closed()));
        self.0.retain(|(_, wishes)| !wishes.is_empty());
    }
}

#[cfg(test)]
mod tests;
