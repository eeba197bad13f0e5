//! Items, their values and the conditions on them.

use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{
    AttributeValue, ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure,
};
use stator_client_tests::{Films, film, item, key, n, s};

#[tokio::test]
async fn every_kind_of_value_comes_back_as_it_was() {
    Films::test(async |films| {
        let mut stored = key("Ufa", 1);
        stored.extend(item([
            ("text", s("grüße, ☃, 𝄞, \u{0}")),
            ("digits", n("-1234567890.1234567890123456789012345678")),
            ("binary", AttributeValue::B(Blob::new([0, 127, 255]))),
            ("yes", AttributeValue::Bool(true)),
            ("nothing", AttributeValue::Null(true)),
            ("list", AttributeValue::L(vec![n(1), s(""), AttributeValue::L(vec![])])),
            ("map", AttributeValue::M(item([("odd name.", AttributeValue::Bool(false))]))),
            ("texts", AttributeValue::Ss(vec!["a".into(), "b".into()])),
            ("numbers", AttributeValue::Ns(vec!["7".into()])),
            ("binaries", AttributeValue::Bs(vec![Blob::new([1])])),
        ]));
        films.put(stored.clone()).await;
        assert_eq!(films.get("Ufa", 1).await, Some(stored));
        assert_eq!(films.get("Ufa", 2).await, None);
    })
    .await;
}

#[tokio::test]
async fn an_update_sets_adds_appends_deletes_and_removes() {
    Films::test(async |films| {
        let mut stored = film("Ufa", 1);
        stored.extend(item([
            ("scenes", AttributeValue::L(vec![s("one")])),
            ("tags", AttributeValue::Ss(vec!["a".into(), "b".into()])),
        ]));
        films.put(stored).await;
        let update = films.client.update_item().table_name(&films.table);
        let updated = update
            .set_key(Some(key("Ufa", 1)))
            .update_expression(
                "SET scenes = list_append(scenes, :scenes), #t = if_not_exists(#t, :title) \
                 ADD votes :one DELETE tags :a REMOVE genre",
            )
            .expression_attribute_names("#t", "title")
            .expression_attribute_values(":scenes", AttributeValue::L(vec![s("two")]))
            .expression_attribute_values(":title", s("M"))
            .expression_attribute_values(":one", n(1))
            .expression_attribute_values(":a", AttributeValue::Ss(vec!["a".into()]))
            .return_values(ReturnValue::AllNew)
            .return_consumed_capacity(ReturnConsumedCapacity::Indexes)
            .send()
            .await
            .unwrap();
        let mut expected = key("Ufa", 1);
        expected.extend(item([
            ("votes", n(11)),
            ("title", s("M")),
            ("scenes", AttributeValue::L(vec![s("one"), s("two")])),
            ("tags", AttributeValue::Ss(vec!["b".into()])),
        ]));
        assert_eq!(updated.attributes, Some(expected));
        // One unit for the table, one to take the entry out of the index.
        let consumed = updated.consumed_capacity.unwrap();
        assert_eq!(consumed.capacity_units, Some(2.0));
        assert!(consumed.global_secondary_indexes.unwrap().contains_key("by-genre"));
    })
    .await;
}

#[tokio::test]
async fn a_failed_condition_is_a_typed_error_that_carries_the_item() {
    Films::test(async |films| {
        films.put(film("Ufa", 1)).await;
        let put = films.client.put_item().table_name(&films.table);
        let error = put
            .set_item(Some(key("Ufa", 1)))
            .condition_expression("attribute_not_exists(studio)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await
            .unwrap_err();
        assert_eq!(error.raw_response().unwrap().status().as_u16(), 400);
        let PutItemError::ConditionalCheckFailedException(refused) = error.into_service_error()
        else {
            panic!("another error than the condition's");
        };
        assert_eq!(refused.message(), Some("The conditional request failed"));
        assert_eq!(refused.item(), Some(&film("Ufa", 1)));
    })
    .await;
}

#[tokio::test]
async fn a_refused_expression_says_why() {
    Films::test(async |films| {
        let update = films.client.update_item().table_name(&films.table);
        let update = update.set_key(Some(key("Ufa", 1))).update_expression("SET a = :b");
        let error = update.send().await.unwrap_err().into_service_error();
        assert_eq!(error.code(), Some("ValidationException"));
        let message = "Invalid UpdateExpression: An expression attribute value used in expression \
                       is not defined; attribute value: :b";
        assert_eq!(error.message(), Some(message));
    })
    .await;
}

#[tokio::test]
async fn a_delete_answers_what_it_deleted() {
    Films::test(async |films| {
        films.put(film("Ufa", 1)).await;
        let delete = films.client.delete_item().table_name(&films.table);
        let deleted = delete
            .set_key(Some(key("Ufa", 1)))
            .condition_expression("votes BETWEEN :low AND :high")
            .expression_attribute_values(":low", n(5))
            .expression_attribute_values(":high", n(10))
            .return_values(ReturnValue::AllOld)
            .send()
            .await
            .unwrap();
        assert_eq!(deleted.attributes, Some(film("Ufa", 1)));
        assert_eq!(films.get("Ufa", 1).await, None);
    })
    .await;
}
