//! The parts of a request that say who sent it, a line each.
#![no_main]

use auth::Claim;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut lines = text.split('\n').map(|line| (!line.is_empty()).then_some(line));
    let mut next = || lines.next().flatten();
    let claim = Claim {
        authorization: next(),
        amz_date: next(),
        date: next(),
        query: next().unwrap_or_default(),
    };
    match auth::authenticate(claim) {
        Ok(caller) => assert!(caller.account().is_none_or(|account| account.len() == 12)),
        Err(error) => drop(error.to_string()),
    }
});
