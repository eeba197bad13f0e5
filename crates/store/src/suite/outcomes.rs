//! What became of atoms that the engine lost track of.

use super::rows::{ATOMS, number, put, row};
use super::{Bench, Checked, Harness, ensure};
use crate::Consistency::Strong;
use crate::{AtomId, Guard, Outcome, RowKey, Store, StoreError};

pub(super) fn outcomes<H: Harness>(bench: &Bench<'_, H>) -> Checked {
    let store = bench.harness.fresh();
    bench.runtime.block_on(async {
        let loses_track = bench.harness.lose_track(&store);
        let mut resolved = 0;
        let mut ended = Vec::new();
        for sort in 0..40 {
            let key = row(0, sort);
            let id = ATOMS.next();
            let guard = store.lock(std::slice::from_ref(&key)).await;
            let outcome = match guard.submit(id, vec![put(key.clone(), 1)]).wait().await? {
                Outcome::Unknown => {
                    resolved += 1;
                    resolve(&store, id).await?
                }
                known => known,
            };
            ended.push((key, outcome == Outcome::Applied));
        }
        are_as_told(&store, &ended).await?;
        ensure!(
            loses_track == (resolved > 0),
            "whether the engine answers Unknown is {}, not {loses_track}",
            resolved > 0
        );
        // Whatever was still on its way has come to its end then.
        store.close().await?;
        match bench.harness.reopen() {
            Some(reopened) => are_as_told(&reopened, &ended).await,
            None => Ok(()),
        }
    })
}

/// Whether the rows of atoms are there as it was told of each.
async fn are_as_told(store: &impl Store, ended: &[(RowKey, bool)]) -> Checked {
    for (key, was_applied) in ended {
        let is_there = number(store.get(key, Strong).await?.as_ref()) == 1;
        ensure!(
            is_there == *was_applied,
            "an atom is said to be applied: {was_applied}, and its row is there: {is_there}"
        );
    }
    Ok(())
}

async fn resolve(store: &impl Store, id: AtomId) -> Result<Outcome, StoreError> {
    loop {
        match store.outcome_of(id).await? {
            Outcome::Unknown => tokio::task::yield_now().await,
            known => return Ok(known),
        }
    }
}
