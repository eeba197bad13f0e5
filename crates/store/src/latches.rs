//! Striped per-row latches shared by engines.
/// Latches.
#[derive(Debug)]
pub struct Latches;
/// Held latches.
#[derive(Debug)]
pub struct LatchGuard;
