//! A configuration file for one test: the named connections of the use cases, all to the test's own database.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use pg_tests::Database;
use xtask::shop::CONNECTIONS;

/// Writes a file into the folder for temporary files, under a name that no other test uses.
pub(crate) fn file(content: &str) -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("configuration-{}-{count}.toml", std::process::id());
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, content).expect("the folder for temporary files is writable");
    path
}

/// Writes the connections of the use cases, as `cargo xtask demo` gives them, to this database.
pub(crate) fn use_cases(database: &Database) -> PathBuf {
    let sections: Vec<String> = CONNECTIONS
        .iter()
        .map(|connection| {
            format!(
                "[connections.{}]\nurl = {:?}\naccess = {:?}\nsearch_path = {:?}\npool_size = 5\n",
                connection.name,
                database.role_url(connection.role),
                connection.access,
                connection.search_path
            )
        })
        .collect();
    // Answers are compared whole; a model would page through them.
    file(&format!("[defaults]\nlimits.max_bytes = 1048576\n{}", sections.join("\n")))
}
