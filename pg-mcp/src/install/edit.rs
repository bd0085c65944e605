//! An entry put into a file's text, with everything else left as it is.

use jsonc_parser::{
    ParseOptions,
    cst::{CstInputValue, CstRootNode},
};
use toml_edit::{Array, DocumentMut, Item, Table, value};

use super::client::{Client, Entry, Form};

/// The text with the entry.
///
/// # Errors
/// What is wrong with the text.
pub(super) fn with_entry(client: Client, text: &str, name: &str, entry: &Entry) -> Result<String, String> {
    match client.form() {
        Form::Json { within, besides } => {
            let mut members: Vec<(String, CstInputValue)> = Vec::new();
            if let Some((key, text)) = besides {
                members.push((key.to_owned(), CstInputValue::String(text.to_owned())));
            }
            members.push(("command".to_owned(), CstInputValue::String(entry.command.clone())));
            let arguments = entry.arguments.iter().cloned().map(CstInputValue::String).collect();
            members.push(("args".to_owned(), CstInputValue::Array(arguments)));
            let variables: Vec<(String, CstInputValue)> = entry
                .variables
                .iter()
                .filter_map(|variable| {
                    Some(((*variable).to_owned(), CstInputValue::String(client.reference(variable)?)))
                })
                .collect();
            members.push(("env".to_owned(), CstInputValue::Object(variables)));
            json(text, within, name, members)
        }
        Form::Toml { within } => toml(text, within, name, client, entry),
    }
}

fn json(
    text: &str,
    within: &str,
    name: &str,
    members: Vec<(String, CstInputValue)>,
) -> Result<String, String> {
    // Byte order marks are kept by some editors and known by no parser.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let root = CstRootNode::parse(text, &ParseOptions::default())
        .map_err(|problem| format!("it is no JSON: {problem}"))?;
    let whole = root.object_value_or_create().ok_or("it holds something else than an object")?;
    let servers = whole
        .object_value_or_create(within)
        .ok_or_else(|| format!("`{within}` is something else than an object"))?;
    let entry = servers
        .object_value_or_create(name)
        .ok_or_else(|| format!("`{within}.{name}` is something else than an object"))?;
    for (key, value) in members {
        match entry.get(&key) {
            Some(there) => there.set_value(value),
            None => {
                entry.append(&key, value);
            }
        }
    }
    let mut text = root.to_string();
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Ok(text)
}

fn toml(text: &str, within: &str, name: &str, client: Client, entry: &Entry) -> Result<String, String> {
    let mut whole: DocumentMut = text.parse().map_err(|problem| format!("it is no TOML: {problem}"))?;
    // Comments at the end of the file stay before what is added.
    let end = whole.trailing().as_str().unwrap_or_default().to_owned();
    let is_new = whole.get(within).and_then(|servers| servers.get(name)).is_none();
    if is_new {
        whole.set_trailing("");
    }
    let implicit = || {
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    };
    let servers = whole
        .entry(within)
        .or_insert_with(implicit)
        .as_table_like_mut()
        .ok_or_else(|| format!("`{within}` is something else than a table"))?;
    let table = servers
        .entry(name)
        .or_insert_with(|| {
            let mut table = Table::new();
            table.decor_mut().set_prefix(if text.is_empty() { end } else { format!("{end}\n") });
            Item::Table(table)
        })
        .as_table_like_mut()
        .ok_or_else(|| format!("`{within}.{name}` is something else than a table"))?;
    table.insert("command", value(&entry.command));
    table.insert("args", value(entry.arguments.iter().collect::<Array>()));
    let names: Array = entry.variables.iter().filter_map(|variable| client.reference(variable)).collect();
    table.insert("env_vars", value(names));
    Ok(whole.to_string())
}

#[cfg(test)]
mod tests {
    use super::{Client, Entry, with_entry};

    fn entry() -> Entry {
        Entry {
            command: "/opt/pg-mcp".to_owned(),
            arguments: vec!["--access".to_owned(), "read".to_owned()],
            variables: vec!["DATABASE_URL"],
        }
    }

    #[test]
    fn keeps_comments_order_and_other_servers() {
        let before = "// mine\n{\n  \"theme\": \"dark\", // at night\n  \"context_servers\": {\n    \"other\": { \"command\": \"x\" },\n  },\n}\n";
        let after = with_entry(Client::Zed, before, "postgres", &entry()).unwrap();
        for kept in ["// mine", "\"theme\": \"dark\", // at night", "\"other\": { \"command\": \"x\" }"] {
            assert!(after.contains(kept), "{after}");
        }
        assert!(after.contains("\"source\": \"custom\"") && after.contains("/opt/pg-mcp"), "{after}");
        assert_eq!(
            with_entry(Client::Zed, &after, "postgres", &entry()).unwrap(),
            after,
            "a second time changes nothing"
        );
    }

    #[test]
    fn keeps_what_the_user_added_to_the_entry() {
        let before = r#"{"mcpServers": {"postgres": {"command": "old", "autoApprove": ["list_tables"]}}}"#;
        let after = with_entry(Client::Windsurf, before, "postgres", &entry()).unwrap();
        assert!(after.contains("autoApprove") && !after.contains("old"), "{after}");
        assert!(after.contains("${env:DATABASE_URL}"), "{after}");
    }

    #[test]
    fn begins_a_file_that_is_empty() {
        for client in [Client::ClaudeCode, Client::Cursor, Client::Vscode, Client::Gemini] {
            let after = with_entry(client, "", "postgres", &entry()).unwrap();
            let read: serde_json::Value = serde_json::from_str(&after).unwrap();
            let server = read.as_object().unwrap().values().next().unwrap().get("postgres").unwrap();
            assert_eq!(server["command"], "/opt/pg-mcp", "{after}");
            assert_eq!(server["args"], serde_json::json!(["--access", "read"]), "{after}");
            assert!(server["env"]["DATABASE_URL"].as_str().unwrap().contains("DATABASE_URL"), "{after}");
        }
    }

    #[test]
    fn leaves_alone_what_it_cannot_read() {
        for text in ["{", "[]", "{\"mcpServers\": 3}", "{\"mcpServers\": {\"postgres\": []}}"] {
            assert!(with_entry(Client::Cursor, text, "postgres", &entry()).is_err(), "{text}");
        }
        for text in ["[", "mcp_servers = 3", "[mcp_servers]\npostgres = 3"] {
            assert!(with_entry(Client::Codex, text, "postgres", &entry()).is_err(), "{text}");
        }
    }

    #[test]
    fn keeps_comments_that_end_a_toml_file_where_they_are() {
        let after = with_entry(Client::Codex, "model = \"x\"\n# the end\n", "postgres", &entry()).unwrap();
        assert!(after.starts_with("model = \"x\"\n# the end\n\n[mcp_servers.postgres]\n"), "{after}");
        let alone = with_entry(Client::Codex, "# mine\n", "postgres", &entry()).unwrap();
        assert!(alone.starts_with("# mine\n\n[mcp_servers.postgres]\n"), "{alone}");
    }

    #[test]
    fn keeps_a_toml_file_as_it_is_besides() {
        let before = "# mine\nmodel = \"x\" # best\n\n[mcp_servers.other]\ncommand = \"y\"\n";
        let after = with_entry(Client::Codex, before, "postgres", &entry()).unwrap();
        assert!(after.starts_with(before), "{after}");
        assert!(after.contains("[mcp_servers.postgres]\ncommand = \"/opt/pg-mcp\""), "{after}");
        assert!(after.contains("env_vars = [\"DATABASE_URL\"]"), "{after}");
    }
}
