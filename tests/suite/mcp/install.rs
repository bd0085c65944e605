//! `pg-mcp install` from outside: files of clients, as they are found on a user's machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A home folder of the test's own, gone with it.
struct Home(PathBuf);

impl Home {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("pg-mcp-install-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        Self(folder)
    }

    fn install(&self, arguments: &[&str]) -> Output {
        Command::new(pg_tests::binary("pg-mcp"))
            .env_clear()
            .env("HOME", &self.0)
            .env("DATABASE_URL", "postgres://someone:hunter2@localhost/shop")
            .current_dir(&self.0)
            .arg("install")
            .args(arguments)
            .output()
            .expect("the program")
    }

    fn read(&self, file: impl AsRef<Path>) -> String {
        fs::read_to_string(self.0.join(file)).expect("the file")
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _gone = fs::remove_dir_all(&self.0);
    }
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn a_client_is_entered_once_and_no_secret_with_it() {
    let home = Home::new("once");
    let output = home.install(&["--client", "cursor", "--dry-run"]);
    assert!(output.status.success() && !home.0.join(".cursor").exists(), "{}", said(&output));
    for _ in 0..2 {
        let output = home.install(&["--client", "cursor"]);
        assert!(output.status.success(), "{}", said(&output));
        assert!(!said(&output).contains("hunter2"));
    }
    let file = home.read(".cursor/mcp.json");
    assert_eq!(file.matches("postgres").count(), 1, "{file}");
    assert!(file.contains("${env:DATABASE_URL}") && !file.contains("hunter2"), "{file}");
}

#[test]
fn a_file_that_is_damaged_or_of_another_shape_stays_as_it_is() {
    let home = Home::new("damaged");
    for text in ["{ \"mcpServers\": ", "{\"mcpServers\": []}"] {
        fs::write(home.0.join(".mcp.json"), text).expect("the file");
        let output = home.install(&["--client", "claude-code"]);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains("left as it is"), "{}", said(&output));
        assert_eq!(home.read(".mcp.json"), text);
    }
}

#[test]
fn a_client_that_passes_no_variables_on_is_given_a_configuration_file() {
    let home = Home::new("file");
    let refused = home.install(&["--client", "claude-desktop"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(said(&refused).contains("--config FILE"), "{}", said(&refused));
    fs::write(home.0.join("shop.toml"), "").expect("the file");
    let output =
        home.install(&["--client", "claude-desktop", "--config", "shop.toml", "--file", "client.json"]);
    assert!(output.status.success(), "{}", said(&output));
    let read: serde_json::Value = serde_json::from_str(&home.read("client.json")).expect("JSON");
    let arguments = &read["mcpServers"]["postgres"]["args"];
    assert_eq!(arguments[0], "--config");
    assert!(Path::new(arguments[1].as_str().expect("a path")).is_absolute(), "{arguments}");
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link_and_permissions_stay() {
    use std::os::unix::fs::PermissionsExt;

    let home = Home::new("link");
    let real = home.0.join("dotfiles.toml");
    fs::write(&real, "# mine\n").expect("the file");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o600)).expect("permissions");
    fs::create_dir(home.0.join(".codex")).expect("a folder");
    std::os::unix::fs::symlink(&real, home.0.join(".codex/config.toml")).expect("a link");
    let output = home.install(&["--client", "codex"]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(home.0.join(".codex/config.toml").is_symlink());
    assert_eq!(fs::metadata(&real).expect("the file").permissions().mode() & 0o777, 0o600);
    let text = home.read("dotfiles.toml");
    assert!(text.starts_with("# mine\n") && text.contains("[mcp_servers.postgres]"), "{text}");
}
