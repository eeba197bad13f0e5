//! How many connections there may be at once, and who gives way when there are as many.
//!
//! A connection between two requests has a place for its client's convenience, and loses it to one
//! that comes when there is none: the one that has been idle longest, of the address that has most.
//! A few connections beyond the bound are let in as guests: they may ask after the health of the
//! server, and wait for a place before they call.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout};

use super::exchanges::Exchanges;

/// How many guests there may be.
const GUESTS_MAX: usize = 16;
/// Of so many connections one gives way at a time, so that they are not looked through for each that
/// comes.
const GIVE_WAY_SHARE: usize = 128;
/// How soon it is looked again who has become idle.
const LOOK_AGAIN: Duration = Duration::from_millis(100);
/// How long the log does not repeat that there are too many connections.
const SAID_AGAIN_AFTER: Duration = Duration::from_secs(60);

/// As many connections as there may be at once.
#[derive(Debug)]
pub(crate) struct Places {
    connections_max: usize,
    /// How long a connection keeps its place without a request, whoever waits.
    idle_min: Duration,
    taken: Mutex<Taken>,
    /// Somebody has gone.
    freed: Notify,
    /// Whether somebody waits.
    crowded: Arc<AtomicBool>,
}

#[derive(Debug, Default)]
struct Taken {
    visitors: HashMap<u64, Visitor>,
    guests: usize,
    of_address: HashMap<IpAddr, usize>,
    ids: u64,
    waiting: usize,
    /// When it was last said that there is no place.
    said: Option<Instant>,
}

#[derive(Debug)]
struct Visitor {
    address: IpAddr,
    exchanges: Arc<Exchanges>,
}

/// A connection's place, until it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    places: Arc<Places>,
    id: u64,
    address: IpAddr,
    guest: AtomicBool,
}

impl Places {
    /// So many; `crowded` tells others whether somebody waits for one.
    pub(crate) fn new(
        connections_max: usize,
        idle_min: Duration,
        crowded: Arc<AtomicBool>,
    ) -> Self {
        let connections_max = connections_max.max(1);
        let (taken, freed) = (Mutex::default(), Notify::new());
        Self { connections_max, idle_min, taken, freed, crowded }
    }

    /// A place for a connection from this address, once there is one.
    pub(crate) async fn next(
        self: &Arc<Self>,
        address: IpAddr,
        exchanges: &Arc<Exchanges>,
    ) -> Place {
        let mut place = None;
        self.until(|taken| {
            let seated = taken.has_seat(self.connections_max);
            if seated || taken.guests < GUESTS_MAX {
                let id = taken.add(Visitor { address, exchanges: Arc::clone(exchanges) }, !seated);
                let guest = AtomicBool::new(!seated);
                place = Some(Place { places: Arc::clone(self), id, address, guest });
            }
            place.is_some()
        })
        .await;
        place.expect("it was waited for")
    }

    /// Waits until `taken` lets us do it, and has others give way meanwhile.
    async fn until(&self, mut take: impl FnMut(&mut Taken) -> bool) {
        let mut waits = None;
        loop {
            {
                let mut taken = self.taken.lock();
                if take(&mut taken) {
                    return;
                }
                waits.get_or_insert_with(|| {
                    taken.waiting += 1;
                    self.crowded.store(true, Ordering::Relaxed);
                    Waits(self)
                });
                taken.say_that_it_is_full(self.connections_max);
                taken.give_way(self.idle_min, self.connections_max.div_ceil(GIVE_WAY_SHARE));
            }
            let _ = timeout(LOOK_AGAIN, self.freed.notified()).await;
        }
    }
}

/// Somebody waits for a place until this is dropped.
struct Waits<'a>(&'a Places);

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        let mut taken = self.0.taken.lock();
        taken.waiting -= 1;
        self.0.crowded.store(taken.waiting > 0, Ordering::Relaxed);
    }
}

impl Place {
    /// A place for a connection that nobody else knows of.
    #[cfg(test)]
    pub(crate) async fn alone(exchanges: &Arc<Exchanges>) -> Self {
        let places = Arc::new(Places::new(1, Duration::ZERO, Arc::default()));
        places.next(IpAddr::from([127, 0, 0, 1]), exchanges).await
    }

    /// Whether it is one beyond those that there are.
    pub(crate) fn is_guests(&self) -> bool {
        self.guest.load(Ordering::Relaxed)
    }

    /// Makes it one of those that there are, once there is one.
    pub(crate) async fn seat(&self) {
        let max = self.places.connections_max;
        self.places
            .until(|taken| {
                let seated = taken.has_seat(max);
                taken.guests -= usize::from(seated);
                seated
            })
            .await;
        self.guest.store(false, Ordering::Relaxed);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock();
        taken.remove(self.id, self.address, self.is_guests());
        drop(taken);
        self.places.freed.notify_one();
    }
}

impl Taken {
    fn has_seat(&self, connections_max: usize) -> bool {
        self.visitors.len() - self.guests < connections_max
    }

    fn add(&mut self, visitor: Visitor, is_guest: bool) -> u64 {
        self.ids += 1;
        self.guests += usize::from(is_guest);
        *self.of_address.entry(visitor.address).or_default() += 1;
        self.visitors.insert(self.ids, visitor);
        self.ids
    }

    fn remove(&mut self, id: u64, address: IpAddr, is_guest: bool) {
        self.visitors.remove(&id);
        self.guests -= usize::from(is_guest);
        if let Some(connections) = self.of_address.get_mut(&address) {
            *connections -= 1;
            if *connections == 0 {
                self.of_address.remove(&address);
            }
        }
    }

    /// Has so many that are idle give way.
    fn give_way(&self, idle_min: Duration, connections: usize) {
        let now = Instant::now();
        let mut idle: Vec<_> = self
            .visitors
            .values()
            .filter_map(|visitor| {
                let since = visitor.exchanges.idle_since()?;
                let shares = self.of_address.get(&visitor.address).copied().unwrap_or_default();
                let rank = (std::cmp::Reverse(shares), since);
                (now.duration_since(since) >= idle_min).then_some((rank, &visitor.exchanges))
            })
            .collect();
        idle.sort_unstable_by_key(|(rank, _)| *rank);
        idle.iter().take(connections).for_each(|(_, exchanges)| exchanges.give_way());
    }

    /// As often as a person would want to read it.
    fn say_that_it_is_full(&mut self, connections_max: usize) {
        if self.said.is_none_or(|said| said.elapsed() > SAID_AGAIN_AFTER) {
            self.said = Some(Instant::now());
            tracing::warn!(connections_max, "new connections wait until others end or are idle");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[tokio::test(start_paused = true)]
    async fn the_longest_idle_of_the_address_with_most_gives_way() {
        let places = Arc::new(Places::new(4, Duration::from_secs(1), Arc::default()));
        let mut held = Vec::new();
        for last in [1, 2, 2, 2] {
            let exchanges = Arc::new(Exchanges::new());
            held.push((places.next(address(last), &exchanges).await, exchanges));
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        let busy = held[1].1.begin();
        places.taken.lock().give_way(Duration::from_secs(1), 1);
        let gives_way: Vec<_> = held.iter().map(|(_, exchanges)| exchanges.gives_way()).collect();
        assert_eq!(gives_way, [false, false, true, false]);
        drop(busy);
    }

    #[tokio::test(start_paused = true)]
    async fn a_guest_is_seated_when_somebody_has_gone() {
        let places = Arc::new(Places::new(1, Duration::from_secs(1), Arc::default()));
        let exchanges = Arc::new(Exchanges::new());
        let first = places.next(address(1), &exchanges).await;
        let busy = exchanges.begin();
        let guest = places.next(address(1), &Arc::new(Exchanges::new())).await;
        assert!(!first.is_guests() && guest.is_guests());
        assert!(timeout(Duration::from_secs(60), guest.seat()).await.is_err());
        assert!(!exchanges.gives_way() && !places.crowded.load(Ordering::Relaxed));
        drop((first, busy));
        guest.seat().await;
        assert!(!guest.is_guests());
        drop(guest);
        let taken = places.taken.lock();
        assert!(taken.visitors.is_empty() && taken.of_address.is_empty() && taken.guests == 0);
    }
}
