//! A tree whose caller flushes and merges.

use super::*;
use crate::{Background, Step, Stepper};

#[test]
fn a_tree_whose_steps_are_its_callers_does_nothing_by_itself_and_keeps_every_row() {
    let dir = tempfile::tempdir().unwrap();
    let stepper = Stepper::default();
    let options =
        TreeOptions { background: Background::Steps(stepper.clone()), ..options_with(4 << 10) };
    let tree = Tree::open(dir.path(), options).unwrap();
    assert!(!stepper.step(Step::Flush) && !stepper.step(Step::IdleMerge));
    let mut model = Model::new();
    let mut steps = 0;
    for round in 0..600_u32 {
        let (key, value) = (format!("{:03}", round % 97), "v".repeat(100));
        put(&tree, &key, &value);
        model.insert(key.into_bytes(), value.into_bytes());
        if round % 150 == 149 {
            // The writer itself has flushed what it had no room for.
            steps += u32::from(stepper.step(Step::Flush));
            steps += u32::from(stepper.step(Step::Merge));
        }
    }
    while stepper.step(Step::Flush) || stepper.step(Step::IdleMerge) {
        steps += 1;
    }
    assert!(steps > 3, "{steps} steps");
    assert_is(&tree, &model);
    tree.close().unwrap();
    assert!(!stepper.step(Step::Flush));
    drop(tree);
    assert_is(&open_with(dir.path(), 4 << 10), &model);
}
