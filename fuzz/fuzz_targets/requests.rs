//! A request: the operation's name, a line feed, its body.
#![no_main]

use libfuzzer_sys::fuzz_target;
use model::ApiError;
use wire::{Operation, OperationName};

type Decode = fn(&[u8]);

macro_rules! declare_operations {
    ($(($name:ident, $class:ident, $($handling:tt)*),)*) => {
        /// By discriminant.
        const OPERATIONS: &[Decode] = &[$(decode::<wire::operations::$name>),*];
    };
}

wire::for_each_operation!(declare_operations);

fn decode<O: Operation>(body: &[u8]) {
    match wire::decode::<O>(body) {
        Ok(_) => {}
        Err(error) => {
            assert_ne!(error, ApiError::InternalServerError, "refused for no reason");
            drop(error.to_string());
        }
    }
}

fuzz_target!(|data: &[u8]| {
    let Some(end) = data.iter().position(|byte| *byte == b'\n') else { return };
    let name = str::from_utf8(&data[..end]).ok().and_then(OperationName::parse);
    if let Some(name) = name {
        OPERATIONS[name as usize](&data[end + 1..]);
    }
});
