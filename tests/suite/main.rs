//! Suite.

mod connect;
