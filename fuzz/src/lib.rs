//! What the fuzz targets share: the promises that every verdict must keep, and statements made out of the corpora.
//!
//! Separate from the targets so that a finding is replayed by calling the same functions in a test.
//! Invariant: a broken promise is a panic, which the fuzzer keeps together with the input that led to it.

pub mod corpora;
pub mod frames;
pub mod program;
pub mod promises;
mod second_reading;
