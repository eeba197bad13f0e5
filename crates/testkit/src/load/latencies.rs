//! Latencies in microseconds, looked at from the middle to the worst.

use std::time::Duration;

/// A time as a latency.
pub(super) fn micros(time: Duration) -> u32 {
    u32::try_from(time.as_micros()).unwrap_or(u32::MAX)
}

/// For each of `parts`: what so many of 10,000 latencies took at most; zeros where there are no
/// latencies.
pub(super) fn spread<const N: usize>(mut latencies: Vec<u32>, parts: [usize; N]) -> [u32; N] {
    latencies.sort_unstable();
    let Some(last) = latencies.len().checked_sub(1) else { return [0; N] };
    parts.map(|part| latencies[(latencies.len() * part / 10_000).min(last)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_is_of_sorted_latencies() {
        let latencies = (1..=1000).rev().collect();
        assert_eq!(spread(latencies, [5_000, 9_900, 9_990, 10_000]), [501, 991, 1000, 1000]);
        assert_eq!(spread(vec![7], [5_000, 10_000]), [7, 7]);
        assert_eq!(spread(Vec::new(), [5_000, 10_000]), [0, 0]);
    }

    #[test]
    fn a_latency_that_is_too_long_to_count_is_the_longest() {
        assert_eq!(micros(Duration::from_millis(3)), 3000);
        assert_eq!(micros(Duration::from_secs(1 << 40)), u32::MAX);
    }
}
