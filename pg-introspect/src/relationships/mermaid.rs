//! The graph as a Mermaid entity-relationship diagram. Source: the syntax of `erDiagram` in Mermaid's documentation.
//!
//! Invariant: whatever a name holds, the diagram keeps its shape: names stand in double quotes, and what would end them is
//! replaced.

use std::fmt::Write as _;

use crate::catalog::Edge;

/// The diagram of these keys.
pub(crate) fn diagram(edges: &[Edge]) -> String {
    let mut text = "erDiagram\n".to_owned();
    for edge in edges {
        let parent = if edge.is_required { "||" } else { "|o" };
        let child = if edge.is_unique { "o|" } else { "o{" };
        // Writing to a String does not fail.
        let _ = writeln!(
            text,
            "    {} {parent}--{child} {} : {}",
            name(&edge.referenced_schema, &edge.referenced_table),
            name(&edge.schema, &edge.table_name),
            quoted(&edge.columns.join(", "))
        );
    }
    text
}

fn name(schema: &str, table: &str) -> String {
    if schema == "public" { quoted(table) } else { quoted(&format!("{schema}.{table}")) }
}

fn quoted(text: &str) -> String {
    let safe: String = text
        .chars()
        .map(|c| match c {
            '"' => '\'',
            '%' | '\\' => '_',
            c if c.is_control() => ' ',
            c => c,
        })
        .collect();
    format!("\"{safe}\"")
}

#[cfg(test)]
mod tests {
    use super::super::tests::edge;
    use super::diagram;

    #[test]
    fn draws_crow_feet_and_keeps_its_shape() {
        let mut odd = edge("a\n\"b\"", "c", "cascade");
        (odd.is_required, odd.is_unique) = (false, true);
        assert_eq!(
            diagram(&[edge("orders", "customers", "cascade"), odd]),
            "erDiagram\n    \"customers\" ||--o{ \"orders\" : \"customers_id\"\n    \"c\" |o--o| \"a 'b'\" : \"c_id\"\n"
        );
    }
}
