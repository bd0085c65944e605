//! What is left out of a table's description that would be too long.
//!
//! Separate because a table has 1,600 columns at most, and nobody who asks for a description wants 80,000 tokens. Invariant: what
//! is left out is named in the answer, with the way to have it.

use serde::Serialize;

use super::GetTableSchemaOutput;
use crate::budget::{BYTES_A_TOKEN, fitting};
use crate::paging::Truncated;

/// A list beside the columns gets this part of the budget at least.
const SHARE: u32 = 16;

/// Bytes of a view's query that are told where the answer is too long.
const QUERY_BYTES: usize = 2_000;

/// Passes over `offset` columns, and leaves out what does not fit: first common values, then the other statistics, then the ends
/// of lists, and last the end of the columns.
pub(super) fn keep_within(told: &mut GetTableSchemaOutput, offset: u32, max_tokens: u32) {
    let total = told.columns.len();
    told.columns.drain(..(offset as usize).min(total));
    let mut left_out = Vec::new();
    if !fits(told, max_tokens) {
        let mut had = false;
        for statistics in told.columns.iter_mut().filter_map(|column| column.statistics.as_mut()) {
            had |= statistics.common_values.take().is_some();
        }
        if had {
            left_out.push("common values of columns, which profile_table tells".to_owned());
        }
    }
    if !fits(told, max_tokens) {
        let mut had = false;
        for column in &mut told.columns {
            had |= column.statistics.take().is_some();
        }
        if had {
            left_out.clear();
            left_out.push("statistics of columns, which profile_table tells".to_owned());
        }
    }
    if !fits(told, max_tokens) {
        shorten_lists(told, max_tokens / SHARE, &mut left_out);
    }
    if !fits(told, max_tokens) {
        let columns = std::mem::take(&mut told.columns);
        let spent = bytes(told).div_ceil(BYTES_A_TOKEN);
        let left = max_tokens.saturating_sub(u32::try_from(spent).unwrap_or(u32::MAX));
        let shown = fitting(&columns, left);
        told.columns = columns;
        told.columns.truncate(shown);
    }
    told.truncated = Truncated::of(
        told.columns.len(),
        offset.min(u32::try_from(total).unwrap_or(u32::MAX)),
        i64::try_from(total).unwrap_or(i64::MAX),
        ", or with a higher max_tokens, for more columns",
    );
    if !left_out.is_empty() {
        let note = format!("left out to keep within max_tokens={max_tokens}: {}", left_out.join("; "));
        told.notes.get_or_insert_default().push(note);
    }
}

fn fits(told: &GetTableSchemaOutput, max_tokens: u32) -> bool {
    bytes(told) <= (max_tokens as usize).saturating_mul(BYTES_A_TOKEN)
}

fn bytes(told: &GetTableSchemaOutput) -> usize {
    serde_json::to_string(told).map_or(usize::MAX, |text| text.len())
}

fn shorten_lists(told: &mut GetTableSchemaOutput, tokens: u32, left_out: &mut Vec<String>) {
    let mut cut = |name, lengths: Option<(usize, usize)>| {
        if let Some((shown, total)) = lengths {
            left_out.push(format!("{name}: {shown} of {total} are told"));
        }
    };
    cut("dependants", shorten(&mut told.dependants, tokens));
    cut("grants", shorten(&mut told.grants, tokens));
    cut("referenced_by", shorten(&mut told.referenced_by, tokens));
    if let Some(partitions) = &mut told.partitions {
        cut("partitions.list", shorten(&mut partitions.list, tokens));
    }
    if let Some(heirs) = &mut told.inherited_by {
        cut("inherited_by", shorten(heirs, tokens));
    }
    cut("indexes", shorten(&mut told.indexes, tokens));
    cut("foreign_keys", shorten(&mut told.foreign_keys, tokens));
    cut("checks", shorten(&mut told.checks, tokens));
    cut("constraints", shorten(&mut told.constraints, tokens));
    cut("triggers", shorten(&mut told.triggers, tokens));
    cut("rules", shorten(&mut told.rules, tokens));
    cut("row_level_security.policies", shorten(&mut told.row_level_security.policies, tokens));
    if let Some(query) = &mut told.view_definition
        && query.len() > QUERY_BYTES
    {
        *query = crate::values::excerpt(query, QUERY_BYTES);
        left_out.push("the end of view_definition, which get_object_definition tells".to_owned());
    }
}

/// Cuts a list, and says how many entries are left of how many, if it did.
fn shorten<T: Serialize>(list: &mut Vec<T>, tokens: u32) -> Option<(usize, usize)> {
    let total = list.len();
    let shown = fitting(list, tokens);
    list.truncate(shown);
    (shown < total).then_some((shown, total))
}
