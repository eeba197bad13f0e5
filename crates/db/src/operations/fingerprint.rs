//! The fingerprint of a transaction: by which a repetition is told from another request that has
//! the same client token.
//!
//! The fingerprint is the XXH3 digest (64 bits, no seed) of a form that says all that the
//! transaction does, with its version in front. Two transactions that differ have different forms,
//! because every choice in a form begins with a tag, every list with a count and every text and
//! value with its length (`expr::CanonicalForm`, which also has the lower lines of the grammar; long
//! texts stand there as digests).
//! Attributes are sorted by name and sets by element before they come here, so the order in which a
//! request has them does not matter, as on AWS.
//!
//! ```text
//! form      = 02 count action*
//! action    = text (table, as the request names it) operation condition shown
//! operation = 01 map (put) | 02 map (delete) | 03 map update | 04 map (check)
//! condition = 00 (none) | 01 condition
//! shown     = 01 nothing | 02 the old item, when the condition fails
//! map       = count (text value)*
//! ```
//!
//! A row keeps no version, because two versions have different forms: a token that was spent under
//! one is found under the next and its repetition refused, never carried out twice. Tokens live for
//! ten minutes. A change of this grammar, or of a line that it takes from elsewhere, counts
//! [`VERSION`] up.

use expr::{Canonical, CanonicalForm};
use model::{Item, ReturnValuesOnConditionCheckFailure as Shown};
use xxhash_rust::xxh3::xxh3_64;

use super::transact_action::{TransactAction, TransactOperation};

/// The version of the form.
const VERSION: u8 = 2;

/// The fingerprint of a transaction.
pub(super) fn fingerprint(actions: &[TransactAction]) -> u64 {
    let mut form = CanonicalForm::default();
    form.tag(VERSION);
    form.count(actions.len());
    for action in actions {
        write_action(&mut form, action);
    }
    xxh3_64(form.as_bytes())
}

fn write_action(form: &mut CanonicalForm, action: &TransactAction) {
    let TransactAction { table, operation, condition, on_failure } = action;
    form.text(table.reference().as_str());
    match operation {
        TransactOperation::Put(item) => write_attributes(form, 1, item),
        TransactOperation::Delete(key) => write_attributes(form, 2, key),
        TransactOperation::Update(key, update) => {
            write_attributes(form, 3, key);
            update.write(form);
        }
        TransactOperation::ConditionCheck(key) => write_attributes(form, 4, key),
    }
    match condition {
        None => form.tag(0),
        Some(condition) => {
            form.tag(1);
            condition.write(form);
        }
    }
    form.tag(match on_failure {
        Shown::None => 1,
        Shown::AllOld => 2,
    });
}

fn write_attributes(form: &mut CanonicalForm, tag: u8, item: &Item) {
    let attributes = item.attributes();
    form.tag(tag);
    form.count(attributes.len());
    for (name, value) in attributes.encoded_entries() {
        form.text(name.as_bytes());
        form.text(value);
    }
}

#[cfg(test)]
mod tests;
