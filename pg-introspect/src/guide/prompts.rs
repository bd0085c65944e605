//! Prompts: texts that lead a model through real work with the operations there are.
//!
//! Invariant: a prompt names operations of this workspace only, and asks before anything is changed.

use std::collections::BTreeMap;

use pg_core::Error;

use super::Term;

/// A text that leads a model through a piece of work.
#[derive(Debug)]
pub struct Prompt {
    /// The name, in snake case.
    pub name: &'static str,
    /// The name that a person reads.
    pub title: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// What it wants to know.
    pub arguments: &'static [PromptArgument],
    template: &'static str,
}

/// What a prompt wants to know.
#[derive(Debug)]
pub struct PromptArgument {
    /// The name.
    pub name: &'static str,
    /// What to give.
    pub description: &'static str,
    /// Whether the prompt makes no sense without it.
    pub required: bool,
    /// What a value is.
    pub term: Term,
    /// What is taken where none is given.
    default: &'static str,
}

const CONNECTION: PromptArgument = PromptArgument {
    name: "connection_id",
    description: "The connection, where there are several.",
    required: false,
    term: Term::Connection,
    default: "",
};

/// Every prompt, in the order in which front ends show them.
pub static PROMPTS: &[Prompt] = &[
    Prompt {
        name: "explore_database",
        title: "Get to know a database",
        description: "What a database is for, its main tables, and how they join.",
        arguments: &[CONNECTION],
        template: include_str!("prompts/explore_database.md"),
    },
    Prompt {
        name: "optimize_query",
        title: "Make a query faster",
        description: "From the plan to a rewrite or an index, with the numbers that support it.",
        arguments: &[
            PromptArgument {
                name: "query",
                description: "The SQL query.",
                required: true,
                term: Term::Text,
                default: "",
            },
            CONNECTION,
        ],
        template: include_str!("prompts/optimize_query.md"),
    },
    Prompt {
        name: "find_slow_queries",
        title: "Hunt for slow queries",
        description: "Which statements make a server slow, and what to do about each.",
        arguments: &[CONNECTION],
        template: include_str!("prompts/find_slow_queries.md"),
    },
    Prompt {
        name: "daily_health_check",
        title: "Daily check",
        description: "What is wrong with a server today, the worst first, with what mends it.",
        arguments: &[CONNECTION],
        template: include_str!("prompts/daily_health_check.md"),
    },
    Prompt {
        name: "maintenance_window",
        title: "Plan a maintenance window",
        description: "Vacuum, reindexing and clean-up that fit into a time, with locks and ways back.",
        arguments: &[
            PromptArgument {
                name: "minutes",
                description: "How long the window is; 60 by default.",
                required: false,
                term: Term::Text,
                default: "60",
            },
            CONNECTION,
        ],
        template: include_str!("prompts/maintenance_window.md"),
    },
    Prompt {
        name: "resolve_blocking",
        title: "Find out who blocks whom",
        description: "Why sessions hang, and the safest next step.",
        arguments: &[CONNECTION],
        template: include_str!("prompts/resolve_blocking.md"),
    },
];

impl Prompt {
    /// The text, with what was given in its places.
    ///
    /// # Errors
    /// [`Error::Argument`] for an argument that is missing, or that the prompt does not have.
    pub fn text(&self, given: &BTreeMap<String, String>) -> Result<String, Error> {
        let names = || self.arguments.iter().map(|argument| argument.name).collect::<Vec<_>>().join(", ");
        if let Some(unknown) =
            given.keys().find(|name| !self.arguments.iter().any(|known| known.name == *name))
        {
            return Err(Error::argument(format!(
                "the prompt `{}` has no argument `{unknown}`: it has {}",
                self.name,
                names()
            )));
        }
        let mut text = self.template.to_owned();
        for argument in self.arguments {
            let value = given.get(argument.name).map(|value| value.trim()).filter(|value| !value.is_empty());
            if argument.required && value.is_none() {
                return Err(Error::argument(format!(
                    "the prompt `{}` needs `{}`: {}",
                    self.name, argument.name, argument.description
                )));
            }
            let value = value.unwrap_or(argument.default);
            if argument.term == Term::Connection {
                let on =
                    if value.is_empty() { String::new() } else { format!(" of the connection `{value}`") };
                text = text.replace("{{on connection}}", &on);
            } else {
                text = text.replace(&format!("{{{{{}}}}}", argument.name), value);
            }
        }
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::PROMPTS;

    fn given(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn every_prompt_names_operations_that_exist() {
        let known: Vec<&str> = pg_core::operations::OPERATIONS
            .iter()
            .chain(crate::OPERATIONS)
            .map(|operation| operation.name())
            .collect();
        for prompt in PROMPTS {
            let words = prompt.template.split('`').skip(1).step_by(2);
            let named: Vec<&str> = words.filter(|word| word.contains('_') && !word.contains(' ')).collect();
            let operations = named.iter().filter(|word| known.contains(word)).count();
            assert!(operations >= 2, "{}: {named:?}", prompt.name);
            for word in named {
                let argument = ["compare_with", "window_s"].contains(&word);
                assert!(known.contains(&word) || argument, "{}: `{word}`", prompt.name);
            }
        }
    }

    #[test]
    fn no_place_is_left_open() {
        for prompt in PROMPTS {
            let all: Vec<(&str, &str)> =
                prompt.arguments.iter().map(|argument| (argument.name, "SELECT 1")).collect();
            let text = prompt.text(&given(&all)).unwrap();
            assert!(!text.contains("{{"), "{text}");
            let required: Vec<(&str, &str)> = prompt
                .arguments
                .iter()
                .filter(|argument| argument.required)
                .map(|a| (a.name, "SELECT 1"))
                .collect();
            assert!(!prompt.text(&given(&required)).unwrap().contains("{{"));
        }
    }

    #[test]
    fn what_is_missing_or_unknown_is_named() {
        let optimize = PROMPTS.iter().find(|prompt| prompt.name == "optimize_query").unwrap();
        assert!(optimize.text(&given(&[])).unwrap_err().to_string().contains("needs `query`"));
        let error = optimize.text(&given(&[("query", "SELECT 1"), ("conn", "x")])).unwrap_err();
        assert!(error.to_string().contains("no argument `conn`: it has query, connection_id"), "{error}");
    }
}
