//! Whether a statement may run by another plan than before, judged by what the server counts of its runs.
//!
//! Separate because it is an inference: the server keeps no plans. Invariant: the words say what was seen, and what else could
//! have brought it.

use crate::catalog::CountedStatement;

/// The factor by which the blocks of a run must differ to be told.
const FACTOR: f64 = 3.0;
/// The factor within which the rows of a run count as the same.
const SAME_ROWS: f64 = 1.5;
/// Blocks of a run below which a difference is noise.
const BLOCKS: f64 = 8.0;

/// What speaks for another plan within a window than before it: far more or far fewer blocks for as many rows, or temporary files
/// where there were none.
pub(super) fn plan_change(before: &CountedStatement, within: &CountedStatement) -> Option<String> {
    if before.calls == 0 || within.calls == 0 {
        return None;
    }
    let rows = (a_run(before, before.rows) + 1.0, a_run(within, within.rows) + 1.0);
    if rows.0.max(rows.1) > rows.0.min(rows.1) * SAME_ROWS {
        return None;
    }
    let blocks = (
        a_run(before, before.blocks_hit + before.blocks_read),
        a_run(within, within.blocks_hit + within.blocks_read),
    );
    let (least, most) = (blocks.0.min(blocks.1), blocks.0.max(blocks.1));
    if most >= BLOCKS && most > least * FACTOR {
        return Some(format!(
            "a run touched {:.0} blocks and now touches {:.0}, for about as many rows: another plan, or a table that grew or was \
             vacuumed; explain_query tells the plan of now",
            blocks.0, blocks.1
        ));
    }
    (before.temporary_blocks == 0 && within.temporary_blocks > 0).then(|| {
        "it writes temporary files, which it did not before: another plan, or more rows to sort or hash; explain_query tells the plan \
         of now"
            .to_owned()
    })
}

fn a_run(statement: &CountedStatement, count: i64) -> f64 {
    count as f64 / statement.calls.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::super::tests::statement;
    use super::plan_change;

    #[test]
    fn many_more_blocks_for_as_many_rows_speak_for_another_plan() {
        let (mut before, mut within) = (statement("a", 10, 1.0), statement("a", 5, 1.0));
        (before.blocks_hit, within.blocks_hit) = (40, 4_000);
        assert!(plan_change(&before, &within).unwrap().contains("touched 4 blocks and now touches 800"));
        (before.blocks_hit, within.blocks_hit) = (8_000, 20);
        assert!(plan_change(&before, &within).is_some(), "for the better too");
    }

    #[test]
    fn more_rows_fewer_blocks_or_the_same_do_not() {
        let (mut before, mut within) = (statement("a", 10, 1.0), statement("a", 5, 1.0));
        (before.blocks_hit, within.blocks_hit, within.rows) = (40, 4_000, 5_000);
        assert_eq!(plan_change(&before, &within), None, "it gave more rows");
        (within.rows, within.blocks_hit) = (5, 25);
        assert_eq!(plan_change(&before, &within), None);
        (before.calls, within.blocks_hit) = (0, 4_000);
        assert_eq!(plan_change(&before, &within), None, "it never ran before");
    }

    #[test]
    fn temporary_files_where_there_were_none_do() {
        let (before, mut within) = (statement("a", 10, 1.0), statement("a", 5, 1.0));
        within.temporary_blocks = 10;
        assert!(plan_change(&before, &within).unwrap().contains("temporary files"));
    }
}
