//! Measures what judging a statement costs, with the hand-over to the parser's thread.

use std::hint::black_box;
use std::time::{Duration, Instant};

use pg_policy::{NoFacts, Policy};

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

fn main() {
    let policy = Policy::default();
    for (name, text) in [("one line", ONE_LINE), ("ten lines", TEN_LINES), ("refused", "DELETE FROM orders")]
    {
        let mut times: Vec<Duration> = (0..5_000)
            .map(|_| {
                let begin = Instant::now();
                let _ = black_box(policy.vet(black_box(text), &NoFacts));
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
