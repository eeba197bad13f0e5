//! The operations, bound: one file each, the same four steps in each.
//!
//! **resolve** turns expressions and legacy parameters into plans, **facts** says what will be
//! touched, **execute** hands over to `db`, **answer** puts the result as `wire` prints it. What an
//! operation means is said in `db`, in the file of the same name.

mod answers;
mod batch_get_item;
mod batch_write_item;
mod create_table;
mod delete_item;
mod delete_table;
mod describe_table;
mod get_item;
mod list_tables;
mod put_item;
mod query;
mod scan;
mod transact_get_items;
mod transact_write_items;
mod update_item;
