//! From an operation's name to its handler: `wire`'s table, read once more.

use db::Db;
use model::ApiError;
use store::Store;
use wire::OperationName;

use crate::pipeline::{self, Call};

macro_rules! declare_dispatch {
    ($(($name:ident, $module:ident, $class:ident),)*) => {
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
                    Box::pin(pipeline::run::<wire::operations::$module::$name, S>(db, call, body))
                        .await
                })*
            }
        }
    };
}

wire::for_each_operation!(declare_dispatch);
