//! What stands around the operations: manual pages, completions, the schema of answers, the way to the server.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use super::{bare, file, json, run, run_with_stdin};

#[test]
fn every_shell_has_its_completions() {
    for (shell, says) in [
        ("bash", "complete -F"),
        ("zsh", "#compdef pg-cli"),
        ("fish", "complete -c pg-cli"),
        ("powershell", "Register-ArgumentCompleter"),
    ] {
        let ended = run(bare(), &["completions", shell]);
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{shell}");
        for word in [says, "execute-query", "single-transaction", "list-tables"] {
            assert!(ended.stdout.contains(word), "{shell}: {word}");
        }
        if shell == "bash" {
            let path = file("completions.bash", &ended.stdout);
            let read = Command::new("bash").arg("-n").arg(&path).status().expect("bash runs");
            assert!(read.success());
        }
    }
}

#[test]
fn the_manual_has_a_page_for_every_subcommand() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("man1");
    let ended = run(bare(), &["man", "--dir", folder.to_str().unwrap()]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), ""), "{ended:?}");
    for page in ["pg-cli.1", "pg-cli-execute-query.1", "pg-cli-query.1", "pg-cli-policy.1"] {
        assert!(folder.join(page).is_file(), "{page}");
    }
    std::fs::remove_dir_all(&folder).expect("a folder of our own");
    let ended = run(bare(), &["man", "query"]);
    assert!(
        ended.code == Some(0) && ended.stdout.contains(".TH") && ended.stdout.contains("Examples:"),
        "{ended:?}"
    );
    assert_eq!(run(bare(), &["man", "nothing"]).code, Some(2));
}

#[test]
fn answers_have_a_schema_with_a_version() {
    let all = json(&run(bare(), &["json-schema"]));
    assert_eq!(all["schema_version"], 1);
    let one = json(&run(bare(), &["json-schema", "query"]));
    assert_eq!(one["schemas"], all["operations"]["execute_query"]);
    let rows = one.pointer("/schemas/answer/properties/row_count").and_then(Value::as_object);
    assert!(rows.is_some(), "{one}");
    let ended = run(bare(), &["query", "SELECT 1", "--schema-version", "99"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("version 1"), "{ended:?}");
}

#[test]
fn mcp_is_handed_over_to_the_server() {
    let ended = run(bare(), &["mcp", "--help"]);
    assert!(ended.code == Some(0) && ended.stdout.contains("Usage: pg-mcp"), "{ended:?}");
    let request = br#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}
"#;
    let answered = run_with_stdin(bare(), &["mcp"], request);
    assert!(answered.stdout.contains("serverInfo"), "{answered:?}");
    let lost = run(bare(), &["-h", "localhost", "mcp"]);
    assert_eq!(lost.code, Some(2), "{lost:?}");
    // A copy that stands alone finds it on PATH, or says what to do.
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("alone");
    std::fs::create_dir_all(&folder).expect("a folder");
    let alone = folder.join("pg-cli");
    let _ = std::fs::remove_file(&alone);
    std::fs::hard_link(pg_tests::binary("pg-cli"), &alone).expect("a second name");
    let nowhere = Command::new(&alone).env_clear().arg("mcp").output().expect("it starts");
    assert_eq!(nowhere.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&nowhere.stderr).contains("neither beside this program nor on PATH"));
    let server = pg_tests::binary("pg-mcp");
    let on_path = Command::new(&alone)
        .env_clear()
        .env("PATH", server.parent().expect("a folder"))
        .args(["mcp", "--version"])
        .output()
        .expect("it starts");
    assert!(on_path.status.success());
    std::fs::remove_dir_all(&folder).expect("a folder of our own");
}
