//! ListTables: the names of an account's tables in one region, in pages.

use model::{ApiError, Scope};

use crate::encode::{ObjectWriter, write_array, write_string};
use crate::generated::shapes;
use crate::json::Members;
use crate::shape::Shape;
use crate::{Class, Operation, Permission};

/// The operation.
#[derive(Debug, Clone, Copy)]
pub struct ListTables;

/// Which page.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// The name after which to continue.
    pub exclusive_start_table_name: Option<String>,
    /// Most names in the page, 1 to 100.
    pub limit: Option<u64>,
}

/// One page.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// Names, sorted.
    pub table_names: Vec<String>,
    /// The last one, when there are more.
    pub last_evaluated_table_name: Option<String>,
}

impl Operation for ListTables {
    const NAME: &'static str = "ListTables";
    const CLASS: Class = Class::Control;
    const SHAPE: &'static Shape = &shapes::LIST_TABLES_INPUT;
    type Input = Input;
    type Output = Output;

    fn decode(body: Members<'_, '_>) -> Result<Input, ApiError> {
        Ok(Input {
            exclusive_start_table_name: body.string("ExclusiveStartTableName"),
            limit: body.count("Limit"),
        })
    }

    fn encode(output: &Output, out: &mut Vec<u8>) {
        let mut object = ObjectWriter::open(out);
        if let Some(name) = &output.last_evaluated_table_name {
            object.string("LastEvaluatedTableName", name);
        }
        write_array(object.key("TableNames"), &output.table_names, |out, name| {
            write_string(out, name);
        });
        object.close();
    }

    fn permissions(_: &Input, _: &Scope) -> Vec<Permission> {
        vec![Permission { action: "dynamodb:ListTables", resource: "*".into() }]
    }
}
