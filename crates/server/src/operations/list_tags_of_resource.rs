//! ListTagsOfResource.

use db::Db;
use model::{ApiError, TableRef};
use store::Store;
use wire::operations::list_tags_of_resource::{Input, ListTagsOfResource, Output};

use crate::pipeline::{Access, Call, Facts, Handle, Reach};

impl Handle for ListTagsOfResource {
    type Request = TableRef;
    type Echo = ();
    type Answer = Vec<(String, String)>;

    fn resolve(input: Input) -> Result<(TableRef, ()), ApiError> {
        Ok((input.resource, ()))
    }

    fn facts(resource: &TableRef) -> Facts<'_> {
        Access::new(resource, Reach::Declaration).into()
    }

    async fn execute<S: Store>(
        db: &Db<S>,
        call: Call<'_>,
        resource: TableRef,
    ) -> Result<Vec<(String, String)>, ApiError> {
        db.list_tags_of_resource(call.scope, &resource)
    }

    fn answer(tags: Vec<(String, String)>, (): ()) -> Output {
        Output { tags }
    }
}
