//! A request body of any operation: the first byte chooses it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use model::Scope;
use wire::Operation;

type Decode = fn(&[u8]);

macro_rules! declare_operations {
    ($(($name:ident, $module:ident, $class:ident),)*) => {
        const OPERATIONS: &[Decode] = &[$(decode::<wire::operations::$module::$name>),*];
    };
}

wire::for_each_operation!(declare_operations);

fn decode<O: Operation>(body: &[u8]) {
    let scope = Scope { account: "000000000000".into(), region: "us-east-1".into() };
    match wire::decode::<O>(body) {
        Ok(input) => {
            assert!(O::permissions(&input, &scope).iter().all(|one| !one.action.is_empty()))
        }
        Err(error) => drop(error.to_string()),
    }
}

fuzz_target!(|data: &[u8]| {
    if let Some((operation, body)) = data.split_first() {
        OPERATIONS[usize::from(*operation) % OPERATIONS.len()](body);
    }
});
