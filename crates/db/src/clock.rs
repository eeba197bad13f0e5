//! Time and identity, by argument.

/// Tells the time.
pub trait Clock: std::fmt::Debug + Send + Sync + 'static {
    /// Milliseconds since the epoch.
    fn now_ms(&self) -> u64;
}

/// Names what is new.
pub trait Ids: std::fmt::Debug + Send + Sync + 'static {
    /// An identity that no other writer has or had: part of every commit stamp of this process.
    fn writer(&self) -> u32;
    /// A table's id: a UUID in text.
    fn table_id(&self) -> String;
}
