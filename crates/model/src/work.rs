//! Counting the steps of those who read encoded bytes, for tests of what things cost.
//!
//! Time says little on a machine that others use, and nothing twice: a step is a step everywhere. They
//! are counted only where the feature `work` is on, which no program is built with.

#[cfg(feature = "work")]
thread_local! {
    static STEPS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// Notes that so many steps were taken: values passed over, or bytes compared.
#[inline]
pub fn note(steps: usize) {
    #[cfg(feature = "work")]
    STEPS.with(|sum| sum.set(sum.get() + steps as u64));
    #[cfg(not(feature = "work"))]
    let _ = steps;
}

/// The steps that `run` takes on this thread.
#[cfg(feature = "work")]
pub fn of<T>(run: impl FnOnce() -> T) -> (T, u64) {
    let before = STEPS.get();
    let result = run();
    (result, STEPS.get() - before)
}
