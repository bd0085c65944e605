//! get_metrics: what this process has done.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{Call, Effect, Error, Example, Operation, PoolStats, Toolset};

/// Count what this server has done: queries, failures, refusals, slow ones, rows, average time and quantiles, and how full each pool is.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct GetMetricsInput {}

/// What this process has done since it started.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GetMetricsOutput {
    /// Seconds since the process started.
    pub uptime_seconds: f64,
    /// Operations on data that were asked for.
    pub total_queries: u64,
    /// Those that succeeded.
    pub successful_queries: u64,
    /// Those that did not, refused ones included.
    pub failed_queries: u64,
    /// Those that a policy refused.
    pub refused_queries: u64,
    /// Those that took longer than the threshold for slow statements.
    pub slow_queries: u64,
    /// Rows that were handed out.
    pub rows_returned: u64,
    /// Their average time in milliseconds.
    pub avg_query_time_ms: f64,
    /// Half of them took no longer, in milliseconds, as far as a histogram can tell.
    pub p50_query_time_ms: f64,
    /// 95 of a hundred took no longer.
    pub p95_query_time_ms: f64,
    /// 99 of a hundred took no longer.
    pub p99_query_time_ms: f64,
    /// The pools.
    pub connections: Vec<ConnectionMetrics>,
}

/// One connection's pool.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConnectionMetrics {
    /// The connection.
    pub connection_id: String,
    /// How full its pool is.
    pub pool_stats: PoolStats,
    /// Transactions that are open from call to call.
    pub open_transactions: usize,
}

/// The operation get_metrics.
#[derive(Debug)]
pub struct GetMetrics;

#[async_trait]
impl Operation for GetMetrics {
    type Input = GetMetricsInput;
    type Output = GetMetricsOutput;
    const NAME: &'static str = "get_metrics";
    const TITLE: &'static str = "Metrics of this server";
    const EFFECT: Effect = Effect::Read;
    const TOOLSET: Toolset = Toolset::Core;
    const EXAMPLES: &'static [Example] = &[Example { title: "How much was done?", arguments: "{}" }];

    async fn run(call: &Call, _input: GetMetricsInput) -> Result<GetMetricsOutput, Error> {
        let counts = call.service().counts();
        let durations = call.service().durations();
        let quantile = |part| super::milliseconds(durations.quantile(part));
        let average =
            if counts.total == 0 { 0.0 } else { counts.time.as_secs_f64() * 1e3 / counts.total as f64 };
        Ok(GetMetricsOutput {
            uptime_seconds: call.service().uptime().as_secs_f64(),
            total_queries: counts.total,
            successful_queries: counts.successful,
            failed_queries: counts.failed,
            refused_queries: counts.refused,
            slow_queries: counts.slow,
            rows_returned: counts.rows,
            avg_query_time_ms: average,
            p50_query_time_ms: quantile(0.5),
            p95_query_time_ms: quantile(0.95),
            p99_query_time_ms: quantile(0.99),
            connections: call
                .service()
                .connections()
                .iter()
                .map(|connection| ConnectionMetrics {
                    connection_id: connection.id().to_owned(),
                    pool_stats: connection.pool_stats(),
                    open_transactions: call.service().transactions().count(connection.id()),
                })
                .collect(),
        })
    }
}
