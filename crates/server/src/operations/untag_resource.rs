//! UntagResource.

use db::Db;
use model::ApiError;
use store::Store;
use wire::operations::untag_resource::{Input, Output, UntagResource};

use crate::pipeline::{Access, Call, Facts, Handle, Reach};

impl Handle for UntagResource {
    type Request = db::UntagResource;
    type Echo = ();
    type Answer = ();

    fn resolve(input: Input) -> Result<(db::UntagResource, ()), ApiError> {
        Ok((db::UntagResource { resource: input.resource, keys: input.keys }, ()))
    }

    fn facts(request: &db::UntagResource) -> Facts<'_> {
        Access::new(&request.resource, Reach::Declaration).into()
    }

    async fn execute<S: Store>(
        db: &Db<S>,
        call: Call<'_>,
        request: db::UntagResource,
    ) -> Result<(), ApiError> {
        db.untag_resource(call.scope, request).await
    }

    fn answer((): (), (): ()) -> Output {
        Output
    }
}
