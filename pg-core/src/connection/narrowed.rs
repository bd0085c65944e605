//! A connection for callers who may do less on it.
//!
//! Separate because it is the one place where a second connection is made of a first. Invariant: what it shares counts for both:
//! pool, limits, throttle; what depends on the policy or on the role is its own: verdicts and facts, and for a role the pool and what the
//! server said of itself.

use std::sync::{Arc, Mutex};

use lru::LruCache;
use pg_policy::Access;

use super::{Connection, Inner, VERDICTS};
use crate::facts::KnownFacts;

impl Connection {
    /// The same connection for a caller who may do no more than this on it: the same pool, limits and counts, and verdicts of its own.
    /// For a role of the database the sessions are its own too, and work as that role.
    pub(crate) fn at_most(&self, access: Access, role: Option<&str>) -> Self {
        let inner = &self.inner;
        let (pool, server) = match role {
            Some(role) => (inner.pool.as_role(role), tokio::sync::OnceCell::new()),
            None => (inner.pool.clone(), inner.server.clone()),
        };
        Self {
            inner: Arc::new(Inner {
                id: inner.id.clone(),
                label: inner.label.clone(),
                settings: inner.settings.clone(),
                policy: inner.policy.at_most(access),
                limits: inner.limits,
                pool,
                facts: KnownFacts::default(),
                verdicts: Mutex::new(LruCache::new(VERDICTS)),
                parameter_types: Mutex::new(LruCache::new(VERDICTS)),
                server,
                throttle: Arc::clone(&inner.throttle),
                check_outs: Arc::clone(&inner.check_outs),
                watched: inner.watched.as_ref().map(|policy| policy.at_most(access)),
                confirmation: inner.confirmation.clone(),
                checks: inner.checks.clone(),
                maintenance: inner.maintenance.clone(),
                monitor: inner.monitor.clone(),
                mask_key: inner.mask_key.clone(),
            }),
        }
    }
}
