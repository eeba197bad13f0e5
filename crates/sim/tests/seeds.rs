//! Seeds of the simulator, and those that found something once.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use stator_sim::seeds::{Kept, run_all};

const SEEDS: u64 = 200;
/// What failed once.
const KEPT: &str = include_str!("../../../tests/seeds.txt");

#[test]
fn nothing_is_lost_or_made_up_whatever_a_seed_brings_and_it_brings_the_same_again() {
    let tally = run_all(&(0..SEEDS).map(Kept::whole).collect::<Vec<_>>(), 2).unwrap();
    assert!(tally.failed.is_empty(), "{:#?}", tally.failed);
    assert!(tally.requests > 10_000, "hardly anything was asked: {}", tally.requests);
}

#[test]
fn what_a_seed_found_once_is_found_no_more() {
    let kept: Vec<Kept> = KEPT.lines().filter_map(|line| Kept::parse(line).unwrap()).collect();
    let tally = run_all(&kept, 1).unwrap();
    assert!(tally.failed.is_empty(), "{:#?}", tally.failed);
}

#[test]
fn a_kept_seed_reads_back_from_its_line() {
    for line in ["7", "8 operations=3 without-troubles", "9 without-clock-steps"] {
        assert_eq!(Kept::parse(line).unwrap().unwrap().line(), line);
    }
    assert_eq!(Kept::parse("  # only a comment").unwrap(), None);
    assert!(Kept::parse("7 something").is_err());
}
