//! Queries and scans.

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use stator_client_tests::{Films, Item, film, n, numbers, s};
use tokio::task::JoinSet;

#[tokio::test]
async fn the_paginator_follows_the_pages_of_a_query() {
    Films::test(async |films| {
        films.fill("Ufa", 7).await;
        let mut pages = films
            .client
            .query()
            .table_name(&films.table)
            .key_condition_expression("studio = :s AND #n BETWEEN :from AND :to")
            .expression_attribute_names("#n", "number")
            .expression_attribute_values(":s", s("Ufa"))
            .expression_attribute_values(":from", n(1))
            .expression_attribute_values(":to", n(5))
            .scan_index_forward(false)
            .into_paginator()
            .page_size(2)
            .send();
        let mut read = Vec::new();
        while let Some(page) = pages.next().await {
            read.push(numbers(page.unwrap().items()));
        }
        assert_eq!(read, [vec![5, 4], vec![3, 2], vec![1]]);
    })
    .await;
}

#[tokio::test]
async fn a_query_filters_projects_and_counts_capacity() {
    Films::test(async |films| {
        films.fill("Ufa", 5).await;
        let query = films.client.query().table_name(&films.table);
        let page = query
            .key_condition_expression("studio = :s")
            .filter_expression("votes > :v")
            .projection_expression("#n")
            .expression_attribute_names("#n", "number")
            .expression_attribute_values(":s", s("Ufa"))
            .expression_attribute_values(":v", n(15))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .unwrap();
        assert_eq!(numbers(page.items()), [2, 3, 4]);
        assert!(page.items().iter().all(|item| item.len() == 1));
        assert_eq!((page.count, page.scanned_count), (3, 5));
        assert_eq!(page.consumed_capacity.unwrap().capacity_units, Some(0.5));
    })
    .await;
}

#[tokio::test]
async fn a_global_index_is_queried() {
    Films::test(async |films| {
        films.fill("Ufa", 6).await;
        let query = films.client.query().table_name(&films.table).index_name("by-genre");
        let items = query
            .key_condition_expression("genre = :g AND #n > :n")
            .expression_attribute_names("#n", "number")
            .expression_attribute_values(":g", s("odd"))
            .expression_attribute_values(":n", n(1))
            .into_paginator()
            .items()
            .send();
        let items = items.collect::<Result<Vec<Item>, _>>().await.unwrap();
        assert_eq!(items, [film("Ufa", 3), film("Ufa", 5)]);
    })
    .await;
}

#[tokio::test]
async fn segments_of_a_scan_together_are_the_table() {
    Films::test(async |films| {
        for number in 0..40 {
            films.put(film(&format!("studio {number}"), number)).await;
        }
        let mut segments = JoinSet::new();
        for segment in 0..4 {
            let scan = films.client.scan().table_name(&films.table);
            let scan = scan.segment(segment).total_segments(4).into_paginator().page_size(3);
            segments.spawn(scan.items().send().collect::<Result<Vec<Item>, _>>());
        }
        let mut found = Vec::new();
        while let Some(segment) = segments.join_next().await {
            found.extend(numbers(&segment.unwrap().unwrap()));
        }
        found.sort_unstable();
        assert_eq!(found, (0..40).collect::<Vec<u32>>());
    })
    .await;
}
