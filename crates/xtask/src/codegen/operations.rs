//! The operations: those that are built with their types, those that are not by name.

use std::fmt::Write as _;

use super::service::Service;
use super::shapes::constant;
use super::{Generated, head};

/// Where the file lies, from the root.
const FILE: &str = "crates/wire/src/generated/operations.rs";

/// The file.
pub(super) fn generate(service: &Service) -> anyhow::Result<Generated> {
    let mut text = head("The operations and their types");
    text += "use model::api;\n\nuse crate::operation::declare_operation;\n\n";
    for operation in &service.operations {
        let output = match &operation.output {
            Some(output) => format!("api::{output}"),
            None => "()".into(),
        };
        writeln!(
            text,
            "declare_operation!({}, {}, {}, api::{}, {output});",
            operation.name,
            operation.class,
            constant(&operation.input),
            operation.input,
        )?;
    }
    text += "\n/// Operations that the service has and Stator has not.\n";
    writeln!(text, "pub(crate) const UNBUILT: &[&str] = &{:?};", service.unbuilt)?;
    Ok((FILE.to_owned(), text))
}
