//! Measures what judging a statement costs, with the hand-over to the parser's thread.

use std::hint::black_box;
use std::time::{Duration, Instant};

use std::sync::Arc;

use pg_policy::{
    Access, ColumnFacts, ColumnMask, Facts, FunctionFacts, MaskFacts, MaskKey, MaskMethod, NoFacts, Policy,
    RelationFacts,
};

const ONE_LINE: &str = "SELECT id, name, total FROM shop.orders WHERE customer_id = $1 AND status = 'paid'";

const TEN_LINES: &str = "WITH recent AS (
    SELECT customer_id, date_trunc('day', created_at) AS day, sum(total) AS total
    FROM shop.orders WHERE created_at > now() - interval '30 days' AND status <> 'cancelled'
    GROUP BY customer_id, date_trunc('day', created_at)
), ranked AS (
    SELECT customer_id, day, total, rank() OVER (PARTITION BY day ORDER BY total DESC) AS place FROM recent
)
SELECT c.name, r.day, r.total, r.place, count(*) FILTER (WHERE i.quantity > 1) AS bulk
FROM ranked r JOIN shop.customers c ON c.id = r.customer_id LEFT JOIN shop.order_items i ON i.order_id = c.id
WHERE r.place <= 10 GROUP BY c.name, r.day, r.total, r.place ORDER BY r.day, r.place LIMIT 100";

/// A database in which shop.customers has a masked column.
struct Masked(Arc<MaskFacts>);

impl Facts for Masked {
    fn function(&self, _: Option<&str>, _: &str) -> Option<Vec<FunctionFacts>> {
        None
    }

    fn masks(&self) -> Option<Arc<MaskFacts>> {
        Some(Arc::clone(&self.0))
    }
}

fn masked() -> (Policy, Masked) {
    let column = |name: &str| ColumnFacts {
        name: name.to_owned(),
        type_schema: "pg_catalog".to_owned(),
        type_name: "text".to_owned(),
        readable: true,
    };
    let customers = RelationFacts {
        schema: "shop".to_owned(),
        name: "customers".to_owned(),
        visible: false,
        relatives: Vec::new(),
        columns: ["id", "name", "email", "phone", "city"].into_iter().map(column).collect(),
    };
    let mask = ColumnMask {
        schema: "shop".to_owned(),
        relation: "customers".to_owned(),
        column: "email".to_owned(),
        method: MaskMethod::Hash,
    };
    let mut policy = Policy::builder().access(Access::Read).masks([mask]);
    if let Ok(key) = MaskKey::new(&[7; 32]) {
        policy = policy.mask_key(key);
    }
    (policy.build(), Masked(Arc::new(MaskFacts { relations: vec![customers], dependents: Vec::new() })))
}

fn main() {
    let plain = Policy::default();
    let (masks, facts) = masked();
    let cases: [(&str, &Policy, &dyn Facts, &str); 5] = [
        ("one line", &plain, &NoFacts, ONE_LINE),
        ("ten lines", &plain, &NoFacts, TEN_LINES),
        ("refused", &plain, &NoFacts, "DELETE FROM orders"),
        ("one line, with masks on another relation", &masks, &facts, ONE_LINE),
        ("ten lines, with masks", &masks, &facts, TEN_LINES),
    ];
    for (name, policy, facts, text) in cases {
        let mut times: Vec<Duration> = (0..5_000)
            .map(|_| {
                let begin = Instant::now();
                let _ = black_box(policy.vet(black_box(text), facts));
                begin.elapsed()
            })
            .collect();
        let first = times.first().copied().unwrap_or_default();
        times.sort_unstable();
        let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default();
        show(&format!("{name}: first {first:?}, median {:?}, 99 of 100 below {:?}", at(50), at(99)));
    }
}

#[expect(clippy::print_stdout, reason = "an example shows what it measured")]
fn show(line: &str) {
    println!("{line}");
}
