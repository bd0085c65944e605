//! What the demo writes for the programs and for the reader's MCP client.
//!
//! Separate because it is text alone and can be tested so. Invariant: the password stands in the configuration
//! file, which only its owner can read, and in nothing that is printed.

use std::path::Path;

use crate::coordinates::{Coordinates, HOST};
use crate::load::DATABASE;
use crate::shop::{CONNECTIONS, NamedConnection};

/// Writes the TOML configuration that both programs read.
pub fn toml(coordinates: &Coordinates, password: &str) -> String {
    let mut text = String::from("# Written by `cargo xtask demo`; removed when the demo ends.\n");
    for connection in &CONNECTIONS {
        text.push_str(&toml_section(connection, coordinates.port(), password));
    }
    text
}

fn toml_section(connection: &NamedConnection, port: u16, password: &str) -> String {
    let NamedConnection { name, role, access, search_path, label } = connection;
    let search_path: Vec<String> = search_path.iter().map(|schema| quoted(schema)).collect();
    format!(
        "\n[connections.{name}]\nurl = {}\npassword = {}\naccess = {}\nsearch_path = [{}]\nlabel = {}\npool_size = 4\n",
        quoted(&format!("postgresql://{role}@{HOST}:{port}/{DATABASE}")),
        quoted(password),
        quoted(access),
        search_path.join(", "),
        quoted(label),
    )
}

/// Writes what an MCP client needs to start the server itself.
pub fn stdio_client(program: &Path, configuration: &Path) -> String {
    format!(
        r#"{{
  "mcpServers": {{
    "shop": {{
      "command": {},
      "args": ["--config", {}],
      "env": {{}}
    }}
  }}
}}"#,
        quoted(&program.to_string_lossy()),
        quoted(&configuration.to_string_lossy())
    )
}

/// Writes what an MCP client needs to reach the running server.
pub fn http_client(port: u16) -> String {
    format!(
        r#"{{
  "mcpServers": {{
    "shop": {{
      "type": "http",
      "url": "http://{HOST}:{port}/mcp"
    }}
  }}
}}"#
    )
}

/// Quotes a text for JSON and for TOML, whose basic strings are alike for what occurs here.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            control if control.is_control() => quoted.push_str(&format!("\\u{:04x}", control as u32)),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_paths_stay_whole_in_the_client_configuration() {
        let text = stdio_client(Path::new("/a \"b\"/pg-mcp"), Path::new("/c\\d.toml"));
        assert!(text.contains(r#""command": "/a \"b\"/pg-mcp""#), "{text}");
        assert!(text.contains(r#"["--config", "/c\\d.toml"]"#), "{text}");
    }

    #[test]
    fn section_says_who_may_do_what() {
        let text = toml_section(&CONNECTIONS[0], 5999, "hush");
        assert!(
            text.starts_with(
                "\n[connections.shop]\nurl = \"postgresql://shop_reader@127.0.0.1:5999/shop\"\n"
            )
        );
        assert!(text.contains("access = \"read\"\nsearch_path = [\"public\"]\n"), "{text}");
    }
}
