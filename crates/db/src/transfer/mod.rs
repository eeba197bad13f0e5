//! Whole tables, out and in: what exports and imports ask of the database.
//!
//! What it is: every table with its settings and items ([`Db::stored_tables`],
//! [`Db::visit_items`]); items written many to a commit ([`Loader`]); and tables taken over from
//! elsewhere with all their settings ([`Adoption`]), which are there all at once or not at all.
//!
//! What it is not: it knows no file. It is not for a database that serves: a load answers no
//! transaction in progress and makes others wait for its latches.

mod adoption;
mod loading;
mod visiting;

pub use adoption::Adoption;
pub use loading::{LoadError, Loaded, Loader};
pub use visiting::{StoredTable, VisitedItem};

use loading::Fidelity;
