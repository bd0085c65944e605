//! What judging costs on a connection: the first time, and from the cache of verdicts; with and without masked columns.

use std::time::{Duration, Instant};

use pg_core::{Call, Connection, Service};

use crate::toolkit;

/// Statements of one measurement.
const STATEMENTS: usize = 2_000;
/// A statement of one line.
const LINE: &str = "SELECT customer_id, name, email FROM customers WHERE customer_id = $1";
/// One of ten.
const CTE: &str = "WITH monthly AS (
    SELECT customer_id, date_trunc('month', order_date) AS month, sum(total_amount) AS total
    FROM orders WHERE order_date >= $1 GROUP BY 1, 2
), ranked AS (
    SELECT *, rank() OVER (PARTITION BY month ORDER BY total DESC) AS place FROM monthly
)
SELECT c.name, c.email, r.month, r.total
FROM ranked AS r JOIN customers AS c USING (customer_id)
WHERE r.place <= 10
ORDER BY r.month, r.place";

/// Prints the median of each.
pub(crate) async fn report(url: &str) {
    let masked =
        "policy = { masked_columns = [{ column = \"public.customers.email\", method = \"hash\" }] }\n";
    for (masks, service) in
        [("", toolkit::told(url, "")), (", a masked column in it", toolkit::told(url, masked))]
    {
        for (name, text) in [("one line", LINE), ("a ten-line CTE", CTE)] {
            let connection = service.connection(None).unwrap();
            // The catalog is asked once, and masks are loaded.
            judge(&service, &connection, text).await;
            let cold = median(&service, &connection, |place| format!("{text} -- {place}")).await;
            let kept = median(&service, &connection, |_| text.to_owned()).await;
            println!(
                "{:<54} {:>9.1} µs {:>9.1} µs",
                format!("judging {name}{masks}: first, again"),
                micros(cold),
                micros(kept)
            );
        }
    }
    println!();
}

async fn judge(service: &Service, connection: &Connection, text: &str) -> Duration {
    let call = Call::new(service);
    let begun = Instant::now();
    if let Err(error) = connection.vet(&call, text).await {
        panic!("{}", error.report());
    }
    begun.elapsed()
}

async fn median(service: &Service, connection: &Connection, text: impl Fn(usize) -> String) -> Duration {
    let mut took = Vec::with_capacity(STATEMENTS);
    for place in 0..STATEMENTS {
        took.push(judge(service, connection, &text(place)).await);
    }
    took.sort_unstable();
    took[STATEMENTS / 2]
}

fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}
