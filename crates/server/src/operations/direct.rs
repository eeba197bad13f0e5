//! The operations that need nothing but a function of `db`: their rows of the table say which.

use std::borrow::Cow;

use db::{Db, SchemaView};
use model::api::CreateTableInput;
use model::{ApiError, StreamArn, TableRef};
use store::Store;
use wire::Operation;

use crate::pipeline::{Access, Accesses, Call, Handle, Resource};

macro_rules! bind {
    ($(($name:ident, $class:ident, $($handling:tt)*),)*) => {
        $(bind_one!($name $($handling)*);)*
    };
}

macro_rules! bind_one {
    ($name:ident by_hand) => {};
    ($name:ident direct $function:ident($($touches:tt)*)) => {
        impl Handle for wire::operations::$name {
            type Request = <Self as Operation>::Input;
            type Echo = ();
            type Answer = <Self as Operation>::Output;

            fn bind(
                input: Self::Request,
                _: SchemaView<'_>,
            ) -> Result<(Self::Request, ()), ApiError> {
                Ok((input, ()))
            }

            fn accesses<'a>(request: &'a Self::Request, (): &()) -> Accesses<'a> {
                touched!($name request $($touches)*)
            }

            async fn execute<S: Store>(
                db: &Db<S>,
                call: Call<'_>,
                request: Self::Request,
            ) -> Result<Self::Answer, ApiError> {
                db.$function(call.scope, request).await
            }

            fn answer(answer: Self::Answer, (): ()) -> Self::Answer {
                answer
            }
        }
    };
}

/// What the request touches: by its own function, in the member that the row names, or at large.
macro_rules! touched {
    ($name:ident $request:ident by $function:ident) => {
        $function($request)
    };
    ($name:ident $request:ident holder $member:ident) => {{
        let action = concat!("dynamodb:", stringify!($name));
        Access::new(action, policy_holder(&$request.$member)).alone()
    }};
    ($name:ident $request:ident $($member:ident)?) => {{
        let resource = touched!(@resource $request $($member)?);
        let action = concat!("dynamodb:", stringify!($name));
        Access::new(action, resource).alone()
    }};
    (@resource $request:ident $member:ident) => { Resource::from(&$request.$member) };
    (@resource $request:ident) => {{
        let _ = $request;
        Resource::Any
    }};
}

wire::for_each_operation!(bind);

/// What has a policy: a table, or a stream.
fn policy_holder(resource: &TableRef) -> Resource<'_> {
    match StreamArn::parse(resource.as_str()) {
        Some(stream) => Resource::Stream(Cow::Owned(stream)),
        None => Resource::Table(resource),
    }
}

/// Tags and a policy are the business of actions of their own.
fn create_table(input: &CreateTableInput) -> Accesses<'_> {
    let table = |action| Access::new(action, &input.table_name);
    let is_tagged = input.tags.as_ref().is_some_and(|tags| !tags.is_empty());
    let tags = is_tagged.then(|| table("dynamodb:TagResource"));
    let policy = input.resource_policy.as_ref().map(|_| table("dynamodb:PutResourcePolicy"));
    [table("dynamodb:CreateTable")].into_iter().chain(tags).chain(policy).collect()
}
