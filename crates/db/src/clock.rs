//! Time and identity, by argument.

/// Tells the time.
pub trait Clock: std::fmt::Debug + Send + Sync + 'static {
    /// Milliseconds since the epoch. Somebody may set this clock, also back.
    fn now_ms(&self) -> u64;

    /// Milliseconds since some moment of this process. Nobody sets this one: it shows how much time
    /// has gone by. The same as the other, where nobody sets that either.
    fn elapsed_ms(&self) -> u64 {
        self.now_ms()
    }
}

/// Names what is new.
pub trait Ids: std::fmt::Debug + Send + Sync + 'static {
    /// An identity that no other writer has or had: part of every commit stamp of this process.
    fn writer(&self) -> u32;
    /// A table's id: a UUID in text.
    fn table_id(&self) -> String;
}
