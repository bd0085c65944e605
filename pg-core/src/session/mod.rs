//! A checked-out backend and what may be done on it: begin, prepare, bind, fetch, end. The only place that opens the
//! driver's doors; everything that arrives here as text is a [`pg_policy::Vetted`] or a constant of this module.
//!
//! Invariant: a session returns to the pool only when it is known clean; on every other path its backend is given up.

mod backend;
mod begin;
mod cache;
mod driver_error;
mod lent;
mod notices;
mod pool;
mod prepared;
mod run;

pub(crate) use backend::Backend;
pub(crate) use begin::Begin;
pub(crate) use cache::{PreparedCache, Records, is_stale_plan};
pub(crate) use driver_error::classify;
pub use lent::LentPool;
pub(crate) use notices::Notices;
pub use pool::PoolStats;
pub(crate) use pool::{Pool, Session};
pub(crate) use prepared::{Column, LONGEST_KEPT, Prepared, keep, prepare, prepare_anew};
pub(crate) use run::{Carried, Stop, on_session, stoppable, why_lost};
