//! The operations of this crate, one file each, and their list.

mod health_check;

pub use health_check::{HealthCheck, HealthCheckInput, HealthCheckOutput};

use crate::{AnyOperation, Registered};

/// Every operation of this crate, in the order in which front ends show them.
pub static OPERATIONS: &[&dyn AnyOperation] = &[&Registered::<HealthCheck>::NEW];
