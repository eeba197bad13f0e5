//! The structures of inputs and outputs: structs and enumerations for `model`, and for `wire` the
//! lists of their members, which macros there turn into code.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::{Context, bail};

use super::nouns::{self, ANSWERED, CHOICES, DEFAULTS, FIELDS, NOUNS};
use super::service::{Member, Service};
use super::shapes::constant;
use super::{Generated, head, snake};

/// The files: a name, what they are about, and the classes of operations they are for.
const FILES: [(&str, &str, &[&str]); 3] = [
    ("items", "operations on items", &["Read", "Write"]),
    ("tables", "operations on tables", &["Control"]),
    ("streams", "operations on streams", &["Stream"]),
];

/// What is generated, and how far.
struct Structures<'s> {
    service: &'s Service,
    /// Shapes of requests.
    asked: BTreeSet<String>,
    /// Shapes of answers.
    answered: BTreeSet<String>,
}

/// All files.
pub(super) fn generate(service: &Service) -> anyhow::Result<Vec<Generated>> {
    let inputs = service.operations.iter().map(|operation| operation.input.as_str());
    let outputs = service.operations.iter().filter_map(|operation| operation.output.as_deref());
    let asked = below(service, inputs)?;
    let answered = below(service, outputs)?;
    let structures = Structures { service, asked, answered };
    let mut done = BTreeSet::new();
    let mut files = Vec::new();
    for (file, subject, classes) in FILES {
        let operations = service.operations.iter();
        let operations = operations.filter(|one| classes.contains(&one.class.as_str()));
        let shapes = operations.flat_map(|one| one.output.iter().chain([&one.input]));
        let mut shapes = below(service, shapes.map(String::as_str))?;
        shapes.retain(|shape| done.insert(shape.clone()));
        let path = |room: &str| format!("crates/{room}/src/generated/{file}.rs");
        files.push((path("model"), structures.types(&shapes, subject)?));
        files.push((path("wire"), structures.members(&shapes, subject)?));
    }
    Ok(files)
}

/// Those shapes and all below them that are not inside a noun.
fn below<'s>(
    service: &Service,
    names: impl IntoIterator<Item = &'s str>,
) -> anyhow::Result<BTreeSet<String>> {
    let mut reached = BTreeSet::new();
    let mut left: Vec<String> = names.into_iter().map(str::to_owned).collect();
    while let Some(name) = left.pop() {
        let is_closed = noun(&name).is_some() && fields(&name).is_none();
        if !reached.insert(name.clone()) || is_closed {
            continue;
        }
        match service.kind(&name)? {
            "structure" => {
                let members = service.members(&name)?.into_iter();
                left.extend(members.map(|member| member.shape.to_owned()));
            }
            "list" => left.push(service.part(&name, "member")?.to_owned()),
            "map" => left.push(service.part(&name, "value")?.to_owned()),
            _ => {}
        }
    }
    Ok(reached)
}

impl Structures<'_> {
    /// The file of `model`: a struct or an enumeration for each shape that is no noun.
    fn types(&self, shapes: &BTreeSet<String>, subject: &str) -> anyhow::Result<String> {
        let mut text = String::new();
        for name in shapes.iter().filter(|name| noun(name).is_none()) {
            let words = self.words(name)?;
            match self.service.kind(name)? {
                "structure" if CHOICES.contains(&name.as_str()) => self.choice(name, &mut text)?,
                "structure" => self.structure(name, &mut text)?,
                "string" if !words.is_empty() => enumeration(name, &words, &mut text)?,
                _ => {}
            }
        }
        let mut file = head(&format!("What {subject} ask and answer"));
        file += "#![expect(missing_docs, reason = \"the service's own names: its API reference has \
                 them\")]\n\n";
        let imports = imports(&text, "crate");
        Ok(file + &imports + &text)
    }

    /// The members of a structure. An answer never shows those that are not supported.
    fn members_of(&self, name: &str) -> anyhow::Result<Vec<Member<'_>>> {
        let mut members = self.service.members(name)?;
        if self.is_only_answered(name) {
            members.retain(|member| noun(member.shape) != Some("Unsupported"));
        }
        Ok(members)
    }

    fn structure(&self, name: &str, text: &mut String) -> anyhow::Result<()> {
        let members = self.members_of(name)?;
        let default = match members.iter().any(|member| member.required) {
            true => "",
            false => ", Default",
        };
        write!(text, "#[derive(Debug, Clone, PartialEq{default})]\npub struct {name} {{")?;
        for member in &members {
            let field = self.field(name, member)?;
            let own = nouns::TEXTS.iter().find(|(of, text, _)| (*of, *text) == (name, member.name));
            let shown = match own {
                Some((.., shown)) => (*shown).to_owned(),
                None => self.type_of(member.shape, self.is_only_answered(name))?,
            };
            match member.required {
                true => write!(text, "pub {field}: {shown},")?,
                false => write!(text, "pub {field}: Option<{shown}>,")?,
            }
        }
        text.push_str("}\n\n");
        let required = members.iter().filter(|member| member.required).count();
        if self.asked.contains(name) && (1..members.len()).contains(&required) {
            self.constructor(name, &members, text)?;
        }
        Ok(())
    }

    /// A function that makes a structure of what a request must have, and leaves the rest absent.
    fn constructor(
        &self,
        name: &str,
        members: &[Member<'_>],
        text: &mut String,
    ) -> anyhow::Result<()> {
        let (mut parameters, mut fields) = (String::new(), String::new());
        for member in members {
            let field = self.field(name, member)?;
            if member.required {
                let shown = self.type_of(member.shape, false)?;
                write!(parameters, "{field}: {shown},")?;
                write!(fields, "{field},")?;
            } else {
                write!(fields, "{field}: None,")?;
            }
        }
        write!(
            text,
            "impl {name} {{ pub fn new({parameters}) -> Self {{ Self {{ {fields} }} }} }}\n\n"
        )?;
        Ok(())
    }

    fn choice(&self, name: &str, text: &mut String) -> anyhow::Result<()> {
        write!(text, "#[derive(Debug, Clone, PartialEq)]\npub enum {name} {{")?;
        for member in self.service.members(name)? {
            write!(text, "{}({}),", member.name, self.type_of(member.shape, false)?)?;
        }
        text.push_str("}\n\n");
        Ok(())
    }

    /// The file of `wire`: a list of members for each structure.
    fn members(&self, shapes: &BTreeSet<String>, subject: &str) -> anyhow::Result<String> {
        let mut text = String::new();
        for name in shapes {
            if noun(name).is_some() && fields(name).is_none() {
                continue;
            }
            let type_name = noun(name).unwrap_or(name).trim_start_matches("legacy::");
            let words = self.words(name)?;
            match self.service.kind(name)? {
                "structure" if CHOICES.contains(&name.as_str()) => {
                    self.choice_members(name, &mut text)?;
                }
                "structure" => {
                    // Of shapes that are one noun the first says how it is read.
                    let is_asked = self.asked.contains(name);
                    if is_asked {
                        self.input(name, type_name, &mut text)?;
                    }
                    if self.answered.contains(name) {
                        self.output(name, type_name, &mut text)?;
                    }
                }
                "string" if !words.is_empty() => {
                    write!(text, "wire_names! {{\n    {name} {{\n")?;
                    for word in &words {
                        writeln!(text, "        {} = {word:?},", pascal(word))?;
                    }
                    text.push_str("    }\n}\n\n");
                }
                _ => {}
            }
        }
        let macros = ["choice", "input", "output"].into_iter();
        let macros = macros.filter(|name| text.contains(&format!("{name}! {{")));
        let written = shapes.iter().filter(|name| fields(name).is_some());
        let written: Vec<_> = written.filter_map(|name| noun(name)).collect();
        let mut uses = imports(&written.join(" "), "model");
        let own: Vec<_> = shapes.iter().filter(|name| noun(name).is_none()).collect();
        let mut types = Vec::new();
        for name in own {
            let is_type = self.service.kind(name)? == "structure" || !self.words(name)?.is_empty();
            types.extend(is_type.then_some(name.as_str()));
        }
        uses += &format!("use model::api::{{{}}};\n", types.join(", "));
        uses += &format!("use crate::structure::{{{}}};\n", macros.collect::<Vec<_>>().join(", "));
        if text.contains("wire_names!") {
            uses += "use crate::names::wire_names;\n";
        }
        Ok(head(&format!("The members of what {subject} ask and answer")) + &uses + "\n" + &text)
    }

    fn input(&self, name: &str, type_name: &str, text: &mut String) -> anyhow::Result<()> {
        write!(text, "input! {{\n    {type_name} {{\n")?;
        let members = self.service.members(name)?;
        for member in &members {
            let field = self.field(name, member)?;
            let how = match member.required {
                true => "required",
                false if DEFAULTS.contains(&(name, member.name)) => "or_default",
                false => "optional",
            };
            writeln!(text, "        {field}: {:?} {} {how},", member.name, constant(member.shape))?;
        }
        text.push_str("    }\n");
        let among = |names: &[&str]| -> anyhow::Result<String> {
            let among = members.iter().filter(|member| names.contains(&member.name));
            let among: Vec<_> =
                among.map(|member| self.field(name, member)).collect::<Result<_, _>>()?;
            Ok(among.join(" "))
        };
        let (one, other) = nouns::KEY_CONDITIONS;
        for (legacy, expressions) in [
            (among(nouns::LEGACY)?, among(nouns::EXPRESSIONS)?),
            (among(&[one])?, among(&[other])?),
        ] {
            if !legacy.is_empty() && !expressions.is_empty() {
                writeln!(text, "    never [{legacy}] [{expressions}]")?;
            }
        }
        text.push_str("}\n\n");
        Ok(())
    }

    fn output(&self, name: &str, type_name: &str, text: &mut String) -> anyhow::Result<()> {
        let order = nouns::ORDER.iter().find(|(shape, _)| *shape == name);
        let place = |member: &Member<'_>| {
            let (_, order) = order?;
            order.iter().position(|one| *one == member.name)
        };
        let mut members = self.members_of(name)?;
        members.sort_by_key(|member| place(member).unwrap_or(usize::MAX));
        write!(text, "output! {{\n    {type_name} {{\n")?;
        for member in &members {
            let field = self.field(name, member)?;
            let how = match (self.service.kind(member.shape)?, member.required) {
                ("timestamp", _) if nouns::WHOLE_SECONDS.contains(&(name, member.name)) => "second",
                ("timestamp", _) => "moment",
                (_, true) => "required",
                (_, false) => "optional",
            };
            writeln!(text, "        {field}: {:?} {how},", member.name)?;
        }
        text.push_str("    }\n}\n\n");
        Ok(())
    }

    fn choice_members(&self, name: &str, text: &mut String) -> anyhow::Result<()> {
        write!(text, "choice! {{\n    {name} {{\n")?;
        for member in self.service.members(name)? {
            let (variant, place) = (member.name, snake(member.name));
            writeln!(text, "        {variant} {place}: {variant:?} {},", constant(member.shape))?;
        }
        let answered = if self.answered.contains(name) { " answered" } else { "" };
        write!(text, "    }}{answered}\n}}\n\n")?;
        Ok(())
    }

    /// The field of a member.
    fn field(&self, structure: &str, member: &Member<'_>) -> anyhow::Result<String> {
        if let Some(fields) = fields(structure) {
            let field = fields.iter().find(|(name, _)| *name == member.name);
            let (_, field) =
                field.with_context(|| format!("{structure} has no field for {}", member.name))?;
            return Ok((*field).to_owned());
        }
        let is_time = self.service.kind(member.shape)? == "timestamp";
        let field = snake(member.name);
        Ok(match field.as_str() {
            "type" => "kind".into(),
            _ if is_time => field + "_ms",
            _ => field,
        })
    }

    /// The type of a shape.
    fn type_of(&self, name: &str, is_only_answered: bool) -> anyhow::Result<String> {
        if let Some((_, noun)) = ANSWERED.iter().find(|(shape, _)| *shape == name)
            && is_only_answered
        {
            return Ok((*noun).to_owned());
        }
        if let Some(noun) = noun(name) {
            return Ok(noun.rsplit("::").next().unwrap_or(noun).to_owned());
        }
        let shape = self.service.shape(name)?;
        Ok(match self.service.kind(name)? {
            "structure" => name.to_owned(),
            "string" if shape["enum"].is_array() => name.to_owned(),
            "string" => "String".into(),
            "integer" | "long" => {
                let is_count = shape["min"].as_i64().is_some_and(|min| min >= 0);
                if is_count || nouns::COUNTS.contains(&name) { "u64" } else { "i64" }.into()
            }
            "double" => "f64".into(),
            "boolean" => "bool".into(),
            "timestamp" => "u64".into(),
            "list" => {
                format!(
                    "Vec<{}>",
                    self.type_of(self.service.part(name, "member")?, is_only_answered)?
                )
            }
            "map" => {
                let (key, value) =
                    (self.service.part(name, "key")?, self.service.part(name, "value")?);
                let value = self.type_of(value, is_only_answered)?;
                match key {
                    "TableArn" => format!("Vec<(TableRef, {value})>"),
                    _ => format!("BTreeMap<String, {value}>"),
                }
            }
            other => bail!("{name} is a {other}, for which model has no type"),
        })
    }

    fn is_only_answered(&self, name: &str) -> bool {
        !self.asked.contains(name)
    }

    fn words(&self, name: &str) -> anyhow::Result<Vec<String>> {
        let words = self.service.shape(name)?["enum"].as_array().into_iter().flatten();
        Ok(words.filter_map(|word| word.as_str()).map(str::to_owned).collect())
    }
}

fn enumeration(name: &str, words: &[String], text: &mut String) -> anyhow::Result<()> {
    write!(text, "#[derive(Debug, Clone, Copy, PartialEq, Eq)]\npub enum {name} {{")?;
    for word in words {
        write!(text, "{},", pascal(word))?;
    }
    text.push_str("}\n\n");
    Ok(())
}

/// What a text names of `model`, imported.
fn imports(text: &str, model: &str) -> String {
    let words: BTreeSet<&str> =
        text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').collect();
    let mut imports = String::new();
    if words.contains("BTreeMap") {
        imports += "use std::collections::BTreeMap;\n\n";
    }
    let texts = nouns::TEXTS.iter().map(|(.., noun)| *noun);
    let nouns = NOUNS.iter().chain(ANSWERED).map(|(_, noun)| *noun);
    let nouns = nouns.chain(texts);
    let used = nouns.filter(|noun| words.contains(noun.rsplit("::").next().unwrap_or(noun)));
    let used: BTreeSet<&str> = used.collect();
    for (prefix, wanted) in [("legacy::", true), ("", false)] {
        let names: Vec<_> = used
            .iter()
            .filter(|noun| noun.starts_with("legacy::") == wanted)
            .map(|noun| noun.trim_start_matches("legacy::"))
            .collect();
        if !names.is_empty() {
            imports += &format!("use {model}::{prefix}{{{}}};\n", names.join(", "));
        }
    }
    imports + "\n"
}

/// `TRIM_HORIZON` as `TrimHorizon`.
fn pascal(word: &str) -> String {
    let mut pascal = String::new();
    for part in word.split('_') {
        let (first, rest) = part.split_at(1.min(part.len()));
        pascal += first;
        pascal += &rest.to_ascii_lowercase();
    }
    pascal
}

fn noun(name: &str) -> Option<&'static str> {
    NOUNS.iter().find(|(shape, _)| *shape == name).map(|(_, noun)| *noun)
}

fn fields(name: &str) -> Option<&'static [(&'static str, &'static str)]> {
    FIELDS.iter().find(|(shape, _)| *shape == name).map(|(_, fields)| *fields)
}
