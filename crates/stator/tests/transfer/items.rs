//! Files of items that others wrote.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use crate::films::{assert_same, films, keyed_by_number, with_odd_films};
use crate::folder::Folder;

/// A folder with the empty table `films`, keyed by the number `id`, in `data`.
async fn with_empty_table(name: &str) -> Folder {
    let folder = Folder::new(name);
    folder.served("data", &[("CreateTable", keyed_by_number("films"))]).await;
    folder
}

fn into_films<'a>(files: &[&'a str]) -> Vec<&'a str> {
    [&["import", "--data-dir", "data", "--table", "films"][..], files].concat()
}

fn id(id: u32) -> Value {
    json!({"id": {"N": id.to_string()}})
}

/// The ids in the table, in the order of their keys.
async fn ids(folder: &Folder) -> Vec<u32> {
    let answers = folder.served("data", &[("Scan", json!({"TableName": "films"}))]).await;
    let items = answers[0]["Items"].as_array().unwrap().iter();
    let mut ids: Vec<u32> =
        items.map(|item| item["id"]["N"].as_str().unwrap().parse().unwrap()).collect();
    ids.sort_unstable();
    ids
}

fn gzip(folder: &Folder, file: &str) {
    assert!(Command::new("gzip").arg(folder.path(file)).status().unwrap().success());
}

#[tokio::test]
async fn a_table_moves_by_the_files_that_dynamodb_and_its_command_line_write() {
    let folder = with_odd_films("moved").await;
    // What `aws dynamodb describe-table` and `aws dynamodb scan` print.
    let questions =
        [("DescribeTable", json!({"TableName": "films"})), ("Scan", json!({"TableName": "films"}))];
    let answers = folder.served("data", &questions).await;
    fs::write(folder.path("table.json"), format!("{:#}", answers[0])).unwrap();
    fs::write(folder.path("items.json"), format!("{:#}", answers[1])).unwrap();
    gzip(&folder, "items.json");
    let said = folder.done(&[
        "import",
        "--data-dir",
        "copy",
        "--table",
        "films",
        "--create-from",
        "table.json",
        "items.json.gz",
    ]);
    assert!(
        said.starts_with("imported into films: 4 items created, 0 replaced, 0 deleted\n"),
        "{said}"
    );
    let copied = folder.served("copy", &questions).await;
    assert_eq!(copied[1], answers[1]);
    for member in ["KeySchema", "LocalSecondaryIndexes", "BillingModeSummary", "ItemCount"] {
        assert_eq!(copied[0]["Table"][member], answers[0]["Table"][member]);
    }
    assert_ne!(copied[0]["Table"]["TableId"], answers[0]["Table"]["TableId"]);
}

#[tokio::test]
async fn lines_arrays_and_requests_put_replace_and_delete() {
    let folder = with_empty_table("kinds").await;
    let lines = [1, 2, 3, 4].map(|number| format!("{}\n", json!({"Item": id(number)})));
    fs::write(folder.path("lines.json"), lines.concat()).unwrap();
    let scan = json!({"Items": [id(4), id(5)], "Count": 2, "NextToken": "e30="});
    fs::write(folder.path("scan.json"), scan.to_string()).unwrap();
    let requests = json!({"films": [
        {"PutRequest": {"Item": id(6)}}, {"DeleteRequest": {"Key": id(1)}},
    ]});
    fs::write(folder.path("requests.json"), requests.to_string()).unwrap();
    let said = folder.done(&into_films(&["lines.json", "scan.json", "requests.json"]));
    assert_eq!(
        said,
        "imported into films: 6 items created, 1 replaced, 1 deleted\n\
         scan.json holds a part of its table only: it names where the next page begins\n"
    );
    assert_eq!(ids(&folder).await, [2, 3, 4, 5, 6]);
}

#[tokio::test]
async fn the_folder_of_an_export_to_s3_is_imported_by_its_manifest() {
    let folder = with_empty_table("s3").await;
    fs::create_dir_all(folder.path("0169/data")).unwrap();
    let mut manifest = String::new();
    for part in 0..3 {
        let lines = [0, 1].map(|half| format!("{}\n", json!({"Item": id(part * 2 + half)})));
        let file = format!("part-{part}.json");
        fs::write(folder.path("0169/data").join(&file), lines.concat()).unwrap();
        gzip(&folder, &format!("0169/data/{file}"));
        let key = format!("AWSDynamoDB/0169/data/{file}.gz");
        manifest += &format!("{}\n", json!({"itemCount": 2, "dataFileS3Key": key}));
    }
    fs::write(folder.path("0169/manifest-files.json"), &manifest).unwrap();
    folder.done(&into_films(&["0169"]));
    assert_eq!(ids(&folder).await, [0, 1, 2, 3, 4, 5]);

    let wrong = manifest.replacen("\"itemCount\":2", "\"itemCount\":3", 1);
    fs::write(folder.path("0169/manifest-files.json"), wrong).unwrap();
    let line = folder.refusal(&into_films(&["0169"]));
    assert!(line.contains("part-0.json.gz has 2 items, and its manifest says 3"), "{line}");
}

#[tokio::test]
async fn a_bad_line_is_named_and_a_table_that_is_created_along_is_not() {
    let folder = with_empty_table("bad").await;
    fs::write(folder.path("table.json"), keyed_by_number("new").to_string()).unwrap();
    for (bad, reason) in [
        (
            json!({"id": {"S": "x"}}),
            "One or more parameter values were invalid: Type mismatch for \
             key id expected: N actual: S",
        ),
        (json!({"id": {"N": "x"}}), "The parameter cannot be converted to a numeric value: x"),
        (
            json!({"x": {"N": "1"}}),
            "One or more parameter values were invalid: Missing the key id \
             in the item",
        ),
    ] {
        let text = [json!({"Item": id(1)}), json!({"Item": bad})].map(|line| format!("{line}\n"));
        fs::write(folder.path("items.json"), text.concat()).unwrap();
        let line = folder.refusal(&into_films(&["items.json"]));
        let again = "a part may be imported; import again when it is mended";
        assert_eq!(line, format!("{again}: items.json: line 2: {reason}"));
        let create = ["--table", "new", "--create-from", "table.json", "items.json"];
        let line = folder.refusal(&[&["import", "--data-dir", "data"][..], &create].concat());
        assert_eq!(line, format!("nothing was imported: items.json: line 2: {reason}"));
        assert_eq!(folder.tables("data").await, json!(["films"]));
    }
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused_before_anything_is_touched() {
    let folder = with_odd_films("meant").await;
    folder.done(&["export", "--data-dir", "data", "--output", "films.export"]);
    fs::write(folder.path("items.json"), "{\"Items\":[]}").unwrap();
    fs::write(folder.path("table.json"), films().to_string()).unwrap();
    let create = &["--create-from", "table.json", "--table", "films"][..];
    for (arguments, reason) in [
        (&["items.json"][..], "items.json is no Stator export; files of items need one --table"),
        (&["films.export", "items.json"], "films.export is a Stator export; import it by itself"),
        (&[create, &["films.export"]].concat(), "an export says itself how its tables are created"),
        (&["nowhere"], "cannot read nowhere: No such file or directory (os error 2)"),
        (
            &["--table", "films", "items.json"],
            "there is no data in new; name the data directory with --data-dir",
        ),
    ] {
        let line = folder.refusal(&[&["import", "--data-dir", "new"], arguments].concat());
        assert_eq!(line, reason);
    }
    let names = ["data", "data.key", "data.seen", "films.export", "items.json", "table.json"];
    assert_eq!(folder.names(), names);
    let line = folder.refusal(&into_films(&["--region", "eu-west-3", "items.json"]));
    assert!(
        line.starts_with("there is no table films of account 000000000000 in eu-west-3"),
        "{line}"
    );
    assert_same(&folder, "data").await;
}
