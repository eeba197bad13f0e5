//! The service model: fetched, read, and asked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail, ensure};
use serde_json::Value;

/// The release whose model is read. A newer one is a change of its own.
pub(super) const BOTOCORE: &str = "1.44.5";

/// The models, in botocore's folders.
const MODELS: [&str; 2] = ["dynamodb/2012-08-10", "dynamodbstreams/2012-08-10"];

/// Where the operations that are built are listed, one row `(Name, Class, …),` each.
const TABLE: &str = "crates/wire/src/operation.rs";

/// Shapes whose constraints the service does not check as such: it refuses tags in words of its
/// own, which `db` has with their evidence.
const UNCONSTRAINED: [&str; 3] = ["Tag", "TagKeyString", "TagValueString"];

/// What the models say, as far as Stator needs it.
pub(super) struct Service {
    /// The operations that are built, in name order.
    pub(super) operations: Vec<Operation>,
    /// The names of those that are not.
    pub(super) unbuilt: Vec<String>,
    shapes: BTreeMap<String, Value>,
}

/// An operation that is built.
pub(super) struct Operation {
    pub(super) name: String,
    /// As its row says it.
    pub(super) class: String,
    pub(super) input: String,
    pub(super) output: Option<String>,
}

/// A member of a structure.
pub(super) struct Member<'s> {
    pub(super) name: &'s str,
    pub(super) shape: &'s str,
    pub(super) required: bool,
}

/// Fetches the models, unless they are there.
pub(super) fn fetch(root: &Path) -> anyhow::Result<()> {
    if is_fetched(root) {
        return Ok(());
    }
    let status = Command::new("python3")
        .args(["-m", "pip", "install", "--quiet", "--root-user-action=ignore", "--no-deps"])
        .arg("--target")
        .arg(folder(root))
        .arg(format!("botocore=={BOTOCORE}"))
        .status()
        .context("cannot start pip")?;
    ensure!(status.success(), "pip could not fetch botocore {BOTOCORE}");
    Ok(())
}

/// Whether the models are there.
pub(super) fn is_fetched(root: &Path) -> bool {
    folder(root).join("botocore").is_dir()
}

fn folder(root: &Path) -> PathBuf {
    root.join("target").join("codegen").join(BOTOCORE)
}

/// Lets Python unpack a model, which is gzipped.
fn read_model(root: &Path, service: &str) -> anyhow::Result<Value> {
    const UNPACK: &str = "import gzip, sys; sys.stdout.buffer.write(gzip.open(sys.argv[1]).read())";
    let model = folder(root).join("botocore/data").join(service).join("service-2.json.gz");
    let output = Command::new("python3")
        .args(["-c", UNPACK])
        .arg(&model)
        .output()
        .context("cannot start Python")?;
    ensure!(output.status.success(), "cannot read {}", model.display());
    serde_json::from_slice(&output.stdout).context("the model is not JSON")
}

/// The rows of the table of operations: name and class.
fn rows(root: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(root.join(TABLE)).context("cannot read the table")?;
    let rows = text.lines().filter_map(|line| {
        let (name, rest) = line.trim().strip_prefix('(')?.split_once(", ")?;
        let class = rest.split([',', ')']).next()?;
        let is_row = ["Read", "Write", "Control", "Stream"].contains(&class);
        is_row.then(|| (name.to_owned(), class.to_owned()))
    });
    let rows: BTreeMap<_, _> = rows.collect();
    ensure!(!rows.is_empty(), "the table of operations has no rows");
    Ok(rows)
}

impl Service {
    /// Reads the models of which the workspace at `root` has a copy.
    pub(super) fn read(root: &Path) -> anyhow::Result<Self> {
        let mut rows = rows(root)?;
        let mut service =
            Self { operations: Vec::new(), unbuilt: Vec::new(), shapes: BTreeMap::new() };
        for name in MODELS {
            service.add(read_model(root, name)?, &mut rows)?;
        }
        ensure!(rows.is_empty(), "no operations: {rows:?}");
        service.operations.sort_by(|one, other| one.name.cmp(&other.name));
        service.unbuilt.sort();
        Ok(service)
    }

    fn add(&mut self, mut model: Value, rows: &mut BTreeMap<String, String>) -> anyhow::Result<()> {
        let mut reached = BTreeSet::new();
        for (name, operation) in model["operations"].as_object().context("there are operations")? {
            let Some(class) = rows.remove(name) else {
                self.unbuilt.push(name.clone());
                continue;
            };
            let shape = |part: &str| operation[part]["shape"].as_str().map(str::to_owned);
            let input = shape("input").context("an operation has an input")?;
            let output = shape("output");
            for shape in output.iter().chain([&input]) {
                reach(&model, shape, &mut reached)?;
            }
            self.operations.push(Operation { name: name.clone(), class, input, output });
        }
        for name in reached {
            let mut shape = model["shapes"][&name].take();
            if UNCONSTRAINED.contains(&name.as_str()) {
                let members = shape.as_object_mut().context("a shape is an object")?;
                members.retain(|key, _| !["min", "max", "required"].contains(&key.as_str()));
            }
            let shape = without_documentation(shape);
            let other = self.shapes.insert(name.clone(), shape.clone());
            ensure!(
                other.is_none_or(|other| is_alike(&other, &shape)),
                "the services mean different things by {name}"
            );
        }
        Ok(())
    }

    /// A shape, as the model has it.
    pub(super) fn shape(&self, name: &str) -> anyhow::Result<&Value> {
        self.shapes.get(name).with_context(|| format!("no shape {name}"))
    }

    /// What kind of shape it is.
    pub(super) fn kind(&self, name: &str) -> anyhow::Result<&str> {
        self.shape(name)?["type"].as_str().context("a shape has a type")
    }

    /// The shape of a list's elements, or of a map's keys or values.
    pub(super) fn part(&self, name: &str, part: &str) -> anyhow::Result<&str> {
        self.shape(name)?[part]["shape"].as_str().with_context(|| format!("{name} has no {part}"))
    }

    /// The members of a structure, by name.
    pub(super) fn members(&self, name: &str) -> anyhow::Result<Vec<Member<'_>>> {
        let shape = self.shape(name)?;
        let required: Vec<_> =
            shape["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let members = shape["members"].as_object().context("a structure has members")?;
        let members = members.iter().collect::<BTreeMap<_, _>>().into_iter();
        let members = members.map(|(name, reference)| {
            let shape = reference["shape"].as_str().context("a reference names a shape")?;
            Ok(Member { name, shape, required: required.contains(&name.as_str()) })
        });
        members.collect()
    }

    /// These shapes and all below them.
    pub(super) fn below<'s>(
        &self,
        names: impl IntoIterator<Item = &'s str>,
    ) -> anyhow::Result<BTreeSet<String>> {
        let mut reached = BTreeSet::new();
        let mut left: Vec<String> = names.into_iter().map(str::to_owned).collect();
        while let Some(name) = left.pop() {
            if !reached.insert(name.clone()) {
                continue;
            }
            match self.kind(&name)? {
                "structure" => {
                    left.extend(self.members(&name)?.iter().map(|member| member.shape.to_owned()));
                }
                "list" => left.push(self.part(&name, "member")?.to_owned()),
                "map" => {
                    left.push(self.part(&name, "key")?.to_owned());
                    left.push(self.part(&name, "value")?.to_owned());
                }
                "string" | "integer" | "long" | "double" | "timestamp" | "boolean" | "blob" => {}
                other => bail!("{name} is a {other}, for which there is no code"),
            }
        }
        Ok(reached)
    }
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
        let shape = part["shape"].as_str().context("a reference names a shape")?;
        reach(model, shape, reached)?;
    }
    Ok(())
}

fn without_documentation(mut shape: Value) -> Value {
    if let Some(parts) = shape.as_object_mut() {
        parts.retain(|key, _| key != "documentation");
        let members = parts.get_mut("members").and_then(Value::as_object_mut);
        for reference in members.into_iter().flat_map(|members| members.values_mut()) {
            *reference = without_documentation(reference.take());
        }
        for part in ["member", "key", "value"] {
            if let Some(reference) = parts.get_mut(part) {
                *reference = without_documentation(reference.take());
            }
        }
    }
    shape
}

/// Whether both services mean the same by a shape.
fn is_alike(one: &Value, other: &Value) -> bool {
    one == other
}
