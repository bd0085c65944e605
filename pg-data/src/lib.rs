#![doc = include_str!("../README.md")]

mod catalog;
mod migrate;
mod operations;

pub use operations::{
    OPERATIONS, SuggestMapping, SuggestMappingInput, SuggestMappingOutput, SuggestedColumn,
};
