//! Transactions.

use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    CancellationReason, ConditionCheck, Delete, Get, Put, ReturnValuesOnConditionCheckFailure,
    TransactGetItem, TransactWriteItem, Update,
};
use stator_client_tests::{Films, built, film, item, key, n, unique_name};

async fn write(
    films: &Films,
    token: Option<&str>,
    actions: Vec<TransactWriteItem>,
) -> Result<(), TransactWriteItemsError> {
    let request = films.client.transact_write_items().set_transact_items(Some(actions));
    let request = request.set_client_request_token(token.map(str::to_owned));
    request.send().await.map(drop).map_err(|error| error.into_service_error())
}

fn vote(films: &Films, number: u32, votes: u32) -> TransactWriteItem {
    let update = Update::builder()
        .table_name(&films.table)
        .set_key(Some(key("Ufa", number)))
        .update_expression("ADD votes :v")
        .expression_attribute_values(":v", n(votes));
    TransactWriteItem::builder().update(built(update.build())).build()
}

fn put(films: &Films, number: u32) -> TransactWriteItem {
    let put = Put::builder().table_name(&films.table).set_item(Some(film("Ufa", number)));
    TransactWriteItem::builder().put(built(put.build())).build()
}

#[tokio::test]
async fn all_kinds_are_written_at_once_and_read() {
    Films::test(async |films| {
        films.fill("Ufa", 3).await;
        let check = ConditionCheck::builder()
            .table_name(&films.table)
            .set_key(Some(key("Ufa", 0)))
            .condition_expression("attribute_exists(studio)");
        let delete = Delete::builder().table_name(&films.table).set_key(Some(key("Ufa", 2)));
        let actions = vec![
            TransactWriteItem::builder().condition_check(built(check.build())).build(),
            vote(films, 1, 5),
            TransactWriteItem::builder().delete(built(delete.build())).build(),
            put(films, 3),
        ];
        write(films, None, actions).await.unwrap();

        let mut request = films.client.transact_get_items();
        for number in 0..4 {
            let get = Get::builder().table_name(&films.table).set_key(Some(key("Ufa", number)));
            let get = built(get.projection_expression("votes").build());
            request = request.transact_items(TransactGetItem::builder().get(get).build());
        }
        let read = request.send().await.unwrap();
        let votes: Vec<_> = read.responses().iter().map(|response| response.item()).collect();
        let expected = [0, 15, 30].map(|votes| item([("votes", n(votes))]));
        assert_eq!(votes, [Some(&expected[0]), Some(&expected[1]), None, Some(&expected[2])]);
    })
    .await;
}

#[tokio::test]
async fn a_cancelled_transaction_has_a_reason_for_each_action() {
    Films::test(async |films| {
        films.put(film("Ufa", 1)).await;
        let taken = Put::builder()
            .table_name(&films.table)
            .set_item(Some(key("Ufa", 1)))
            .condition_expression("attribute_not_exists(studio)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let taken = TransactWriteItem::builder().put(built(taken.build())).build();
        let error = write(films, None, vec![put(films, 2), taken]).await.unwrap_err();
        let message = "Transaction cancelled, please refer cancellation reasons for specific \
                       reasons [None, ConditionalCheckFailed]";
        assert_eq!(error.message(), Some(message));
        let TransactWriteItemsError::TransactionCanceledException(cancelled) = error else {
            panic!("{error:?} is no cancellation");
        };
        let passed = CancellationReason::builder().code("None").build();
        let failed = CancellationReason::builder()
            .code("ConditionalCheckFailed")
            .message("The conditional request failed")
            .set_item(Some(film("Ufa", 1)))
            .build();
        assert_eq!(cancelled.cancellation_reasons(), [passed, failed]);
        assert_eq!(films.get("Ufa", 2).await, None);
    })
    .await;
}

#[tokio::test]
async fn a_token_makes_a_transaction_happen_once() {
    Films::test(async |films| {
        let name = unique_name();
        let token = Some(&name[..36]);
        write(films, token, vec![vote(films, 1, 1)]).await.unwrap();
        write(films, token, vec![vote(films, 1, 1)]).await.unwrap();
        assert_eq!(films.get("Ufa", 1).await.unwrap()["votes"], n(1));
        let error = write(films, token, vec![vote(films, 1, 2)]).await.unwrap_err();
        assert!(error.is_idempotent_parameter_mismatch_exception());
    })
    .await;
}
