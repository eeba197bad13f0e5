//! UpdateTimeToLive.

use db::Db;
use model::ApiError;
use store::Store;
use wire::operations::update_time_to_live::{Input, Output, UpdateTimeToLive};

use crate::pipeline::{Access, Call, Facts, Handle, Reach};

impl Handle for UpdateTimeToLive {
    type Request = db::UpdateTimeToLive;
    type Echo = Output;
    type Answer = ();

    fn resolve(input: Input) -> Result<(db::UpdateTimeToLive, Output), ApiError> {
        let Input { table, attribute, enabled } = input;
        let echo = Output { attribute: attribute.clone(), enabled };
        Ok((db::UpdateTimeToLive { table, attribute, enabled }, echo))
    }

    fn facts(request: &db::UpdateTimeToLive) -> Facts<'_> {
        Access::new(&request.table, Reach::Declaration).into()
    }

    async fn execute<S: Store>(
        db: &Db<S>,
        call: Call<'_>,
        request: db::UpdateTimeToLive,
    ) -> Result<(), ApiError> {
        db.update_time_to_live(call.scope, request).await
    }

    fn answer((): (), echo: Output) -> Output {
        echo
    }
}
