//! What looks at a server say: rates between two of them, and alerts.
//!
//! Separate from the operation that takes the looks, so that every judgement is a test without a server. Invariant: a counter
//! that went back gives no rate, and the answer says so.

mod alert;
mod history;
mod notify;
mod raised;
mod rates;

pub use alert::Alert;
pub(crate) use alert::alerts;
pub(crate) use history::{HISTORY, Taken};
pub(crate) use notify::notify;
pub(crate) use raised::{Raised, UNREACHABLE};
pub use rates::Rates;
pub(crate) use rates::rates;
