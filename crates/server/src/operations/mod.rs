//! The operations, bound: by their rows of the table where those say all ([`direct`]), else in a
//! file of their own.
//!
//! **bind** turns expressions and legacy parameters into plans, **accesses** says what will be
//! touched, **execute** hands over to `db`, **answer** puts the result as the service has it. What
//! an operation means is said in `db`, in the file of the same name.

mod answers;
mod batch_get_item;
mod batch_write_item;
mod delete_item;
mod describe_endpoints;
mod direct;
mod get_item;
mod get_records;
mod put_item;
mod query;
mod reading;
mod scan;
mod transact_get_items;
mod transact_write_items;
mod update_item;
mod write_terms;
