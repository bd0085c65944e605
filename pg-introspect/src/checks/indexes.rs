//! The checks of indexes: the verdicts of list_indexes as things measured.
//!
//! Separate from the queries of the other checks because the verdicts are made in Rust. Invariant: an index is judged here as
//! list_indexes judges it.

use pg_core::{Call, Connection, Error};
use serde_json::{Map, Value, json};

use crate::catalog::{self, KeyWithoutIndex, ListedIndex, Measured, StatisticsAge};
use crate::index_verdicts::{IndexFinding, IndexVerdict, judge};

/// How many indexes are judged.
const JUDGED: u32 = 50_000;
const MIB: f64 = 1_048_576.0;
/// From how many bytes on the bloat of an index would be told.
const LARGE: i64 = 10 * 1_048_576;

/// What there is to say of every index, and of keys that lack one.
pub(super) async fn measure(
    call: &Call,
    connection: &Connection,
    age: Option<&StatisticsAge>,
) -> Result<Vec<Measured>, Error> {
    let parameters = [json!("*"), Value::Null, json!(JUDGED)];
    let indexes = catalog::ALL_INDEXES.rows(call, connection, &parameters).await?;
    let lacking = catalog::KEYS_WITHOUT_INDEX.rows(call, connection, &parameters).await?;
    let mut measured = Vec::new();
    for of_table in indexes.chunk_by(|left, right| left.table_oid == right.table_oid) {
        let siblings: Vec<&ListedIndex> = of_table.iter().collect();
        for index in of_table {
            measured.extend(judge(index, &siblings, age).into_iter().map(|finding| verdict(index, finding)));
        }
    }
    measured.extend(lacking.into_iter().map(missing));
    measured.extend(not_estimated(&indexes));
    Ok(measured)
}

fn verdict(index: &ListedIndex, finding: IndexFinding) -> Measured {
    #[expect(clippy::cast_precision_loss, reason = "a size to be shown in MiB")]
    let size = index.size_bytes.unwrap_or_default() as f64 / MIB;
    let name = &index.qualified_name;
    let (check, value) = match finding.verdict {
        IndexVerdict::Unused => ("unused_index", size),
        IndexVerdict::Duplicate => ("duplicate_index", 1.0),
        IndexVerdict::RedundantPrefix => ("redundant_index", 1.0),
        IndexVerdict::Invalid => ("invalid_index", 1.0),
        IndexVerdict::Bloated => ("index_bloat", size),
    };
    let left_over = index.name.ends_with("_ccnew") || index.name.ends_with("_ccold");
    let mend = match finding.verdict {
        IndexVerdict::Bloated => format!("REINDEX INDEX CONCURRENTLY {name}"),
        IndexVerdict::Invalid if !left_over => format!("REINDEX INDEX CONCURRENTLY {name}"),
        _ => format!("DROP INDEX CONCURRENTLY {name}"),
    };
    Measured {
        check_id: check.to_owned(),
        object: Some(name.clone()),
        value: Some(value),
        message: Some(finding.reason),
        unknown: None,
        evidence: Some(evidence(&[
            ("table", json!(format!("{}.{}", index.schema, index.table_name))),
            ("bytes", json!(index.size_bytes)),
            ("scans", json!(index.scans)),
            ("definition", json!(index.definition)),
        ])),
        mend: Some(vec![mend]),
    }
}

/// That the bloat of large indexes on plain columns cannot be estimated, because their columns' statistics are not seen.
fn not_estimated(indexes: &[ListedIndex]) -> Option<Measured> {
    let plain = |index: &&ListedIndex| {
        index.method == "btree"
            && index.key.iter().all(|key| key.starts_with(|first: char| first.is_ascii_digit()))
    };
    let hidden: Vec<&ListedIndex> = indexes
        .iter()
        .filter(|index| index.key_width.is_none() && index.size_bytes.is_some_and(|size| size >= LARGE))
        .filter(plain)
        .collect();
    let first = hidden.first()?;
    Some(Measured {
        check_id: "index_bloat".to_owned(),
        unknown: Some(format!(
            "{} large indexes, such as {}, cannot be estimated: their tables were never analyzed, or SELECT on them must be granted \
             to the connection's role",
            hidden.len(),
            first.qualified_name
        )),
        ..Measured::default()
    })
}

fn missing(key: KeyWithoutIndex) -> Measured {
    Measured {
        check_id: "missing_fk_index".to_owned(),
        object: Some(format!("{}.{} ({})", key.schema, key.table_name, key.name)),
        value: Some(key.rows),
        message: Some(format!("no index serves the foreign key to {}", key.referenced_table)),
        unknown: None,
        evidence: Some(evidence(&[("columns", json!(key.columns)), ("rows", json!(key.rows))])),
        mend: Some(vec![key.statement]),
    }
}

fn evidence(pairs: &[(&str, Value)]) -> Map<String, Value> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}
