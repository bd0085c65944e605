//! A script as psql reads it, cut into statements.
//!
//! Separate because it knows nothing of the gate or the server. Invariant: what psql itself would handle (commands with a
//! backslash, rows behind `COPY … FROM stdin`) is left out; a cut at a wrong place makes a text that is bad SQL, no more.

/// The statements of a script, in order, without their semicolons.
pub(super) fn statements(script: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut current = String::new();
    let mut rest = script;
    let mut depth = 0_usize;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' | '"' => quoted(rest, first, current.ends_with(['E', 'e'])),
            '$' => dollar_quoted(rest).unwrap_or(1),
            '-' if rest.starts_with("--") => {
                // Left out: behind a backslash command it would be a statement of nothing.
                rest = rest.get(rest.find('\n').unwrap_or(rest.len())..).unwrap_or_default();
                continue;
            }
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '\\' => {
                // A command of psql's ends the line; `\gset` and its like end the statement too.
                rest = rest.get(rest.find('\n').unwrap_or(rest.len())..).unwrap_or_default();
                push(&mut found, &mut current);
                continue;
            }
            ';' if depth == 0 => {
                rest = rest.get(1..).unwrap_or_default();
                let copies = current.to_ascii_lowercase().contains("from stdin");
                push(&mut found, &mut current);
                if copies {
                    rest = rest.split_once("\n\\.").map_or("", |(_, behind)| behind);
                }
                continue;
            }
            other => {
                let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
                let word = rest.get(..word).unwrap_or_default();
                // The body of a function in SQL's own words holds semicolons.
                if word.eq_ignore_ascii_case("atomic") {
                    depth += 1;
                } else if word.eq_ignore_ascii_case("end") {
                    depth = depth.saturating_sub(1);
                } else if word.eq_ignore_ascii_case("case") && depth > 0 {
                    depth += 1;
                }
                word.len().max(other.len_utf8())
            }
        };
        let (piece, behind) = rest.split_at(length);
        current.push_str(piece);
        rest = behind;
    }
    push(&mut found, &mut current);
    found
}

fn push(found: &mut Vec<String>, current: &mut String) {
    let statement = std::mem::take(current);
    if !statement.trim().is_empty() {
        found.push(statement.trim().to_owned());
    }
}

fn quoted(text: &str, quote: char, escapes: bool) -> usize {
    let mut characters = text.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        if character == '\\' && escapes {
            characters.next();
        } else if character == quote {
            return at + 1;
        }
    }
    text.len()
}

fn dollar_quoted(text: &str) -> Option<usize> {
    let tag_end = text.get(1..)?.find('$')? + 2;
    let tag = text.get(..tag_end)?;
    let word = tag.trim_matches('$');
    if !word.chars().all(|c| c.is_alphanumeric() || c == '_')
        || word.starts_with(|c: char| c.is_ascii_digit())
    {
        return None;
    }
    text.get(tag_end..)?.find(tag).map(|end| tag_end + end + tag_end)
}

#[test]
fn a_script_is_cut_where_statements_end() {
    let script = "SELECT 1; -- one; two\n\\d x\nSELECT 'a;''b' || $$c;d$$, \"e;\";\nCOPY t FROM stdin;\n1;2\n\\.\n\
                  SELECT E'\\';' /* ; */;\nCREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END;\nSELECT 3\\gset";
    let cut = statements(script);
    assert_eq!(cut.len(), 6, "{cut:#?}");
    assert_eq!(cut[2], "COPY t FROM stdin");
    assert!(cut[4].ends_with("END") && cut[5] == "SELECT 3", "{cut:#?}");
}
