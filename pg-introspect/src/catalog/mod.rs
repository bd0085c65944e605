//! The questions that this crate asks of PostgreSQL's catalog: for each `.sql` file of `catalog/` the type of its rows.
//!
//! Invariant: every `.sql` file is in [`QUERIES`], so that a test can run them all on every server version.

mod activity;
mod all_indexes;
mod checks;
mod column_statistics;
mod columns;
mod comparison;
mod constraints;
mod definitions;
mod dependants;
mod fields;
mod foreign_keys;
mod grants;
mod indexes;
mod inheritance;
mod moment;
mod monitor;
mod query;
mod referenced_by;
mod relation;
mod relations;
mod row_policies;
mod rules;
mod schemas;
mod search;
mod setup;
mod snapshot;
mod statements;
mod statistics;
mod table_state;
mod triggers;
mod upkeep;
mod wraparound;

pub use activity::{Lock, LockHolder, Session, Wait};
pub use all_indexes::{KeyWithoutIndex, ListedIndex, StatisticsAge};
pub use checks::Measured;
pub use column_statistics::{ColumnStatistics, ColumnSummary, CommonValue};
pub use columns::Column;
pub use comparison::{ComparedObject, DependencyEdge};
pub use constraints::{Check, Constraint, ForeignKey, KeyConstraint};
pub use definitions::{DefinitionPart, NamedObject};
pub use dependants::Dependant;
pub use foreign_keys::Edge;
pub use grants::Grant;
pub use indexes::Index;
pub use inheritance::{Child, Parent};
pub use moment::{Moment, ObjectParts, TableBytes};
pub use monitor::Look;
pub use query::{AnyCatalogQuery, CatalogQuery};
pub use referenced_by::ReferencedBy;
pub use relation::Relation;
pub use relations::{ColumnNames, ListedRelation, RelationName, RelationRows, RelationSize};
pub use row_policies::RowPolicy;
pub use rules::RewriteRule;
pub use schemas::{ListedSchema, SchemaName};
pub use search::Found;
pub use setup::SetUp;
pub use statements::{CountedStatement, StatementsExtension, StatementsReset};
pub use table_state::TableState;
pub use triggers::Trigger;
pub use wraparound::{DatabaseAge, HoldsBack, TableAge};

pub(crate) use activity::{ACTIVITY, BLOCKING, LOCK_HOLDERS, LOCKS};
pub(crate) use all_indexes::{ALL_INDEXES, KEYS_WITHOUT_INDEX, STATISTICS_AGE};
pub(crate) use checks::{
    CHECK_ACCESS, CHECK_CHECKPOINTS, CHECK_CLOCK, CHECK_COLLATIONS, CHECK_EVICTED, CHECK_FILES,
    CHECK_HORIZON, CHECK_KEYS, CHECK_PARTITIONS, CHECK_REPLICATION, CHECK_ROWS, CHECK_SCANS, CHECK_SCHEMA,
    CHECK_SECURITY, CHECK_SERVER, CHECK_SESSIONS, CHECK_SETTINGS, CHECK_STATEMENTS, CHECK_TABLES, CHECK_WAL,
};
pub(crate) use column_statistics::COLUMN_STATISTICS;
pub(crate) use columns::COLUMNS;
pub(crate) use comparison::{
    COMPARE_COLUMNS, COMPARE_EDGES, COMPARE_MEMBERS, COMPARE_OTHERS, COMPARE_RELATIONS, COMPARE_TYPES,
};
pub(crate) use constraints::CONSTRAINTS;
pub(crate) use definitions::{OBJECT_DEFINITION, OBJECTS_NAMED, RELATION_DEFINITION};
pub(crate) use dependants::DEPENDANTS;
pub(crate) use foreign_keys::FOREIGN_KEYS;
pub(crate) use grants::GRANTS;
pub(crate) use indexes::INDEXES;
pub(crate) use inheritance::{CHILDREN, PARENTS};
pub(crate) use moment::{MOMENT, SNAPSHOT_OBJECTS, SNAPSHOT_SIZES};
pub(crate) use monitor::MONITOR;
pub(crate) use referenced_by::REFERENCED_BY;
pub(crate) use relation::RELATION;
pub(crate) use relations::{COLUMN_NAMES, RELATION_NAMES, RELATION_ROWS, RELATION_SIZES, RELATIONS};
pub(crate) use row_policies::ROW_POLICIES;
pub(crate) use rules::RULES;
pub(crate) use schemas::{SCHEMA_NAMES, SCHEMAS};
pub(crate) use search::SEARCH;
pub(crate) use setup::SETUP;
pub(crate) use snapshot::Snapshot;
pub(crate) use statements::{STATEMENTS, STATEMENTS_EXTENSION, STATEMENTS_RESET};
pub(crate) use statistics::{
    STAT_DATABASES, STAT_EXTENSIONS, STAT_INDEXES, STAT_IO, STAT_PROGRESS, STAT_REPLICATION, STAT_ROLES,
    STAT_SETTINGS, STAT_TABLES, STAT_VACUUM, STAT_WAL,
};
pub(crate) use table_state::TABLE_STATE;
pub(crate) use triggers::TRIGGERS;
pub(crate) use upkeep::{
    UPKEEP_PARTITIONS, UPKEEP_PERIODS, UPKEEP_PROGRESS, UPKEEP_RELATION, UPKEEP_RETENTION, UPKEEP_TABLES,
    UpkeepPartition, UpkeepPeriod, UpkeepRelation, UpkeepRetention, UpkeepTable,
};
pub(crate) use wraparound::{HORIZON, WRAPAROUND_DATABASES, WRAPAROUND_TABLES};

/// Every catalog query of this crate.
pub static QUERIES: &[&dyn AnyCatalogQuery] = &[
    &SCHEMAS,
    &SCHEMA_NAMES,
    &RELATIONS,
    &RELATION_NAMES,
    &RELATION_SIZES,
    &RELATION_ROWS,
    &COLUMN_NAMES,
    &RELATION,
    &COLUMNS,
    &CONSTRAINTS,
    &REFERENCED_BY,
    &INDEXES,
    &TRIGGERS,
    &CHILDREN,
    &PARENTS,
    &ROW_POLICIES,
    &RULES,
    &GRANTS,
    &DEPENDANTS,
    &ACTIVITY,
    &LOCKS,
    &BLOCKING,
    &LOCK_HOLDERS,
    &ALL_INDEXES,
    &KEYS_WITHOUT_INDEX,
    &STATISTICS_AGE,
    &FOREIGN_KEYS,
    &SEARCH,
    &OBJECTS_NAMED,
    &RELATION_DEFINITION,
    &OBJECT_DEFINITION,
    &STAT_TABLES,
    &STAT_INDEXES,
    &STAT_DATABASES,
    &STAT_VACUUM,
    &STAT_PROGRESS,
    &STAT_REPLICATION,
    &STAT_WAL,
    &STAT_IO,
    &STAT_SETTINGS,
    &STAT_EXTENSIONS,
    &STAT_ROLES,
    &STATEMENTS,
    &STATEMENTS_EXTENSION,
    &STATEMENTS_RESET,
    &MOMENT,
    &SNAPSHOT_OBJECTS,
    &SNAPSHOT_SIZES,
    &WRAPAROUND_DATABASES,
    &WRAPAROUND_TABLES,
    &HORIZON,
    &TABLE_STATE,
    &COLUMN_STATISTICS,
    &CHECK_SESSIONS,
    &CHECK_HORIZON,
    &CHECK_SERVER,
    &CHECK_TABLES,
    &COMPARE_COLUMNS,
    &COMPARE_EDGES,
    &COMPARE_MEMBERS,
    &COMPARE_OTHERS,
    &COMPARE_RELATIONS,
    &COMPARE_TYPES,
    &UPKEEP_TABLES,
    &UPKEEP_RELATION,
    &UPKEEP_RETENTION,
    &UPKEEP_PERIODS,
    &UPKEEP_PARTITIONS,
    &UPKEEP_PROGRESS,
    &MONITOR,
    &CHECK_SCANS,
    &CHECK_KEYS,
    &CHECK_SCHEMA,
    &CHECK_PARTITIONS,
    &CHECK_REPLICATION,
    &CHECK_CHECKPOINTS,
    &CHECK_WAL,
    &CHECK_SETTINGS,
    &CHECK_FILES,
    &CHECK_ACCESS,
    &CHECK_ROWS,
    &CHECK_SECURITY,
    &CHECK_COLLATIONS,
    &CHECK_STATEMENTS,
    &CHECK_EVICTED,
    &CHECK_CLOCK,
    &SETUP,
];

#[cfg(test)]
mod tests {
    use super::QUERIES;

    #[test]
    fn every_file_is_listed() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/catalog");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
            .collect();
        let mut listed: Vec<String> =
            QUERIES.iter().flat_map(|query| query.texts()).map(|text| (*text).to_owned()).collect();
        files.sort_unstable();
        listed.sort_unstable();
        assert_eq!(files, listed);
    }

    #[test]
    fn every_query_is_allowed_in_read_access() {
        for query in QUERIES {
            query.vet().unwrap_or_else(|error| panic!("{}: {error}", query.name()));
        }
    }

    #[test]
    fn every_file_says_what_it_takes_and_since_when() {
        for text in QUERIES.iter().flat_map(|query| query.texts()) {
            assert!(text.starts_with("-- "), "{text}");
            assert!(text.contains("\n-- Parameters: "), "{text}");
            assert!(text.contains("\n-- Since "), "{text}");
            assert!(!text.trim_end().ends_with(';'), "{text}");
        }
    }
}
