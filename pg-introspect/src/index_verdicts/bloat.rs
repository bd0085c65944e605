//! An estimate of how much larger a B-tree is than its entries need. Source: the layout of B-tree pages in PostgreSQL's
//! documentation, "Database Page Layout".
//!
//! Separate because it is arithmetic. Invariant: where a width is not known there is no estimate.

use super::{IndexFinding, IndexVerdict};
use crate::catalog::ListedIndex;

/// Bytes of an entry beside its key: its header and its place in the page's list.
const ENTRY: f64 = 12.0;
/// Bytes of a page that hold no entries.
const PAGE: f64 = 40.0;
/// How full pages are made by default.
const FILL: f64 = 0.9;
/// Fewer wasted bytes than this are not worth a rebuild.
const WORTH: f64 = 1_048_576.0;

pub(super) fn find(index: &ListedIndex) -> Option<IndexFinding> {
    let needed = needed_bytes(index)?;
    let actual = index.pages as f64 * index.block_size as f64;
    if actual < 2.0 * needed || actual - needed < WORTH {
        return None;
    }
    Some(IndexFinding {
        verdict: IndexVerdict::Bloated,
        reason: format!(
            "by estimate its {:.0} entries need {:.1} MiB, and it has {:.1} MiB",
            index.entries,
            needed / WORTH,
            actual / WORTH
        ),
        suggestion: format!(
            "REINDEX INDEX CONCURRENTLY {}; it is an estimate from statistics, the extension pgstattuple measures",
            index.qualified_name
        ),
    })
}

/// The bytes that its entries need, where that can be known.
fn needed_bytes(index: &ListedIndex) -> Option<f64> {
    if index.method != "btree" || index.pages < 2 {
        return None;
    }
    // Keys stand at multiples of eight bytes.
    let key = (index.key_width? / 8.0).ceil() * 8.0;
    let page = index.block_size as f64;
    let per_page = ((page - PAGE) * FILL / (key + ENTRY)).floor().max(1.0);
    Some(((index.entries / per_page).ceil() + 1.0) * page)
}

#[cfg(test)]
mod tests {
    use super::super::tests::index;
    use super::find;

    #[test]
    fn says_bloated_of_one_that_is_mostly_empty() {
        let mut large = index("large", 1, &["a"]);
        (large.entries, large.pages) = (5_000.0, 276);
        assert!(find(&large).unwrap().reason.contains("by estimate"));
    }

    #[test]
    fn leaves_a_full_a_small_and_an_unknown_one_in_peace() {
        let mut full = index("full", 1, &["a"]);
        (full.entries, full.pages) = (100_000.0, 276);
        assert!(find(&full).is_none());
        (full.entries, full.pages) = (10.0, 20);
        assert!(find(&full).is_none(), "too little to gain");
        (full.pages, full.key_width) = (9_999, None);
        assert!(find(&full).is_none());
    }
}
