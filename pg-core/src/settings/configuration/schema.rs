//! The JSON Schema of the configuration file, for editors.
//!
//! Made from the types that the file is read into, so that it knows the same keys, ranges and words.

use serde_json::Value;

use super::Configuration;
use super::tables::File;

impl Configuration {
    /// The JSON Schema (2020-12) of the configuration file.
    pub fn schema() -> Value {
        schemars::schema_for!(File).to_value()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::super::file;
    use super::*;
    use crate::settings::Environment;

    const EXAMPLE: &str = include_str!("../../../../examples/pg-toolkit.toml");

    /// What a JSON Schema validator has against a file.
    fn faults(text: &str) -> Option<String> {
        let document: Value = toml::from_str(text).unwrap();
        let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
        compiler.add_resource("file.json", Configuration::schema()).unwrap();
        let schema = compiler.compile("file.json", &mut schemas).unwrap();
        schemas.validate(&document, schema).err().map(|fault| fault.to_string())
    }

    fn read(text: &str) -> Result<(), String> {
        file::parse(Path::new("f"), text.to_owned(), &Environment::default())
            .map(drop)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn accepts_the_example_as_the_program_does() {
        assert_eq!(faults(EXAMPLE), None);
        assert_eq!(read(EXAMPLE), Ok(()));
        assert_eq!(faults(include_str!("profiles.toml")), None);
        assert_eq!(faults(""), None);
    }

    #[test]
    fn refuses_what_the_program_refuses() {
        for text in [
            "[conections.a]\n",
            "[telemetry]\nendpoint = \"http://c\"\nheaders = { a = \"b\" }\n",
            "[connections.a]\nhots = \"h\"\n",
            "[connections.a]\naccess = \"root\"\n",
            "[connections.a]\nsslcrl = \"x\"\n",
            "[connections.a]\nport = 1.5\n",
            "[connections.a]\npool_size = 0\n",
            "[connections.a]\nsearch_path = \"public\"\n",
            "[connections.a]\nprofile = 3\n",
            "[connections.a.limits]\nrows = \"many\"\n",
            "[connections.a.limits]\nrows = 4294967296\n",
            "[connections.a.limits]\nrow = 1\n",
            "[connections.a.policy]\nallowed_operations = \"SELECT\"\n",
            "[connections.a.policy]\nallowed_operations = [3]\n",
            "[connections.a.policy]\nallowed_operations = [\"SELECT;\"]\n",
            "[profiles.p.policy]\nmasked_columns = [\"a.b.c\"]\n",
            "[profiles.p.policy]\nmasked_columns = [{ column = \"a.b.c\" }]\n",
            "[profiles.p.policy]\nmasked_columns = [{ column = \"a.b.c\", method = \"blur\" }]\n",
            "[profiles.p]\npool_size = 3\n",
            "[profiles.p]\nextend = \"standard\"\n",
            "[server]\nlisten = 3000\n",
            "[logging]\nlog_statements = \"yes\"\n",
            "[checks.dead_tuple]\nwarning = 1\n",
            "[checks.dead_tuples]\nwarn = 1\n",
            "[connections.a.checks.dead_tuples]\nenabled = 1\n",
            "connections = 3\n",
        ] {
            assert!(faults(text).is_some(), "the schema accepts {text}");
            assert!(read(text).is_err(), "the program accepts {text}");
        }
    }

    /// The names of all keys below a schema, apart from libpq's options.
    fn keys(schema: &Value, root: &Value, names: &mut BTreeSet<String>) {
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            keys(root.pointer(reference.trim_start_matches('#')).unwrap(), root, names);
        }
        for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            assert!(
                property.get("description").is_some() || property.get("$ref").is_some(),
                "the key {name} has no description"
            );
            names.insert(name.clone());
            keys(property, root, names);
        }
        for inner in ["additionalProperties", "items"] {
            if let Some(inner) = schema.get(inner) {
                keys(inner, root, names);
            }
        }
    }

    #[test]
    fn the_example_shows_every_key_and_every_key_is_described() {
        let schema = Configuration::schema();
        let mut names = BTreeSet::new();
        keys(&schema, &schema, &mut names);
        assert!(names.len() > 50, "{names:?}");
        // One way of several to give a secret, keys that must be there to be read, and libpq's options, of which libpq's
        // manual has examples.
        let elsewhere: BTreeSet<&str> = crate::ConnectionOptions::names()
            .chain([
                "password_env",
                "password_command",
                "mask_key_env",
                "mask_key_file",
                "webhook_env",
                "webhook_file",
                "webhook",
                "key_env",
                "headers",
                "env",
            ])
            // The list of checks has a page of its own.
            .chain(crate::CHECK_NAMES.iter().copied())
            .collect();
        for name in names.iter().filter(|name| !elsewhere.contains(name.as_str())) {
            let shown = EXAMPLE.lines().any(|line| {
                let key = line.split(['=', '#']).next().unwrap_or_default().trim();
                key == name || key.trim_matches(['[', ']']).split('.').any(|part| part == name)
            });
            assert!(shown, "the example does not show `{name}`");
        }
    }
}
