//! From an operation's name to its handler: `wire`'s table, read once more, for every protocol.

use model::ApiError;
use store::Store;
use wire::{OperationName, Text};

use crate::codec::{Codec, Protocol};
use crate::pipeline::{Call, Handle, Pipeline};

macro_rules! declare_dispatch {
    ($(($name:ident, $class:ident, $($handling:tt)*),)*) => {
        /// Runs the operation of that name, whose input and output `protocol` writes.
        pub(crate) async fn dispatch<P: Protocol, S: Store>(
            protocol: &P,
            pipeline: &Pipeline<S>,
            operation: OperationName,
            call: Call<'_>,
            input: &[u8],
        ) -> Result<Text, ApiError> {
            match operation {
                $(OperationName::$name => {
                    // Boxed: a request carries its own operation's state, not room for any.
                    let answer = answer::<wire::operations::$name, P, S>;
                    Box::pin(answer(protocol, pipeline, call, input)).await
                })*
            }
        }
    };
}

wire::for_each_operation!(declare_dispatch);

/// From the bytes of an input to those of an output. An input may be large, and what is made of it as
/// large as itself; a long output becomes text while it is sent.
async fn answer<O: Handle, P: Codec<O>, S: Store>(
    protocol: &P,
    pipeline: &Pipeline<S>,
    call: Call<'_>,
    input: &[u8],
) -> Result<Text, ApiError> {
    let schema = pipeline.db.schema(call.scope);
    let bind = || O::bind(protocol.input(input)?, schema);
    let bound = pipeline.bulk.run(input.len(), bind).await?;
    let output = pipeline.run::<O>(call, bound).await?;
    Ok(protocol.output(&output))
}

#[cfg(test)]
mod protocols;
#[cfg(test)]
mod tests;
