//! What this crate's own tests share: an empty database whose clock stands.

use db::{Clock, Db, DbOptions, Ids};
use store::MemoryStore;

#[derive(Debug)]
struct Constant;

impl Clock for Constant {
    fn now_ms(&self) -> u64 {
        1_800_000_000_000
    }
}

impl Ids for Constant {
    fn writer(&self) -> u32 {
        0
    }

    fn table_id(&self) -> String {
        String::new()
    }
}

/// An empty database in memory.
pub(crate) async fn database() -> Db<MemoryStore> {
    let options = DbOptions::new(Constant, Constant);
    Db::open(MemoryStore::new(), options).await.unwrap()
}
