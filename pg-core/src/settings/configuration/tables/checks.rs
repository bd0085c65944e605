//! `[checks.NAME]`: which checks of a database are run, and from which number on they say something.
//!
//! The names stand here because the file is read here; the crate that has the checks holds its list to this one in a test.
//! Invariant: a name that is no check's is an error where it stands.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::super::entry::CheckOptions;

/// What is said of one check.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(in super::super) struct CheckTable {
    /// Whether it is run; true by default.
    pub(in super::super) enabled: Option<bool>,
    /// From which number on it warns.
    pub(in super::super) warning: Option<f64>,
    /// From which number on it is critical.
    pub(in super::super) critical: Option<f64>,
}

impl CheckTable {
    fn over(self, under: &Self) -> Self {
        Self {
            enabled: self.enabled.or(under.enabled),
            warning: self.warning.or(under.warning),
            critical: self.critical.or(under.critical),
        }
    }

    fn options(self) -> CheckOptions {
        CheckOptions { enabled: self.enabled.unwrap_or(true), warning: self.warning, critical: self.critical }
    }
}

macro_rules! checks {
    ($($name:ident,)+) => {
        /// What is said of checks, by their names.
        #[derive(Clone, Debug, Default, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields, default)]
        pub(in super::super) struct ChecksTable {
            $($name: CheckTable,)+
        }

        /// The names of the checks that the file can speak of.
        pub static CHECK_NAMES: &[&str] = &[$(stringify!($name),)+];

        impl ChecksTable {
            /// What is said here, and what the other says where nothing is said here.
            pub(in super::super) fn over(self, under: &Self) -> Self {
                Self { $($name: self.$name.over(&under.$name),)+ }
            }

            /// What is said of each check of which anything is.
            pub(in super::super) fn options(&self) -> BTreeMap<String, CheckOptions> {
                [$((stringify!($name), self.$name),)+]
                    .into_iter()
                    .filter(|(_, said)| *said != CheckTable::default())
                    .map(|(name, said)| (name.to_owned(), said.options()))
                    .collect()
            }
        }
    };
}

checks! {
    connection_usage,
    idle_connections,
    idle_in_transaction,
    long_transaction,
    long_query,
    blocking_chain,
    locks_count,
    prepared_xacts,
    xmin_horizon,
    deadlocks,
    rollback_ratio,
    temp_files,
    checksum_failures,
    data_checksums_off,
    xid_wraparound_db,
    mxid_wraparound,
    stats_reset_recent,
    standby_conflicts,
    version_eol,
    xid_wraparound_table,
    dead_tuples,
    autovacuum_off,
    autovacuum_stale,
    stats_stale,
    never_vacuumed_big,
    visibility_map_low,
    hot_ratio,
    missing_index_candidates,
    cache_hit_table,
    cache_hit_index,
    unused_index,
    duplicate_index,
    redundant_index,
    invalid_index,
    index_bloat,
    missing_fk_index,
    sequence_exhaustion,
    int_pk_overflow,
    fk_type_mismatch,
    no_primary_key,
    no_replica_identity,
    constraint_not_valid,
    duplicate_fk,
    disabled_triggers,
    bad_types,
    reg_types_block_upgrade,
    unlogged_tables,
    unpopulated_matviews,
    partition_gaps,
    extension_outdated,
    replication_lag,
    replay_delay,
    standby_disconnected,
    slot_inactive,
    logical_subscription,
    sync_rep_risk,
    archiver_failing,
    checkpoints_forced,
    config_durability,
    config_memory,
    config_planner,
    config_timeouts,
    config_logging,
    pending_restart,
    password_encryption,
    statements_not_counted,
    policy_without_rls,
    rls_without_policy,
    policy_always_true,
    security_definer_public,
    function_search_path,
    public_create,
    public_table_grants,
    superuser_roles,
    bypassrls_roles,
    sensitive_columns,
    untrusted_languages,
    reaching_extensions,
    collation_mismatch,
    wait_events,
    vacuum_blocked,
    autovacuum_saturated,
    version_minor,
    recent_start,
    large_objects,
    table_bloat,
    unused_tables,
    too_many_indexes,
    low_value_index,
    large_toast,
    nested_views,
    view_past_rls,
    ssl_off,
    bgwriter_pressure,
    last_checkpoint_age,
    config_file_errors,
    hba_trust,
    wal_volume,
    archive_backlog,
    slow_queries,
    repeated_queries,
    jit_overhead,
    statements_evicted,
    statements_reset_recent,
    clock_skew,
}
