//! Rows of the demo database into types of one's own, with values of one's own:
//! `DATABASE_URL=… cargo run -p pg-core --example typed`.

use std::error::Error;

use pg_core::{Access, Call, Configuration, Environment, Overrides, Service, TransactionOptions, from_row};

/// A customer as this program knows one.
struct Customer {
    id: i64,
    name: String,
    email: Option<String>,
}

from_row!(Customer { id => "customer_id", name, email });

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let environment = Environment::capture();
    let overrides = Overrides { access: Some(Access::Write), ..Overrides::default() };
    let configuration = Configuration::load(None, &environment, overrides)?;
    for line in run(&Service::new(configuration, environment)?).await? {
        #[expect(clippy::print_stdout, reason = "an example shows what it does")]
        {
            println!("{line}");
        }
    }
    Ok(())
}

/// What the example says.
pub(crate) async fn run(service: &Service) -> Result<Vec<String>, pg_core::Error> {
    let call = Call::new(service);
    let connection = service.connection(None)?;
    let mut said = Vec::new();

    // A text becomes a statement by way of the policy, once; it is prepared on each backend once.
    let by_name = connection
        .vet(&call, "SELECT customer_id, name, email FROM customers WHERE name >= $1 ORDER BY name LIMIT 3")
        .await?;
    let customers: Vec<Customer> = connection.query(&call, &by_name, &[&"M"]).await?;
    for Customer { id, name, email } in &customers {
        said.push(format!("{id} {name} <{}>", email.as_deref().unwrap_or("no address")));
    }

    // As many rows as there are, in flat memory: tuples are read in the order of the columns.
    let totals = connection.vet(&call, "SELECT order_id, total_amount::float8 FROM orders").await?;
    let mut rows = connection.stream::<(i64, Option<f64>)>(&call, &totals, &[]).await?;
    let (mut count, mut sum) = (0, 0.0);
    while let Some((_order, total)) = rows.next().await? {
        count += 1;
        sum += total.unwrap_or_default();
    }
    said.push(format!("{count} orders, {sum:.2} in all"));

    // All or nothing, and tried again where two of them collide.
    let ids: Vec<i64> = customers.iter().map(|customer| customer.id).collect();
    let rename = connection
        .vet(&call, "UPDATE customers SET name = upper(name) WHERE customer_id = ANY ($1) RETURNING name")
        .await?;
    let (rename, ids) = (&rename, &ids);
    let work = connection.transaction(&call, TransactionOptions::default(), |transaction| async move {
        let renamed: Vec<(String,)> = transaction.query(rename, &[ids]).await?;
        if renamed.len() == ids.len() {
            return Ok(renamed);
        }
        Err(pg_core::Error::argument("a customer is gone"))
    });
    let renamed = work.await?;
    said.extend(renamed.into_iter().map(|(name,)| name));
    Ok(said)
}
