//! Whether a table is to be vacuumed, frozen or analyzed.

use pg_core::MaintenanceOptions;

use super::{Action, Step};
use crate::catalog::UpkeepTable;

/// From when on a table is worth the work.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Thresholds {
    pub(crate) dead_rows: f64,
    pub(crate) dead_percent: f64,
    pub(crate) stale_percent: f64,
    pub(crate) freeze_age: f64,
}

impl From<&MaintenanceOptions> for Thresholds {
    fn from(options: &MaintenanceOptions) -> Self {
        Self {
            dead_rows: options.dead_rows as f64,
            dead_percent: options.dead_percent,
            stale_percent: options.stale_percent,
            freeze_age: options.freeze_age as f64,
        }
    }
}

/// The step that a table needs, if any. `deleted` rows will have been deleted before.
pub(crate) fn judge_table(table: &UpkeepTable, thresholds: Thresholds, deleted: i64) -> Option<Step> {
    let dead = (table.dead_rows + deleted) as f64;
    let live = (table.live_rows - deleted).max(1) as f64;
    let age = table.transaction_age.unwrap_or(0) as f64;
    let dead_percent = 100.0 * dead / live;
    let is_dirty = dead >= thresholds.dead_rows && dead_percent >= thresholds.dead_percent;
    let is_old = age >= thresholds.freeze_age;
    let changed = (table.changed_rows + deleted) as f64;
    // The same number below which dead tuples do not matter: the planner's estimates of a tiny table are good enough.
    let is_stale = changed >= thresholds.dead_rows
        && (!table.was_analyzed || 100.0 * changed / live >= thresholds.stale_percent);
    let mut reasons = Vec::new();
    if is_dirty {
        reasons.push(format!("{dead} dead tuples beside {live} live ones"));
    }
    if is_old {
        reasons.push(format!("not frozen for {age} transactions"));
    }
    if is_stale {
        let since = if table.was_analyzed { "since the last ANALYZE" } else { "and it was never analyzed" };
        reasons.push(format!("{changed} rows changed {since}"));
    }
    let (action, words) = match (is_dirty, is_old, is_stale) {
        (_, true, true) => (Action::Vacuum, "VACUUM (FREEZE, ANALYZE)"),
        (_, true, false) => (Action::Vacuum, "VACUUM (FREEZE)"),
        (true, false, true) => (Action::Vacuum, "VACUUM (ANALYZE)"),
        (true, false, false) => (Action::Vacuum, "VACUUM"),
        (false, false, true) => (Action::Analyze, "ANALYZE"),
        (false, false, false) => return None,
    };
    Some(Step {
        action,
        object: table.sql_name.clone(),
        table_oid: table.oid,
        reason: reasons.join("; "),
        sql: format!("{words} {}", table.sql_name),
        bytes: Some(table.bytes_estimate),
        rows: is_dirty.then_some(table.dead_rows + deleted),
        urgency: age / thresholds.freeze_age.max(1.0) * 1e12 * f64::from(u8::from(is_old))
            + dead.max(changed),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> UpkeepTable {
        UpkeepTable {
            oid: 1,
            sql_name: "public.t".to_owned(),
            live_rows: 10_000,
            dead_rows: 0,
            changed_rows: 0,
            transaction_age: Some(5),
            was_analyzed: true,
            bytes_estimate: 8192,
            may_maintain: true,
        }
    }

    fn sql(table: &UpkeepTable) -> Option<String> {
        judge_table(table, Thresholds::from(&MaintenanceOptions::default()), 0).map(|step| step.sql)
    }

    #[test]
    fn leaves_a_clean_table_and_few_dead_tuples_in_peace() {
        assert_eq!(sql(&table()), None);
        assert_eq!(sql(&UpkeepTable { dead_rows: 999, live_rows: 5, ..table() }), None);
        assert_eq!(sql(&UpkeepTable { dead_rows: 2_000, live_rows: 100_000, ..table() }), None);
    }

    #[test]
    fn does_what_each_fact_asks_for_in_one_statement() {
        let dirty = UpkeepTable { dead_rows: 2_000, ..table() };
        assert_eq!(sql(&dirty).as_deref(), Some("VACUUM public.t"));
        let both = UpkeepTable { changed_rows: 2_000, ..dirty.clone() };
        assert_eq!(sql(&both).as_deref(), Some("VACUUM (ANALYZE) public.t"));
        let old = UpkeepTable { transaction_age: Some(200_000_000), ..both };
        assert_eq!(sql(&old).as_deref(), Some("VACUUM (FREEZE, ANALYZE) public.t"));
        let stale = UpkeepTable { changed_rows: 1_500, was_analyzed: false, live_rows: 1_000_000, ..table() };
        assert_eq!(sql(&stale).as_deref(), Some("ANALYZE public.t"));
    }

    #[test]
    fn counts_rows_that_retention_will_have_deleted() {
        let step = judge_table(&table(), Thresholds::from(&MaintenanceOptions::default()), 5_000).unwrap();
        assert_eq!(step.sql, "VACUUM (ANALYZE) public.t");
    }

    #[test]
    fn freezes_first() {
        let thresholds = Thresholds::from(&MaintenanceOptions::default());
        let old = judge_table(&UpkeepTable { transaction_age: Some(150_000_000), ..table() }, thresholds, 0)
            .unwrap();
        let dirty = judge_table(&UpkeepTable { dead_rows: 9_000_000, ..table() }, thresholds, 0).unwrap();
        assert!(old.urgency > dirty.urgency);
    }
}
