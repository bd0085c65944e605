//! An output alias used where PostgreSQL does not know it yet: in WHERE, GROUP BY expressions, HAVING, or inside an ORDER
//! BY expression.
//!
//! Source: PostgreSQL documentation, SELECT: "an output column's name can be used to refer to the column's value in ORDER BY
//! and GROUP BY clauses, but not in the WHERE or HAVING clauses"; in ORDER BY only on its own.

/// The hint, if `name` is an output alias of the query that is used at `position` inside an expression.
pub(super) fn used_too_early(query: &str, name: &str, position: Option<usize>) -> Option<String> {
    if !is_alias(query, name) {
        return None;
    }
    let before: String = query.chars().take(position?.saturating_sub(1)).collect();
    let before = before.to_ascii_lowercase();
    let last =
        ["where", "group by", "having", "order by"].into_iter().max_by_key(|clause| before.rfind(clause))?;
    before.rfind(last)?;
    let clause = last.to_ascii_uppercase();
    let allowed = match last {
        "order by" => "may be used there alone, but not inside an expression",
        "group by" => "may be used there alone, but not inside an expression",
        _ => "cannot be used there",
    };
    Some(format!(
        "`{name}` is an output alias, which in {clause} {allowed}: wrap the query, SELECT * FROM (…) AS t with the {clause} \
         outside, or repeat the expression that `{name}` stands for"
    ))
}

/// Whether the query says `AS name`.
fn is_alias(query: &str, name: &str) -> bool {
    let mut words = query.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '"' || c == '$'));
    let mut after_as = false;
    words.any(|word| {
        if word.is_empty() {
            return false;
        }
        let found = after_as && word.trim_matches('"').eq_ignore_ascii_case(name);
        after_as = word.eq_ignore_ascii_case("as");
        found
    })
}

#[cfg(test)]
mod tests {
    use super::used_too_early;

    #[test]
    fn names_an_alias_inside_an_order_by_expression() {
        let query = "SELECT a AS stock_status FROM t ORDER BY CASE stock_status WHEN 1 THEN 2 END";
        let hint = used_too_early(query, "stock_status", Some(47)).unwrap();
        assert!(hint.contains("output alias") && hint.contains("ORDER BY"), "{hint}");
    }

    #[test]
    fn says_nothing_of_a_name_that_is_no_alias() {
        assert_eq!(used_too_early("SELECT a FROM t WHERE b = 1", "b", Some(23)), None);
    }
}
