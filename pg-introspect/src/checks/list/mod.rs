//! The checks, one file each, and their list.
//!
//! Invariant: a check is in [`CHECKS`] once; what is in it has a seeded fault in the suite, or a written
//! reason why it cannot have one on one machine.

mod archive_backlog;
mod archiver_failing;
mod autovacuum_off;
mod autovacuum_saturated;
mod autovacuum_stale;
mod bad_types;
mod bgwriter_pressure;
mod blocking_chain;
mod bypassrls_roles;
mod cache_hit_index;
mod cache_hit_table;
mod checkpoints_forced;
mod checksum_failures;
mod clock_skew;
mod collation_mismatch;
mod config_durability;
mod config_file_errors;
mod config_logging;
mod config_memory;
mod config_planner;
mod config_timeouts;
mod connection_usage;
mod constraint_not_valid;
mod data_checksums_off;
mod dead_tuples;
mod deadlocks;
mod disabled_triggers;
mod duplicate_fk;
mod duplicate_index;
mod extension_outdated;
mod fk_type_mismatch;
mod function_search_path;
mod hba_trust;
mod hot_ratio;
mod idle_connections;
mod idle_in_transaction;
mod index_bloat;
mod int_pk_overflow;
mod invalid_index;
mod jit_overhead;
mod large_objects;
mod large_toast;
mod last_checkpoint_age;
mod locks_count;
mod logical_subscription;
mod long_query;
mod long_transaction;
mod low_value_index;
mod missing_fk_index;
mod missing_index_candidates;
mod mxid_wraparound;
mod nested_views;
mod never_vacuumed_big;
mod no_primary_key;
mod no_replica_identity;
mod partition_gaps;
mod password_encryption;
mod pending_restart;
mod policy_always_true;
mod policy_without_rls;
mod prepared_xacts;
mod public_create;
mod public_table_grants;
mod reaching_extensions;
mod recent_start;
mod redundant_index;
mod reg_types_block_upgrade;
mod repeated_queries;
mod replay_delay;
mod replication_lag;
mod rls_without_policy;
mod rollback_ratio;
mod security_definer_public;
mod sensitive_columns;
mod sequence_exhaustion;
mod slot_inactive;
mod slow_queries;
mod ssl_off;
mod standby_conflicts;
mod standby_disconnected;
mod statements_evicted;
mod statements_not_counted;
mod statements_reset_recent;
mod stats_reset_recent;
mod stats_stale;
mod superuser_roles;
mod sync_rep_risk;
mod table_bloat;
mod temp_files;
mod too_many_indexes;
mod unlogged_tables;
mod unpopulated_matviews;
mod untrusted_languages;
mod unused_index;
mod unused_tables;
mod vacuum_blocked;
mod version_eol;
mod version_minor;
mod view_past_rls;
mod visibility_map_low;
mod wait_events;
mod wal_volume;
mod xid_wraparound_db;
mod xid_wraparound_table;
mod xmin_horizon;

use super::check::Check;

/// Every check, in the order in which they are documented.
pub static CHECKS: &[&Check] = &[
    &connection_usage::CHECK,
    &idle_connections::CHECK,
    &idle_in_transaction::CHECK,
    &long_transaction::CHECK,
    &long_query::CHECK,
    &blocking_chain::CHECK,
    &locks_count::CHECK,
    &prepared_xacts::CHECK,
    &xmin_horizon::CHECK,
    &deadlocks::CHECK,
    &rollback_ratio::CHECK,
    &temp_files::CHECK,
    &checksum_failures::CHECK,
    &data_checksums_off::CHECK,
    &xid_wraparound_db::CHECK,
    &mxid_wraparound::CHECK,
    &stats_reset_recent::CHECK,
    &standby_conflicts::CHECK,
    &version_eol::CHECK,
    &xid_wraparound_table::CHECK,
    &dead_tuples::CHECK,
    &autovacuum_off::CHECK,
    &autovacuum_stale::CHECK,
    &stats_stale::CHECK,
    &never_vacuumed_big::CHECK,
    &visibility_map_low::CHECK,
    &hot_ratio::CHECK,
    &missing_index_candidates::CHECK,
    &cache_hit_table::CHECK,
    &cache_hit_index::CHECK,
    &unused_index::CHECK,
    &duplicate_index::CHECK,
    &redundant_index::CHECK,
    &invalid_index::CHECK,
    &index_bloat::CHECK,
    &missing_fk_index::CHECK,
    &sequence_exhaustion::CHECK,
    &int_pk_overflow::CHECK,
    &fk_type_mismatch::CHECK,
    &no_primary_key::CHECK,
    &no_replica_identity::CHECK,
    &constraint_not_valid::CHECK,
    &duplicate_fk::CHECK,
    &disabled_triggers::CHECK,
    &bad_types::CHECK,
    &reg_types_block_upgrade::CHECK,
    &unlogged_tables::CHECK,
    &unpopulated_matviews::CHECK,
    &partition_gaps::CHECK,
    &extension_outdated::CHECK,
    &replication_lag::CHECK,
    &replay_delay::CHECK,
    &standby_disconnected::CHECK,
    &slot_inactive::CHECK,
    &logical_subscription::CHECK,
    &sync_rep_risk::CHECK,
    &archiver_failing::CHECK,
    &checkpoints_forced::CHECK,
    &config_durability::CHECK,
    &config_memory::CHECK,
    &config_planner::CHECK,
    &config_timeouts::CHECK,
    &config_logging::CHECK,
    &pending_restart::CHECK,
    &password_encryption::CHECK,
    &statements_not_counted::CHECK,
    &policy_without_rls::CHECK,
    &rls_without_policy::CHECK,
    &policy_always_true::CHECK,
    &security_definer_public::CHECK,
    &function_search_path::CHECK,
    &public_create::CHECK,
    &public_table_grants::CHECK,
    &superuser_roles::CHECK,
    &bypassrls_roles::CHECK,
    &sensitive_columns::CHECK,
    &untrusted_languages::CHECK,
    &reaching_extensions::CHECK,
    &collation_mismatch::CHECK,
    &wait_events::CHECK,
    &vacuum_blocked::CHECK,
    &autovacuum_saturated::CHECK,
    &version_minor::CHECK,
    &recent_start::CHECK,
    &large_objects::CHECK,
    &table_bloat::CHECK,
    &unused_tables::CHECK,
    &too_many_indexes::CHECK,
    &low_value_index::CHECK,
    &large_toast::CHECK,
    &nested_views::CHECK,
    &view_past_rls::CHECK,
    &ssl_off::CHECK,
    &bgwriter_pressure::CHECK,
    &last_checkpoint_age::CHECK,
    &config_file_errors::CHECK,
    &hba_trust::CHECK,
    &wal_volume::CHECK,
    &archive_backlog::CHECK,
    &slow_queries::CHECK,
    &repeated_queries::CHECK,
    &jit_overhead::CHECK,
    &statements_evicted::CHECK,
    &statements_reset_recent::CHECK,
    &clock_skew::CHECK,
];
