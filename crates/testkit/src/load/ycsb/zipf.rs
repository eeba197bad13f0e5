//! A few things come very often, most of them hardly ever.
//!
//! The method is that of Gray et al., "Quickly Generating Billion-Record Synthetic Databases"
//! (SIGMOD 1994), as YCSB has it: exact for the two ranks that come most often, and within two
//! hundredths of the distribution for the rest.

/// How uneven it is; YCSB's constant.
const THETA: f64 = 0.99;
/// The ranks of [`Zipf::of_many`], and their sum; YCSB's constants.
const MANY: (u64, f64) = (10_000_000_000, 26.469_028_201_783_02);

/// Ranks from 0: each comes with a chance in proportion to 1 / (rank + 1)^θ.
#[derive(Debug, Clone)]
pub(super) struct Zipf {
    ranks: u64,
    /// The sum of 1 / n^θ for as many n as there are ranks.
    sum: f64,
}

impl Zipf {
    /// Ranks below this number; there is one at least.
    pub(super) fn new(ranks: u64) -> Self {
        let mut zipf = Self { ranks: 0, sum: 0.0 };
        zipf.grow(ranks.max(1));
        zipf
    }

    /// Ten billion ranks, for scattering.
    pub(super) fn of_many() -> Self {
        let (ranks, sum) = MANY;
        Self { ranks, sum }
    }

    /// Ranks below this number, if there were fewer.
    pub(super) fn grow(&mut self, ranks: u64) {
        self.sum += (self.ranks..ranks).map(|rank| power(rank + 1, -THETA)).sum::<f64>();
        self.ranks = self.ranks.max(ranks);
    }

    /// The rank to which a number from 0 to 1 leads, where those are spread evenly.
    #[expect(clippy::cast_precision_loss, reason = "the method is near enough with fewer digits")]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "ranks are whole")]
    pub(super) fn rank(&self, even: f64) -> u64 {
        let first_two = 1.0 + power(2, -THETA);
        let reached = even * self.sum;
        if reached < 1.0 || self.ranks == 1 {
            return 0;
        }
        if reached < first_two || self.ranks == 2 {
            return 1;
        }
        let ranks = self.ranks as f64;
        let eta = (1.0 - (2.0 / ranks).powf(1.0 - THETA)) / (1.0 - first_two / self.sum);
        let rank = ranks * (eta * even - eta + 1.0).powf(1.0 / (1.0 - THETA));
        (rank as u64).min(self.ranks - 1)
    }
}

/// A place for a rank, far from those of its neighbours: FNV-1a of its eight bytes.
pub(super) fn scatter(rank: u64) -> u64 {
    rank.to_le_bytes().iter().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}

#[expect(clippy::cast_precision_loss, reason = "the method is near enough with fewer digits")]
fn power(base: u64, exponent: f64) -> f64 {
    (base as f64).powf(exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRAWS: u32 = 100_000;

    /// As many ranks as [`DRAWS`], from numbers that are spread evenly.
    fn ranks(zipf: &Zipf) -> Vec<u64> {
        (0..DRAWS).map(|n| zipf.rank((f64::from(n) + 0.5) / f64::from(DRAWS))).collect()
    }

    fn share_below(ranks: &[u64], below: u64) -> f64 {
        let count = ranks.iter().filter(|rank| **rank < below).count();
        f64::from(u32::try_from(count).unwrap()) / f64::from(DRAWS)
    }

    #[test]
    fn ranks_come_as_often_as_the_distribution_says() {
        for many in [10, 1000, 100_000] {
            let zipf = Zipf::new(many);
            let ranks = ranks(&zipf);
            for below in [1, 2, 3, 10, 100, 1000, 10_000].into_iter().filter(|rank| *rank < many) {
                let expected = Zipf::new(below).sum / zipf.sum;
                let share = share_below(&ranks, below);
                let tolerance = if below <= 2 { 0.001 } else { 0.02 };
                assert!((share - expected).abs() < tolerance, "{below} of {many}: {share}");
            }
            assert!(ranks.iter().all(|rank| *rank < many));
        }
    }

    #[test]
    fn one_and_two_ranks_are_a_distribution_too() {
        assert!(ranks(&Zipf::new(1)).iter().all(|rank| *rank == 0));
        let of_two = share_below(&ranks(&Zipf::new(2)), 1);
        assert!((of_two - 1.0 / (1.0 + 0.5_f64.powf(THETA))).abs() < 0.001, "{of_two}");
    }

    #[test]
    fn what_has_grown_is_as_if_it_were_new() {
        let mut grown = Zipf::new(700);
        grown.grow(1000);
        grown.grow(900);
        assert_eq!(ranks(&grown), ranks(&Zipf::new(1000)));
    }

    #[test]
    fn scattered_ranks_keep_their_shares_and_lie_apart() {
        let items = 100_000;
        let drawn: Vec<u64> = ranks(&Zipf::of_many()).into_iter().map(scatter).collect();
        let drawn: Vec<u64> = drawn.into_iter().map(|place| place % items).collect();
        let share_of = |rank| {
            let place = scatter(rank) % items;
            let count = drawn.iter().filter(|drawn| **drawn == place).count();
            f64::from(u32::try_from(count).unwrap()) / f64::from(DRAWS)
        };
        assert!((share_of(0) - 1.0 / MANY.1).abs() < 0.001, "{}", share_of(0));
        assert!(share_of(0) > share_of(1) && share_of(1) > share_of(10));
        // Each tenth of the items has its part of those that are asked for most often.
        let tenths: Vec<u64> = (0..100).map(|rank| scatter(rank) % items * 10 / items).collect();
        assert!((0..10).all(|tenth| tenths.contains(&tenth)), "{tenths:?}");
    }
}
