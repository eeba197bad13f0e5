//! CreateTable, DescribeTable, ListTables, DeleteTable.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use model::api::{CreateTableInput, ListTablesInput, TableStatus, UpdateTableInput};
use model::{
    ApiError, AttributeDefinition, BillingMode, KeyRole, KeySchemaElement, ProjectionDeclaration,
    ProjectionType, ProvisionedThroughput, ScalarType, Scope, TableRef, Unsupported,
};
use support::*;

async fn create_error(declaration: CreateTableInput) -> String {
    refused(in_memory().await.create_table(&scope(), declaration).await)
}

fn define(mut declaration: CreateTableInput, name: &str) -> CreateTableInput {
    let definition = AttributeDefinition { name: name.into(), scalar_type: ScalarType::S };
    declaration.attribute_definitions.as_mut().unwrap().push(definition);
    declaration
}

#[tokio::test]
async fn a_table_is_creating_once_then_active_then_deleting_once_then_gone() {
    let db = in_memory().await;
    let created = db.table_created(&scope(), table("t1", "p:S", None)).await.unwrap();
    assert_eq!(created.table_status, Some(TableStatus::Creating));
    let arn = created.table_arn.unwrap();
    assert_eq!(arn, "arn:aws:dynamodb:us-east-1:000000000000:table/t1");
    assert_eq!(created.creation_date_time_ms, Some(1_700_000_000_000));

    let described = db.table_described(&scope(), TableRef::new("t1")).await.unwrap();
    assert_eq!(described.table_status, Some(TableStatus::Active));
    assert_eq!(described.sizes(), (0, 0));
    let by_arn = db.table_described(&scope(), TableRef::new(arn)).await.unwrap();
    assert_eq!(by_arn, described);

    let deleted = db.table_deleted(&scope(), TableRef::new("t1")).await.unwrap();
    assert_eq!(deleted.table_status, Some(TableStatus::Deleting));
    assert_eq!(deleted.sizes(), (0, 0));
    assert_eq!(
        (&deleted.key_schema, &deleted.attribute_names()),
        (&None, &vec![]),
        "little is left"
    );
    let gone = db.table_described(&scope(), TableRef::new("t1")).await.unwrap_err();
    let message = "Requested resource not found: Table: t1 not found";
    assert_eq!(gone, ApiError::ResourceNotFound(message.into()));
    let gone = db.table_deleted(&scope(), TableRef::new("t1")).await.unwrap_err();
    assert_eq!(gone, ApiError::ResourceNotFound(message.into()));
    db.settled().await;
}

#[tokio::test]
async fn a_name_is_taken_once_per_account_and_region() {
    let db = in_memory().await;
    db.create_table(&scope(), table("t1", "p:S", None)).await.unwrap();
    let taken = db.table_created(&scope(), table("t1", "q:N", None)).await.unwrap_err();
    assert_eq!(taken, ApiError::ResourceInUse("Table already exists: t1".into()));

    let elsewhere = Scope { region: "eu-west-1".into(), ..scope() };
    db.create_table(&elsewhere, table("t1", "p:S", None)).await.unwrap();
    write(&db, "t1", map([("p", s("a"))])).await;
    let empty = db.table_described(&elsewhere, TableRef::new("t1")).await.unwrap();
    assert_eq!(empty.item_count, Some(0));
    let foreign = "arn:aws:dynamodb:eu-west-1:000000000000:table/t1";
    assert!(db.table_described(&scope(), TableRef::new(foreign)).await.is_err());
}

#[tokio::test]
async fn of_simultaneous_creations_of_one_name_one_succeeds() {
    let db = std::sync::Arc::new(in_memory().await);
    let attempts: Vec<_> = (0..8)
        .map(|_| {
            let db = std::sync::Arc::clone(&db);
            tokio::spawn(async move {
                db.create_table(&scope(), table("t1", "p:S", None)).await.is_ok()
            })
        })
        .collect();
    let mut created = 0;
    for attempt in attempts {
        created += usize::from(attempt.await.unwrap());
    }
    assert_eq!(created, 1);
}

#[tokio::test]
async fn tables_are_listed_sorted_and_in_pages() {
    let db = in_memory().await;
    for name in ["ccc", "aaa", "bbb"] {
        db.create_table(&scope(), table(name, "p:S", None)).await.unwrap();
    }
    let list = |after: Option<&str>, limit| {
        let exclusive_start_table_name = after.map(str::to_owned);
        let request = ListTablesInput { exclusive_start_table_name, limit };
        let db = &db;
        async move {
            let answer = db.list_tables(&scope(), request).await.unwrap();
            (answer.table_names.unwrap().join(" "), answer.last_evaluated_table_name)
        }
    };
    assert_eq!(list(None, None).await, ("aaa bbb ccc".into(), None));
    assert_eq!(list(None, Some(2)).await, ("aaa bbb".into(), Some("bbb".into())));
    assert_eq!(list(Some("bbb"), Some(2)).await, ("ccc".into(), None));
    assert_eq!(list(Some("abc"), Some(1)).await, ("bbb".into(), Some("bbb".into())));
    assert_eq!(list(None, Some(3)).await, ("aaa bbb ccc".into(), None));
}

#[tokio::test]
async fn a_protected_table_stays() {
    let db = in_memory().await;
    let declaration =
        CreateTableInput { deletion_protection_enabled: Some(true), ..table("t1", "p:S", None) };
    db.create_table(&scope(), declaration).await.unwrap();
    let message = refused(db.table_deleted(&scope(), TableRef::new("t1")).await);
    assert!(message.contains("protected against deletion"), "{message}");
    assert!(db.table_described(&scope(), TableRef::new("t1")).await.is_ok());
}

#[tokio::test]
async fn counts_and_sizes_are_exact_for_table_and_indexes() {
    let db = in_memory().await;
    let declaration = with_global(
        table("t1", "p:S", None),
        "sparse",
        (&["x:S"], &[]),
        projection(ProjectionType::KeysOnly, &[]),
    );
    db.create_table(&scope(), declaration).await.unwrap();
    write(&db, "t1", map([("p", s("a")), ("data", s("12345"))])).await;
    write(&db, "t1", map([("p", s("b")), ("x", s("y")), ("data", s("1"))])).await;
    let sizes = || async {
        let table = db.table_described(&scope(), TableRef::new("t1")).await.unwrap();
        (table.sizes(), table.globals()[0].sizes())
    };
    // Names and values: p a data 12345, and p b x y data 1; the index has p b x y.
    assert_eq!(sizes().await, ((2, 11 + 9), (1, 4)));
    write(&db, "t1", map([("p", s("b")), ("x", s("yy"))])).await;
    assert_eq!(sizes().await, ((2, 11 + 5), (1, 5)));
    db.delete_item(&scope(), delete("t1", map([("p", s("b"))]))).await.unwrap();
    db.delete_item(&scope(), delete("t1", map([("p", s("nobody"))]))).await.unwrap();
    assert_eq!(sizes().await, ((1, 11), (0, 0)));
}

#[tokio::test]
async fn tables_and_their_items_are_there_after_reopening() {
    let store = slow_store();
    let clock = TestClock::new(1);
    let declaration = with_global(table("t1", "p:S", None), "gsi", (&["x:N"], &[]), all());
    let first = open(store.clone(), &clock).await;
    first.create_table(&scope(), declaration).await.unwrap();
    write(&first, "t1", map([("p", s("a")), ("x", n("1"))])).await;
    let before = first.table_described(&scope(), TableRef::new("t1")).await.unwrap();

    let second = open(store, &clock).await;
    let described = second.table_described(&scope(), TableRef::new("t1")).await.unwrap();
    assert_eq!(described, before);
    let found = second
        .query(
            &scope(),
            stator_db::Query {
                index: Some("gsi".into()),
                ..query("t1", key_condition("x = :x", &[("x", n("1"))]))
            },
        )
        .await
        .unwrap();
    assert_eq!(column(&found, "p"), [s("a")]);
}

#[tokio::test]
async fn a_table_created_anew_has_nothing_of_the_old_one() {
    let store = slow_store();
    let db = open(store.clone(), &TestClock::new(1)).await;
    for round in 0..3 {
        let declaration = with_global(table("t1", "p:S", None), "gsi", (&["x:S"], &[]), all());
        db.create_table(&scope(), declaration).await.unwrap();
        assert_eq!(read(&db, "t1", map([("p", s("a"))])).await, None, "round {round}");
        write(&db, "t1", map([("p", s("a")), ("x", s("b"))])).await;
        db.table_deleted(&scope(), TableRef::new("t1")).await.unwrap();
    }
    // The rows go in the background; then only the hand-out of spaces remains.
    while everything(&store).await != 1 {
        tokio::task::yield_now().await;
    }
    assert_eq!(rows(&store, 0, 0x71).await.len(), 1);
}

#[tokio::test]
async fn a_drop_that_was_cut_short_is_finished_at_the_next_open() {
    let store = slow_store();
    let clock = TestClock::new(1);
    let db = open(store.clone(), &clock).await;
    let declaration = with_global(table("t1", "p:S", None), "gsi", (&["x:S"], &[]), all());
    db.create_table(&scope(), declaration).await.unwrap();
    write(&db, "t1", map([("p", s("a")), ("x", s("b"))])).await;
    store.keep_ranges(true);
    db.table_deleted(&scope(), TableRef::new("t1")).await.unwrap();
    assert!(db.table_described(&scope(), TableRef::new("t1")).await.is_err());
    assert_eq!(rows(&store, 0, 0x72).await.len(), 2);

    store.keep_ranges(false);
    let reopened = open(store.clone(), &clock).await;
    assert!(reopened.table_described(&scope(), TableRef::new("t1")).await.is_err());
    while everything(&store).await != 1 {
        tokio::task::yield_now().await;
    }
    // A table created meanwhile has spaces of its own.
    let created = reopened.table_created(&scope(), table("t1", "p:S", None)).await.unwrap();
    assert_eq!(created.item_count, Some(0));
    write(&reopened, "t1", map([("p", s("a"))])).await;
    assert_eq!((rows(&store, 16, 0x01).await.len(), rows(&store, 18, 0x01).await.len()), (0, 1));
}

#[tokio::test]
async fn writes_during_a_drop_are_carried_out_or_find_no_table() {
    let db = std::sync::Arc::new(in_memory().await);
    db.create_table(&scope(), table("t1", "p:N", None)).await.unwrap();
    let writers: Vec<_> = (0..20)
        .map(|number| {
            let db = std::sync::Arc::clone(&db);
            tokio::spawn(async move {
                db.put_item(&scope(), put("t1", map([("p", n(&number.to_string()))]))).await
            })
        })
        .collect();
    tokio::task::yield_now().await;
    db.table_deleted(&scope(), TableRef::new("t1")).await.unwrap();
    for writer in writers {
        match writer.await.unwrap() {
            Ok(_) => {}
            Err(error) => assert!(matches!(error, ApiError::ResourceNotFound(_)), "{error:?}"),
        }
    }
    db.settled().await;
}

#[tokio::test]
async fn billing_mode_and_throughput_must_agree() {
    let units = Some(ProvisionedThroughput { read: 1, write: 1 });
    let both = CreateTableInput { provisioned_throughput: units, ..table("t1", "p:S", None) };
    assert_eq!(
        create_error(both).await,
        "One or more parameter values were invalid: Neither ReadCapacityUnits nor \
         WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST"
    );
    let neither = CreateTableInput { billing_mode: None, ..table("t1", "p:S", None) };
    assert_eq!(
        create_error(neither).await,
        "One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must \
         both be specified when BillingMode is PROVISIONED"
    );
    let mode = Some(BillingMode::Provisioned);
    let provisioned = CreateTableInput {
        provisioned_throughput: units,
        billing_mode: mode,
        ..table("t1", "p:S", None)
    };
    let created = in_memory().await.table_created(&scope(), provisioned).await.unwrap();
    assert_eq!(created.provisioned_throughput.unwrap().read_capacity_units, Some(1));
}

#[tokio::test]
async fn key_schema_and_definitions_must_agree() {
    let cases = [
        (
            define(table("t1", "p:S", None), "unused"),
            "One or more parameter values were invalid: Number of attributes in KeySchema does not \
             exactly match number of attributes defined in AttributeDefinitions",
        ),
        (
            define(with_global(table("t1", "p:S", None), "gsi", (&["x:S"], &[]), all()), "unused"),
            "One or more parameter values were invalid: Some AttributeDefinitions are not used. \
             AttributeDefinitions: [p, x, unused], keys used: [p, x]",
        ),
        (
            CreateTableInput {
                attribute_definitions: Some(Vec::new()),
                ..table("t1", "p:S", None)
            },
            "Invalid KeySchema: Some index key attribute have no definition",
        ),
        (
            CreateTableInput { attribute_definitions: None, ..table("t1", "p:S", Some("c:S")) },
            "One or more parameter values were invalid: Some index key attributes are not defined \
             in AttributeDefinitions. Keys: [p, c], AttributeDefinitions: []",
        ),
        (define(table("t1", "p:S", None), "p"), "Attribute Name is duplicated: p"),
        (
            table("t1", "p:S", Some("p:S")),
            "Both the Hash Key and the Range Key element in the KeySchema have the same name",
        ),
    ];
    for (declaration, message) in cases {
        assert_eq!(create_error(declaration).await, message);
    }
}

#[tokio::test]
async fn key_roles_come_in_order() {
    for (position, role, message) in [
        (0, KeyRole::Range, "Invalid KeySchema: The first KeySchemaElement is not a HASH key type"),
        (
            1,
            KeyRole::Hash,
            "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type",
        ),
    ] {
        let mut declaration = table("t1", "p:S", Some("c:S"));
        declaration.key_schema.as_mut().unwrap()[position].role = role;
        assert_eq!(create_error(declaration).await, message);
    }
}

#[tokio::test]
async fn local_indexes_share_the_hash_key_and_have_a_range_key() {
    let base = || table("t1", "p:S", Some("c:S"));
    let mut no_range = with_local(base(), "lsi", "x:S", all());
    no_range.local_secondary_indexes.as_mut().unwrap()[0].key_schema.truncate(1);
    let mut other_hash = with_local(base(), "lsi", "x:S", all());
    other_hash.local_secondary_indexes.as_mut().unwrap()[0].key_schema[0].name = "c".into();
    let cases = [
        (
            with_local(table("t1", "p:S", None), "lsi", "x:S", all()),
            "Table KeySchema does not have a range key, which is required when specifying a \
             LocalSecondaryIndex",
        ),
        (no_range, "Index KeySchema does not have a range key for index: lsi"),
        (
            other_hash,
            "Index KeySchema does not have the same leading hash key as table KeySchema for \
             index: lsi. index hash key: c, table hash key: p",
        ),
        (
            CreateTableInput { local_secondary_indexes: Some(Vec::new()), ..base() },
            "List of LocalSecondaryIndexes is empty",
        ),
    ];
    for (declaration, message) in cases {
        let expected = format!("One or more parameter values were invalid: {message}");
        assert_eq!(create_error(declaration).await, expected);
    }
}

#[tokio::test]
async fn index_names_and_counts_are_limited() {
    let global = |declaration, name: &str| with_global(declaration, name, (&["x:S"], &[]), all());
    let twice = global(global(table("t1", "p:S", None), "same"), "same");
    assert_eq!(
        create_error(twice).await,
        "One or more parameter values were invalid: Duplicate index name: same"
    );
    let base = table("t1", "p:S", Some("c:S"));
    let across = with_local(global(base, "same"), "same", "x:S", all());
    assert!(create_error(across).await.ends_with("Duplicate index name: same"));

    let many = |count: usize| {
        let names = (0..count).map(|number| format!("gsi{number}"));
        names.fold(table("t1", "p:S", None), |declaration, name| global(declaration, &name))
    };
    assert!(in_memory().await.create_table(&scope(), many(20)).await.is_ok());
    assert_eq!(
        create_error(many(21)).await,
        "One or more parameter values were invalid: GlobalSecondaryIndex count exceeds the \
         per-table limit of 20"
    );
    let locals = (0..6).fold(table("t1", "p:S", Some("c:S")), |declaration, number| {
        with_local(declaration, &format!("lsi{number}"), "x:S", all())
    });
    assert_eq!(
        create_error(locals).await,
        "One or more parameter values were invalid: LocalSecondaryIndex count exceeds the \
         per-table limit of 5"
    );
}

#[tokio::test]
async fn projections_are_checked() {
    let unknown = ProjectionDeclaration::default();
    let empty = projection(ProjectionType::Include, &[]);
    let cases = [
        (unknown, "Unknown ProjectionType: null"),
        (empty, "ProjectionType is INCLUDE, but NonKeyAttributes is not specified"),
        (
            projection(ProjectionType::All, &["a"]),
            "ProjectionType is ALL, but NonKeyAttributes is specified",
        ),
        (
            projection(ProjectionType::KeysOnly, &["a"]),
            "ProjectionType is KEYS_ONLY, but NonKeyAttributes is specified",
        ),
        (
            projection(ProjectionType::Include, &["a", "a"]),
            "Duplicate element in NonKeyAttributes: a",
        ),
    ];
    for (projection, message) in cases {
        let declaration = with_global(table("t1", "p:S", None), "gsi", (&["x:S"], &[]), projection);
        let expected = format!("One or more parameter values were invalid: {message}");
        assert_eq!(create_error(declaration).await, expected);
    }
}

#[tokio::test]
async fn global_keys_have_up_to_four_hash_then_four_range_attributes() {
    let four: [&[&str]; 2] = [&["a:S", "b:N", "c:B", "d:S"], &["e:S", "f:N", "g:B", "h:S"]];
    let declare = |hash: &[&str], range: &[&str]| {
        with_global(table("t1", "p:S", None), "gsi", (hash, range), all())
    };
    let created = in_memory().await.table_created(&scope(), declare(four[0], four[1])).await;
    let key = created.unwrap().globals()[0].key_schema.clone().unwrap();
    assert_eq!(key.iter().filter(|element| element.role == KeyRole::Range).count(), 4);

    let five = ["a:S", "b:S", "c:S", "d:S", "e:S"];
    let prefix = "One or more parameter values were invalid: ";
    assert_eq!(
        create_error(declare(&five, &[])).await,
        format!("{prefix}The KeySchema exceeds the maximum allowed number of HASH key attributes")
    );
    assert_eq!(
        create_error(declare(&["h:S"], &five)).await,
        format!("{prefix}The KeySchema exceeds the maximum allowed number of RANGE key attributes")
    );
    assert_eq!(
        create_error(declare(&["a:S", "a:S"], &[])).await,
        "The KeySchema contains multiple key attributes with the same name"
    );
    let mut interleaved = declare(&["a:S", "b:S"], &["c:S"]);
    interleaved.global_secondary_indexes.as_mut().unwrap()[0].key_schema.swap(1, 2);
    assert_eq!(
        create_error(interleaved).await,
        format!(
            "{prefix}All HASH key attributes must precede RANGE key attributes in the KeySchema"
        )
    );
    let mut undefined = declare(&["a:S"], &[]);
    undefined.attribute_definitions.as_mut().unwrap().pop();
    assert_eq!(
        create_error(undefined).await,
        format!(
            "{prefix}Some index key attributes are not defined in AttributeDefinitions. Keys: [a], \
             AttributeDefinitions: [p]"
        )
    );
}

#[tokio::test]
async fn update_table_refuses_what_there_is_not_yet() {
    let db = in_memory().await;
    db.create_table(&scope(), table("t1", "p:S", None)).await.unwrap();
    let replicas = UpdateTableInput { replica_updates: Some(Unsupported), ..update_of("t1") };
    let message = refused(db.update_table(&scope(), replicas).await);
    assert_eq!(message, "ReplicaUpdates is not supported");
    let consistency = Some(Unsupported);
    let strong = UpdateTableInput { multi_region_consistency: consistency, ..update_of("t1") };
    let message = refused(db.update_table(&scope(), strong).await);
    assert_eq!(message, "MultiRegionConsistency is not supported");
}

/// Would each be searched for among the others, this took ten thousand million looks.
#[tokio::test]
async fn many_definitions_and_many_elements_of_keys_are_refused_alike() {
    let db = in_memory().await;
    let names = || (0..100_000).map(|at| format!("a{at}"));
    let attribute = |name| AttributeDefinition { name, scalar_type: ScalarType::S };
    let element = |name| KeySchemaElement { name, role: KeyRole::Hash };
    let declaration = CreateTableInput {
        attribute_definitions: Some(names().map(attribute).collect()),
        key_schema: Some(names().map(element).collect()),
        ..table("t", "p:S", None)
    };
    assert_eq!(
        refused(db.create_table(&scope(), declaration).await),
        "Invalid KeySchema: The KeySchema has more than two elements"
    );
}
