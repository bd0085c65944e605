//! Runs vetted statements on PostgreSQL: named connections, pools, parameter binding, rows, transactions, and the
//! operations that callers see.

mod call;
mod error;
mod exit;
mod operation;
pub mod operations;
mod report;
mod row_writer;
mod service;

pub use call::{Call, Origin};
pub use error::{Error, ErrorKind};
pub use exit::Exit;
pub use operation::{
    Answer, AnyOperation, Arguments, Described, Effect, Example, Hints, Operation, Registered,
};
pub use report::{ErrorReport, caret_line};
pub use row_writer::{RowFormat, RowWriter};
pub use service::Service;

pub use pg_policy::Access;
