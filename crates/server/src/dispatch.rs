//! From an operation's name to its handler: `wire`'s table, read once more.
//!
//! JSON ends here: what lies behind takes a typed input and gives a typed output.

use db::Db;
use model::ApiError;
use store::Store;
use wire::{Encode, OperationName};

use crate::pipeline::{self, Call, Handle};

/// Answers up to this size are encoded without the buffer growing.
const ANSWER_BYTES_EXPECTED: usize = 1024;

macro_rules! declare_dispatch {
    ($(($name:ident, $class:ident, $($handling:tt)*),)*) => {
        /// Runs the operation of that name.
        pub(crate) async fn dispatch<S: Store>(
            operation: OperationName,
            db: &Db<S>,
            call: Call<'_>,
            body: &[u8],
        ) -> Result<Vec<u8>, ApiError> {
            match operation {
                $(OperationName::$name => {
                    // Boxed: a request carries its own operation's state, not room for any.
                    Box::pin(answer::<wire::operations::$name, S>(db, call, body)).await
                })*
            }
        }
    };
}

wire::for_each_operation!(declare_dispatch);

/// From a body to the answer's.
async fn answer<O: Handle, S: Store>(
    db: &Db<S>,
    call: Call<'_>,
    body: &[u8],
) -> Result<Vec<u8>, ApiError> {
    let input = wire::decode::<O>(body)?;
    let output = pipeline::run::<O, S>(db, call, input).await?;
    let mut body = Vec::with_capacity(ANSWER_BYTES_EXPECTED);
    output.encode(&mut body);
    Ok(body)
}
