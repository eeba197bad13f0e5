//! `cargo xtask codegen`: the constraint table of `wire`, generated from the service model.
//!
//! The model is the one that botocore ships, at a pinned version, fetched by pip into
//! `target/codegen/`. Names, types, required members, lengths, patterns and enumerations are
//! taken; documentation is not. The result is committed, so that a build needs none of this.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, bail, ensure};
use serde_json::Value;

/// The release whose model is read. A newer one is a change of its own.
const BOTOCORE: &str = "1.44.5";

/// Where the table lies, from the root.
const TABLE: &str = "crates/wire/src/generated/shapes.rs";

/// The models, in botocore's folders, and the operations whose inputs are wanted: those of
/// `wire::for_each_operation`.
const SERVICES: [(&str, &[&str]); 2] =
    [("dynamodb/2012-08-10", TABLE_OPERATIONS), ("dynamodbstreams/2012-08-10", STREAM_OPERATIONS)];

const STREAM_OPERATIONS: &[&str] =
    &["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"];

const TABLE_OPERATIONS: &[&str] = &[
    "BatchGetItem",
    "BatchWriteItem",
    "CreateTable",
    "DeleteItem",
    "DeleteTable",
    "DescribeContinuousBackups",
    "DescribeEndpoints",
    "DescribeLimits",
    "DescribeTable",
    "DescribeTimeToLive",
    "GetItem",
    "ListTables",
    "ListTagsOfResource",
    "PutItem",
    "Query",
    "Scan",
    "TagResource",
    "TransactGetItems",
    "TransactWriteItems",
    "UntagResource",
    "UpdateItem",
    "UpdateTable",
    "UpdateTimeToLive",
];

/// Shapes whose constraints the service does not check as such: it refuses tags in words of its
/// own, which `wire::tags` has with their evidence.
const UNCONSTRAINED: [&str; 3] = ["Tag", "TagKeyString", "TagValueString"];

/// Enumerations that the service prints in another order than the model lists them in, as logs of
/// its refusals show (for example serverless issue 4728 for the attribute types; public code that
/// repeats them for the comparison operators; 2026-11).
const PRINTED: [(&str, &[&str]); 6] = [
    (
        "ComparisonOperator",
        &[
            "IN",
            "NULL",
            "BETWEEN",
            "LT",
            "NOT_CONTAINS",
            "EQ",
            "GT",
            "NOT_NULL",
            "NE",
            "LE",
            "BEGINS_WITH",
            "GE",
            "CONTAINS",
        ],
    ),
    ("ConditionalOperator", &["OR", "AND"]),
    ("ProjectionType", &["ALL", "INCLUDE", "KEYS_ONLY"]),
    ("ReturnValue", &["ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"]),
    ("ScalarAttributeType", &["B", "N", "S"]),
    ("Select", &["SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"]),
];

/// Writes the table into the workspace at `root`.
pub fn run(root: &Path) -> anyhow::Result<ExitCode> {
    let table = root.join(TABLE);
    std::fs::write(&table, generate(&fetch_models(root)?)?)
        .with_context(|| format!("cannot write {}", table.display()))?;
    Ok(ExitCode::SUCCESS)
}

/// Checks that the committed table is what the model makes. Answers `None` where the model is not
/// at hand: it is not fetched for this.
pub fn is_current(root: &Path) -> anyhow::Result<Option<bool>> {
    let folder = model_folder(root);
    if !folder.join("botocore").is_dir() {
        return Ok(None);
    }
    let committed = std::fs::read_to_string(root.join(TABLE)).context("cannot read the table")?;
    Ok(Some(generate(&read_models(&folder)?)? == committed))
}

fn model_folder(root: &Path) -> PathBuf {
    root.join("target").join("codegen").join(BOTOCORE)
}

fn fetch_models(root: &Path) -> anyhow::Result<Vec<Value>> {
    let folder = model_folder(root);
    if !folder.join("botocore").is_dir() {
        let status = Command::new("python3")
            .args(["-m", "pip", "install", "--quiet", "--root-user-action=ignore", "--no-deps"])
            .arg("--target")
            .arg(&folder)
            .arg(format!("botocore=={BOTOCORE}"))
            .status()
            .context("cannot start pip")?;
        ensure!(status.success(), "pip could not fetch botocore {BOTOCORE}");
    }
    read_models(&folder)
}

fn read_models(folder: &Path) -> anyhow::Result<Vec<Value>> {
    SERVICES.iter().map(|(service, _)| read_model(folder, service)).collect()
}

/// Lets Python unpack a model, which is gzipped.
fn read_model(folder: &Path, service: &str) -> anyhow::Result<Value> {
    const UNPACK: &str = "import gzip, sys; sys.stdout.buffer.write(gzip.open(sys.argv[1]).read())";
    let model = folder.join("botocore/data").join(service).join("service-2.json.gz");
    let output = Command::new("python3")
        .args(["-c", UNPACK])
        .arg(&model)
        .output()
        .context("cannot start Python")?;
    ensure!(output.status.success(), "cannot read {}", model.display());
    serde_json::from_slice(&output.stdout).context("the model is not JSON")
}

/// The table's text.
fn generate(models: &[Value]) -> anyhow::Result<String> {
    let mut shapes = BTreeMap::new();
    for (model, (_, operations)) in models.iter().zip(SERVICES) {
        for (name, shape) in reached(model, operations)? {
            let generated = generate_shape(&name, &constrained(&name, shape))?;
            let other = shapes.insert(name.clone(), generated.clone());
            ensure!(
                other.is_none_or(|other| other == generated),
                "the services mean different things by {name}"
            );
        }
    }
    let head = format!(
        "//! The shapes of the operations' inputs (@generated).\n\
         //!\n\
         //! Generated by `cargo xtask codegen` from the service models in botocore {BOTOCORE}; do \
         not edit.\n\n\
         use crate::shape::{{Kind, Member, Range, Shape, Text}};\n"
    );
    rustfmt(&(head + &shapes.into_values().collect::<String>()))
}

/// The shapes of the operations' inputs and all below them.
fn reached<'m>(model: &'m Value, operations: &[&str]) -> anyhow::Result<Vec<(String, &'m Value)>> {
    let mut reached = BTreeSet::new();
    for operation in operations {
        let input = model["operations"][operation]["input"]["shape"].as_str();
        reach(model, input.with_context(|| format!("no operation {operation}"))?, &mut reached)?;
    }
    Ok(reached.into_iter().map(|name| (name.clone(), &model["shapes"][name])).collect())
}

fn generate_shape(name: &str, shape: &Value) -> anyhow::Result<String> {
    let kind = kind(name, shape)?;
    let constant = constant(name);
    Ok(format!(
        "\npub(crate) static {constant}: Shape = Shape {{ name: {name:?}, kind: {kind} }};\n"
    ))
}

/// Collects `name` and every shape below it.
fn reach(model: &Value, name: &str, reached: &mut BTreeSet<String>) -> anyhow::Result<()> {
    if !reached.insert(name.to_owned()) {
        return Ok(());
    }
    let shape = &model["shapes"][name];
    let members = shape["members"].as_object().into_iter().flat_map(|members| members.values());
    let parts = ["member", "key", "value"].iter().filter_map(|part| shape.get(part));
    for part in members.chain(parts) {
        reach(model, shape_name(part)?, reached)?;
    }
    Ok(())
}

fn shape_name(reference: &Value) -> anyhow::Result<&str> {
    reference["shape"].as_str().context("a reference names a shape")
}

/// The shape with the constraints that the service checks as such.
fn constrained(name: &str, shape: &Value) -> Value {
    let mut shape = shape.clone();
    if let Some(shape) = shape.as_object_mut().filter(|_| UNCONSTRAINED.contains(&name)) {
        shape.retain(|key, _| !["min", "max", "required"].contains(&key.as_str()));
    }
    shape
}

/// The expression of a shape's kind.
fn kind(name: &str, shape: &Value) -> anyhow::Result<String> {
    let range = range(shape);
    let part = |part: &str| shape_name(&shape[part]).map(constant);
    Ok(match shape["type"].as_str().context("a shape has a type")? {
        "structure" if name == "AttributeValue" => format!("Kind::Value(&[{}])", members(shape)?),
        "structure" => format!("Kind::Structure(&[{}])", members(shape)?),
        "list" => {
            format!("Kind::List {{ element: &{}, length: {range} }}", part("member")?)
        }
        "map" => format!(
            "Kind::Map {{ key: &{}, value: &{}, length: {range} }}",
            part("key")?,
            part("value")?
        ),
        "string" if name == "TableArn" => "Kind::TableReference".into(),
        "string" => format!(
            "Kind::Text(Text {{ length: {range}, pattern: {:?}, words: &{:?} }})",
            shape["pattern"].as_str(),
            words(name, shape)?
        ),
        "integer" => format!("Kind::Integer({range})"),
        "long" => format!("Kind::Long({range})"),
        "timestamp" => "Kind::Timestamp".into(),
        "boolean" => "Kind::Boolean".into(),
        "blob" => "Kind::Blob".into(),
        other => bail!("{name} is a {other}, which wire::shape has no kind for"),
    })
}

fn members(shape: &Value) -> anyhow::Result<String> {
    let required: Vec<_> =
        shape["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut text = String::new();
    let members = shape["members"].as_object().context("a structure has members")?;
    for (name, reference) in members.iter().collect::<BTreeMap<_, _>>() {
        let constructor = if required.contains(&name.as_str()) { "required" } else { "optional" };
        let shape = constant(shape_name(reference)?);
        write!(text, "Member::{constructor}({name:?}, &{shape}),")?;
    }
    Ok(text)
}

fn range(shape: &Value) -> String {
    match (shape["min"].as_i64(), shape["max"].as_i64()) {
        (None, None) => "Range::ANY".into(),
        (Some(min), None) => format!("Range::at_least({min})"),
        (None, Some(max)) => format!("Range::at_most({max})"),
        (Some(min), Some(max)) => format!("Range::between({min}, {max})"),
    }
}

/// The words of an enumeration in the order in which the service prints them.
fn words<'a>(name: &str, shape: &'a Value) -> anyhow::Result<Vec<&'a str>> {
    let words = shape["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let mut words: Vec<_> = words.collect();
    if let Some((_, printed)) = PRINTED.iter().find(|(shape, _)| *shape == name) {
        let place = |word: &str| printed.iter().position(|other| *other == word);
        ensure!(
            words.len() == printed.len() && words.iter().all(|word| place(word).is_some()),
            "the model's {name} has other words than the printed order here"
        );
        words.sort_by_key(|word| place(word));
    }
    Ok(words)
}

/// `GetItemInput` as `GET_ITEM_INPUT`.
fn constant(name: &str) -> String {
    let mut constant = String::new();
    let mut previous = 'A';
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && previous.is_ascii_lowercase() {
            constant.push('_');
        }
        constant.push(letter.to_ascii_uppercase());
        previous = letter;
    }
    constant
}

fn rustfmt(text: &str) -> anyhow::Result<String> {
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--config", "max_width=100,use_small_heuristics=Max"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start rustfmt")?;
    child.stdin.take().context("rustfmt reads")?.write_all(text.as_bytes())?;
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "rustfmt refuses the table");
    Ok(String::from_utf8(output.stdout)?)
}
