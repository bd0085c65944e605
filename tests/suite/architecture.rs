//! The plan of the house, held against the house: which crate may depend on which, where the great dependencies may be
//! named, and what every file of ours begins with.
//!
//! A new arrow is a decision: it is made here and in ARCHITECTURE.md, in the same commit.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

/// Each crate and the crates of this workspace that it may name, tests of its own aside.
const ARROWS: [(&str, &[&str]); 10] = [
    ("pg-policy", &[]),
    ("pg-core", &["pg-policy"]),
    ("pg-introspect", &["pg-core", "pg-policy"]),
    ("pg-data", &["pg-core", "pg-introspect", "pg-policy"]),
    ("pg-report", &["pg-core"]),
    ("pg-mcp", &["pg-core", "pg-data", "pg-introspect", "pg-report"]),
    ("pg-cli", &["pg-core", "pg-data", "pg-introspect", "pg-report"]),
    (
        "pg-tests",
        &["pg-cli", "pg-core", "pg-data", "pg-introspect", "pg-mcp", "pg-policy", "pg-report", "xtask"],
    ),
    ("pg-benches", &["pg-core", "pg-data", "pg-policy", "pg-tests"]),
    // Builds before libclang and PostgreSQL are there, so it needs none of the others.
    ("xtask", &[]),
];

/// Dependencies that belong to one place, and the crates that are that place.
const KEPT_IN: [(&str, &[&str]); 13] = [
    ("pg_query", &["pg-policy"]),
    // The receiver of traces in the suite reads their protocol.
    ("prost", &["pg-policy", "pg-tests"]),
    ("tokio-postgres", &["pg-core", "pg-tests", "pg-benches"]),
    ("tokio-postgres-rustls", &["pg-core"]),
    ("postgres-protocol", &["pg-core"]),
    ("postgres-types", &["pg-core"]),
    ("bb8", &["pg-core", "pg-benches", "pg-tests"]),
    ("bb8-postgres", &["pg-core", "pg-benches", "pg-tests"]),
    ("rmcp", &["pg-mcp"]),
    ("axum", &["pg-mcp"]),
    ("comfy-table", &["pg-cli"]),
    ("plotters", &["pg-report"]),
    ("opentelemetry_sdk", &["pg-core"]),
];

/// Dependencies of front ends, which a library names only behind a feature.
const OPTIONAL_IN_LIBRARIES: [&str; 2] = ["clap", "schemars"];
const LIBRARIES: [&str; 5] = ["pg-policy", "pg-core", "pg-introspect", "pg-data", "pg-report"];

/// Files that may be longer than [`LONGEST`] lines, each with its reason.
const LONG_FILES: [(&str, &str); 0] = [];
const LONGEST: usize = 500;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

fn metadata() -> Metadata {
    MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec().expect("cargo metadata")
}

fn dependencies(package: &Package) -> BTreeSet<&str> {
    package.dependencies.iter().map(|dependency| dependency.name.as_str()).collect()
}

/// Every Rust file of the workspace, with its path below the root.
fn sources() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for package in metadata().packages {
        let folder = package.manifest_path.parent().expect("a package has a folder").to_path_buf();
        collect(folder.as_std_path(), &mut found);
    }
    assert!(found.len() > 100, "only {} source files were found", found.len());
    found
}

fn collect(folder: &Path, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            collect(&entry, found);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            let name = entry.strip_prefix(root()).expect("below the root").to_string_lossy().into_owned();
            found.insert(name, fs::read_to_string(&entry).expect("a text"));
        }
    }
}

/// Programs that must not compile are inputs of tests, not modules.
fn is_module(name: &str) -> bool {
    !name.contains("/compile_fail/") && !name.contains("/ui/")
}

#[test]
fn crates_depend_only_along_the_arrows() {
    let allowed = BTreeMap::from(ARROWS);
    let metadata = metadata();
    let members: BTreeSet<&str> = metadata.packages.iter().map(|package| package.name.as_str()).collect();
    assert_eq!(
        members,
        allowed.keys().copied().collect(),
        "a crate has no row in the table, or a row no crate"
    );
    for package in &metadata.packages {
        let name = package.name.as_str();
        let ours: BTreeSet<&str> = dependencies(package).intersection(&members).copied().collect();
        let allowed: BTreeSet<&str> = allowed[name].iter().copied().collect();
        let new: Vec<_> = ours.difference(&allowed).collect();
        assert!(new.is_empty(), "{name} depends on {new:?}, which is no arrow of the plan");
    }
}

#[test]
fn great_dependencies_are_named_only_where_they_belong() {
    for package in metadata().packages {
        let name = package.name.as_str();
        for (dependency, places) in KEPT_IN {
            assert!(
                places.contains(&name) || !dependencies(&package).contains(dependency),
                "{name} names {dependency}, which belongs to {places:?}"
            );
        }
    }
}

#[test]
fn libraries_name_what_front_ends_need_only_behind_a_feature() {
    for package in metadata().packages.iter().filter(|package| LIBRARIES.contains(&package.name.as_str())) {
        for dependency in &package.dependencies {
            let for_front_ends = OPTIONAL_IN_LIBRARIES.contains(&dependency.name.as_str());
            assert!(
                !for_front_ends || dependency.optional || dependency.kind != DependencyKind::Normal,
                "{} needs {} always",
                package.name,
                dependency.name
            );
        }
    }
}

#[test]
fn every_crate_takes_the_lints_of_the_workspace() {
    for package in metadata().packages {
        let manifest = fs::read_to_string(&package.manifest_path).expect("a manifest");
        assert!(manifest.contains("[lints]\nworkspace = true"), "{} has lints of its own", package.name);
    }
    let workspace = fs::read_to_string(root().join("Cargo.toml")).expect("a manifest");
    assert!(workspace.contains("unsafe_code = \"forbid\""));
}

#[test]
fn every_module_opens_with_what_it_is() {
    let without: Vec<String> = sources()
        .into_iter()
        // A crate's page is its README, which its root takes in.
        .filter(|(name, text)| {
            let opens =
                text.starts_with("//!") || text.starts_with("#![doc = include_str!(\"../README.md\")]");
            is_module(name) && !opens
        })
        .map(|(name, _)| name)
        .collect();
    assert!(without.is_empty(), "no `//!` at the top of {without:?}");
}

#[test]
fn no_file_is_long_without_a_reason() {
    let reasons = BTreeMap::from(LONG_FILES);
    for (name, text) in sources() {
        let lines = text.lines().count();
        assert!(
            lines <= LONGEST || reasons.contains_key(name.as_str()),
            "{name} has {lines} lines: split it, or give the reason in this test"
        );
    }
}

#[test]
fn crate_roots_hold_no_logic() {
    const LOGIC: [&str; 9] =
        ["fn ", "impl", "struct ", "enum ", "trait ", "static ", "const ", "macro_rules!", "async "];
    for (name, text) in sources().into_iter().filter(|(name, _)| name.ends_with("/src/lib.rs")) {
        for line in text.lines().filter(|line| !line.starts_with("//")) {
            let item = line.trim_start().trim_start_matches("pub ").trim_start_matches("pub(crate) ");
            assert!(!LOGIC.iter().any(|word| item.starts_with(word)), "{name}: {line}");
            assert!(!line.contains("::*"), "{name} re-exports a whole module: {line}");
        }
    }
}

#[test]
fn lints_are_expected_with_a_reason_and_never_allowed() {
    for (name, text) in sources() {
        let attribute = ["#", "[allow("].concat();
        let inner = ["#", "![allow("].concat();
        assert!(
            !text.contains(&attribute) && !text.contains(&inner),
            "{name} allows a lint: say #[expect(…, reason)]"
        );
    }
}
