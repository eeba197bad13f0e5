//! UpdateTimeToLive, DescribeTimeToLive.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use model::TableRef;
use stator_db::UpdateTimeToLive;
use store::MemoryStore;
use support::*;

#[tokio::test]
async fn the_setting_is_there_after_reopening() {
    let (store, clock) = (MemoryStore::new(), TestClock::new(1));
    let first = open(store.clone(), &clock).await;
    first.create_table(&scope(), table("t1", "p:S", None)).await.unwrap();
    let enable =
        UpdateTimeToLive { table: TableRef::new("t1"), attribute: "expires".into(), enabled: true };
    first.update_time_to_live(&scope(), enable.clone()).await.unwrap();
    let second = open(store, &clock).await;
    let described = second.describe_time_to_live(&scope(), &TableRef::new("t1")).unwrap();
    assert_eq!(described.as_deref(), Some("expires"));

    let disable = UpdateTimeToLive { enabled: false, ..enable };
    second.update_time_to_live(&scope(), disable).await.unwrap();
    let described = second.describe_time_to_live(&scope(), &TableRef::new("t1")).unwrap();
    assert_eq!(described, None);
}
