//! TagResource.

use db::Db;
use model::ApiError;
use store::Store;
use wire::operations::tag_resource::{Input, Output, TagResource};

use crate::pipeline::{Access, Call, Facts, Handle, Reach};

impl Handle for TagResource {
    type Request = db::TagResource;
    type Echo = ();
    type Answer = ();

    fn resolve(input: Input) -> Result<(db::TagResource, ()), ApiError> {
        Ok((db::TagResource { resource: input.resource, tags: input.tags }, ()))
    }

    fn facts(request: &db::TagResource) -> Facts<'_> {
        Access::new(&request.resource, Reach::Declaration).into()
    }

    async fn execute<S: Store>(
        db: &Db<S>,
        call: Call<'_>,
        request: db::TagResource,
    ) -> Result<(), ApiError> {
        db.tag_resource(call.scope, request).await
    }

    fn answer((): (), (): ()) -> Output {
        Output
    }
}
