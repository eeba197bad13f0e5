//! When requests are due, and what wakes the generator then.

use std::io;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// Requests at even distances.
#[derive(Debug, Clone, Copy)]
pub(super) struct Schedule {
    pub(super) begun: Instant,
    pub(super) period: Duration,
}

/// A timer of the operating system. The runtime's own knows milliseconds only, and what it is late
/// would count as the server's latency.
#[derive(Debug)]
pub(super) struct Ticker(AsyncFd<OwnedFd>);

impl Schedule {
    /// When the request of that number, the first being 0, is due: at the end of its period.
    pub(super) fn due(&self, number: usize) -> Instant {
        let periods = u32::try_from(number + 1).unwrap_or(u32::MAX);
        self.begun + self.period * periods
    }
}

impl Ticker {
    /// A ticker whose first period begins now.
    #[expect(deprecated, reason = "sound for a file that is owned; what replaces it is `unsafe`")]
    pub(super) fn every(period: Duration) -> io::Result<Self> {
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        let timer = timerfd_create(TimerfdClockId::Monotonic, flags)?;
        let period = Timespec::try_from(period).map_err(io::Error::other)?;
        let times = Itimerspec { it_interval: period, it_value: period };
        timerfd_settime(&timer, TimerfdTimerFlags::empty(), &times)?;
        Ok(Self(AsyncFd::with_interest(timer, Interest::READABLE)?))
    }

    /// Waits until a period has ended; answers how many have since the last answer.
    pub(super) async fn tick(&self) -> io::Result<usize> {
        let read = |timer: &OwnedFd| {
            let mut ended = [0; 8];
            rustix::io::read(timer, &mut ended)?;
            Ok(u64::from_ne_bytes(ended))
        };
        let ended = self.0.async_io(Interest::READABLE, read).await?;
        usize::try_from(ended).map_err(io::Error::other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_due_at_even_distances() {
        let schedule = Schedule { begun: Instant::now(), period: Duration::from_micros(250) };
        let after = |number| schedule.due(number) - schedule.begun;
        assert_eq!(after(0), Duration::from_micros(250));
        assert_eq!(after(3), Duration::from_millis(1));
        assert_eq!(after(3999), Duration::from_secs(1));
    }

    #[tokio::test]
    async fn no_period_is_told_before_it_has_ended() {
        let schedule = Schedule { begun: Instant::now(), period: Duration::from_nanos(100) };
        let ticker = Ticker::every(schedule.period).unwrap();
        let mut ended = 0;
        while ended < 1000 {
            ended += ticker.tick().await.unwrap();
            assert!(schedule.due(ended - 1) <= Instant::now());
        }
    }
}
