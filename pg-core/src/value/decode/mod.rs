//! Decoders of PostgreSQL's binary forms, one file per family of types.
//!
//! Separate from the codec's face so that each family can be read beside its own tests. Invariant: every
//! byte comes from `Reader`, which cannot run past the end.

mod array;
mod choose;
mod datetime;
mod decoder;
mod embed;
mod float;
mod geometric;
mod hstore;
mod identifier;
mod integer;
mod interval;
mod network;
mod numeric;
mod octets;
mod quote;
mod range;
mod reader;
mod record;
mod text;
mod text_search;
mod vector;

pub(super) use decoder::Decoder;
