//! Changes out of the source's log: the keys of rows that have changed, kept in the target.
//!
//! Invariants: every change that the pass's snapshot sees is collected before a row is read; the slot moves on only past what
//! the target keeps; a change that the snapshot does not see waits for the next pass, because its row was not read in it.

use std::collections::{HashMap, HashSet};

use pg_core::{Call, Error, Record, SharedSnapshot};

use super::{
    Follower,
    line::{self, Line},
    memory::{self, Changes},
    slot, sql,
};
use crate::migrate::{
    by_key::Key,
    prepared::{Migration, PreparedTable},
    state,
};

/// Lines of the log that the server decodes at once, about: whole transactions are told.
const LINES: i32 = 200_000;
/// Keys that are sent to the target at once.
const TOGETHER: usize = 10_000;

/// Which transactions a snapshot sees, by the low 32 bits of their ids, which are all that the log tells.
#[derive(Debug)]
struct Sight {
    behind_all: u32,
    under_way: HashSet<u32>,
}

impl Sight {
    /// Reads what the server writes: `xmin:xmax:xip,…`.
    fn read(text: &str) -> Option<Self> {
        #[expect(clippy::cast_possible_truncation, reason = "the low bits are wanted")]
        let low = |text: &str| text.parse::<u64>().ok().map(|xid| xid as u32);
        let mut parts = text.split(':');
        let (_oldest, behind_all) = (parts.next()?, low(parts.next()?)?);
        let under_way =
            parts.next()?.split(',').filter(|xid| !xid.is_empty()).map(low).collect::<Option<_>>()?;
        Some(Self { behind_all, under_way })
    }

    /// Whether it sees a transaction that has ended.
    fn sees(&self, xid: u32) -> bool {
        // Ids go round; of two that are in use, one is less than half the way ahead of the other.
        let is_behind = xid.wrapping_sub(self.behind_all) >= 1 << 31;
        is_behind && !self.under_way.contains(&xid)
    }

    /// The id of a transaction that it does not see.
    fn unseen<'a>(&self, xid: &'a str) -> Option<&'a str> {
        (!xid.parse().is_ok_and(|xid| self.sees(xid))).then_some(xid)
    }
}

/// Collects every change that the snapshot sees.
///
/// # Errors
/// A line that cannot be read; a table that was emptied and cannot be followed through that; what either side gives.
pub(super) async fn collect(
    call: &Call,
    migration: &Migration,
    follower: &Follower,
    snapshot: &SharedSnapshot,
) -> Result<(), Error> {
    let (source, target, name) = (&migration.source, &migration.target, &migration.plan.name);
    let sight = Sight::read(snapshot.sees()).ok_or_else(|| Error::Driver {
        problem: format!("the server's snapshot {:?} cannot be read", snapshot.sees()),
    })?;
    let waiting = memory::unseen(call, target, name).await?;
    let seen: Vec<String> = waiting.into_iter().filter(|xid| sight.unseen(xid).is_none()).collect();
    memory::begin(call, target, name, &seen).await?;
    let up_to = slot::flushed(call, source).await?;
    while let Some(last) = some(call, migration, follower, &sight, &up_to).await? {
        slot::move_on(call, source, &follower.slot_name, &last).await?;
    }
    slot::move_on(call, source, &follower.slot_name, &up_to).await
}

/// Collects some whole transactions, and gives the place in the log where the last one ends; none when there is none left.
async fn some(
    call: &Call,
    migration: &Migration,
    follower: &Follower,
    sight: &Sight,
    up_to: &str,
) -> Result<Option<String>, Error> {
    let (source, target, name) = (&migration.source, &migration.target, &migration.plan.name);
    let tables: HashMap<&str, &PreparedTable> = migration
        .tables
        .iter()
        .flat_map(|table| table.followed.iter().flatten().map(move |logged| (logged.as_str(), table)))
        .collect();
    let mut patterns: Vec<String> =
        tables.keys().map(|logged| format!("table {}: %", escaped(logged))).collect();
    patterns.extend(["COMMIT%".to_owned(), "table %: TRUNCATE:%".to_owned()]);
    let statement = source.vet(call, slot::LOOK).await?;
    let mut lines = source
        .stream_read_only::<Record>(call, &statement, &[&follower.slot_name, &up_to, &LINES, &patterns])
        .await?;
    let mut gathered: HashMap<(&str, Key), Option<String>> = HashMap::new();
    let mut last = None;
    while let Some(record) = lines.next().await? {
        let (xid, data): (&str, &str) = (record.get("xid")?, record.get("data")?);
        let read = line::read(data, |logged| tables.get(logged).map(|table| table.key.as_slice()));
        let read = read.map_err(|problem| {
            Error::argument(format!(
                "a change of the source cannot be followed: {problem}; nothing is lost, the replication slot {} keeps it",
                follower.slot_name
            ))
        })?;
        match read {
            Line::Commit => last = Some(record.get::<String>("lsn")?),
            Line::Other => {}
            Line::Truncated(emptied) => {
                for table in emptied.into_iter().filter_map(|logged| tables.get(logged)) {
                    empty(call, migration, table, sight.unseen(xid)).await?;
                }
            }
            Line::Changed { table, keys } => {
                let Some(table) = tables.get(table) else { continue };
                for key in keys {
                    let unseen = gathered.entry((table.spec.target.as_str(), key)).or_default();
                    *unseen = sight.unseen(xid).map(str::to_owned).or(unseen.take());
                }
            }
        }
        if gathered.len() >= TOGETHER {
            memory::add(call, target, name, &changes(std::mem::take(&mut gathered))).await?;
        }
    }
    memory::add(call, target, name, &changes(gathered)).await?;
    Ok(last)
}

fn changes(gathered: HashMap<(&str, Key), Option<String>>) -> Changes {
    let mut changes = Changes::default();
    for ((table, key), unseen) in gathered {
        changes.tables.push(table.to_owned());
        changes.keys.push(key);
        changes.unseen.push(unseen);
    }
    changes
}

/// A table was emptied in the source: every row that was migrated is to be looked at again.
async fn empty(
    call: &Call,
    migration: &Migration,
    table: &PreparedTable,
    unseen: Option<&str>,
) -> Result<(), Error> {
    let (target, name) = (&migration.target, &migration.plan.name);
    let table_name = &table.spec.target;
    let passes = state::passes(call, target, name).await?;
    let rows_before =
        passes.iter().find(|pass| pass.table_name == *table_name).map_or(0, |pass| pass.rows_before);
    let text = sql::all_keys(table, rows_before).ok_or_else(|| {
        Error::argument(format!(
            "{} was emptied in the source (TRUNCATE), and which rows of {table_name} were migrated cannot be told; take them \
             away by hand, give the migration up (finish), and migrate anew under another name",
            table.spec.source.as_deref().unwrap_or_default()
        ))
    })?;
    let vetted = target.vet(call, &text).await?;
    target.execute(call, &vetted, &[&name, &table_name, &unseen]).await.map(drop)
}

/// A name as a pattern that only it matches.
fn escaped(name: &str) -> String {
    name.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_sees_what_ended_before_it() {
        let sight = Sight::read("100:105:101,103").unwrap();
        let seen = [99, 100, 101, 102, 103, 104, 105, 106].map(|xid| sight.sees(xid));
        assert_eq!(seen, [true, true, false, true, false, true, false, false]);
        assert!(Sight::read("100:105:").unwrap().sees(104));
        assert!(
            Sight::read("100").is_none() && Sight::read("1:x:").is_none() && Sight::read("1:2:x").is_none()
        );
    }

    #[test]
    fn a_snapshot_sees_across_the_end_of_ids() {
        // The second round has begun: 4294967296 + 5.
        let sight = Sight::read("4294967290:4294967301:4294967299").unwrap();
        let seen = [4_294_967_289, 4_294_967_295, 0, 3, 4, 5].map(|xid| sight.sees(xid));
        assert_eq!(seen, [true, true, true, false, true, false]);
    }

    #[test]
    fn names_are_patterns_of_themselves() {
        assert_eq!(escaped("public.a_b"), "public.a\\_b");
        assert_eq!(escaped("\"50%\".\"x\\y\""), "\"50\\%\".\"x\\\\y\"");
    }
}
