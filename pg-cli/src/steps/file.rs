//! A file of steps, read and checked.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pg_core::{AnyOperation, Environment, closest};
use serde::Deserialize;

use super::condition::Condition;
use super::value;
use crate::failure::Failure;
use crate::format::Format;
use crate::{registry, text};

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    /// For its reader.
    #[serde(default)]
    pub(super) description: Option<String>,
    #[serde(default)]
    variables: BTreeMap<String, Variable>,
    #[serde(rename = "step")]
    pub(super) steps: Vec<Step>,
}

/// A variable: its value unless a flag gives one, or where that is from.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Variable {
    Text(String),
    Number(i64),
    Told(Told),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    /// The variable of the environment.
    env: Option<String>,
    default: Option<String>,
}

/// What happens to the steps behind one that failed.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
pub(super) enum OnError {
    /// They are not run.
    #[default]
    Stop,
    /// They are run.
    Continue,
}

/// One step.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    pub(super) name: String,
    pub(super) operation: Option<String>,
    pub(super) alert: Option<String>,
    #[serde(default)]
    pub(super) arguments: toml::Table,
    pub(super) connection: Option<String>,
    pub(super) for_each_connection: Option<Vec<String>>,
    #[serde(rename = "if")]
    pub(super) only_if: Option<Condition>,
    pub(super) unless: Option<Condition>,
    pub(super) output: Option<Target>,
    #[serde(default)]
    pub(super) on_error: OnError,
}

/// Where the answer of a step goes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Target {
    pub(super) file: String,
    /// As `--format` has it; that of the file's ending where it is left out.
    format: Option<String>,
}

impl Target {
    /// The format.
    pub(super) fn format(&self) -> Option<Format> {
        use clap::ValueEnum;
        let ending = || Path::new(&self.file).extension().and_then(|ending| ending.to_str());
        let said = self.format.as_deref().or_else(ending)?;
        let said = match said {
            "md" => "markdown",
            "jsonl" => "ndjson",
            "txt" => "table",
            "xml" => "junit",
            other => other,
        };
        Format::from_str(said, true).ok()
    }
}

/// A file that was checked, with what it needs.
pub(super) struct Plan {
    pub(super) file: File,
    pub(super) variables: BTreeMap<String, String>,
    /// The folder of the file, from which other files are found.
    pub(super) folder: PathBuf,
}

impl Step {
    /// The operation, by its name, its subcommand or its short name.
    pub(super) fn operation(&self) -> Option<&'static dyn AnyOperation> {
        let name = self.operation.as_deref()?.replace('-', "_");
        registry::operations().find(|each| each.name() == name || each.short_name() == Some(name.as_str()))
    }

    pub(super) fn conditions(&self) -> impl Iterator<Item = &Condition> {
        self.only_if.iter().chain(&self.unless)
    }
}

/// Reads and checks a file.
pub(super) fn read(
    path: &Path,
    given: &[(String, String)],
    environment: &Environment,
) -> Result<Plan, Failure> {
    let wrong =
        |problem: String, instead: &str| Failure::argument(format!("{}: {problem}", path.display()), instead);
    let content = text::read(path)?;
    // Its message has line, column and the line itself.
    let file: File = toml::from_str(&content)
        .map_err(|error| wrong(error.to_string().trim_end().to_owned(), "see pg-cli run --help"))?;
    let mut variables = BTreeMap::new();
    for (name, variable) in &file.variables {
        let value = match variable {
            Variable::Text(text) => Some(text.clone()),
            Variable::Number(number) => Some(number.to_string()),
            Variable::Told(told) => {
                let from = told.env.as_deref().and_then(|name| environment.variable(name));
                from.map(str::to_owned).or_else(|| told.default.clone())
            }
        };
        let flag = given.iter().rev().find(|(given, _)| given == name).map(|(_, value)| value.clone());
        let value = flag.or(value).ok_or_else(|| {
            wrong(
                format!("the variable `{name}` has no value"),
                "give it with -v, or in its environment variable",
            )
        })?;
        variables.insert(name.clone(), value);
    }
    if let Some((name, _)) = given.iter().find(|(name, _)| !file.variables.contains_key(name)) {
        return Err(wrong(
            format!("it has no variable `{name}`"),
            "name it under [variables], or leave out -v",
        ));
    }
    check(&file, &variables).map_err(|problem| wrong(problem, "see pg-cli run --help"))?;
    let folder = path.parent().map(Path::to_owned).unwrap_or_default();
    Ok(Plan { file, variables, folder })
}

fn check(file: &File, variables: &BTreeMap<String, String>) -> Result<(), String> {
    let mut earlier: Vec<&str> = Vec::new();
    for step in &file.steps {
        let name = &step.name;
        let at = |problem: String| format!("step `{name}`: {problem}");
        if name.is_empty() || earlier.contains(&name.as_str()) {
            return Err(at("its name is empty, or another step's".to_owned()));
        }
        match (&step.operation, &step.alert) {
            (Some(said), None) if step.operation().is_none() => {
                let names = registry::operations().map(|operation| operation.name());
                let near = closest(said, names, 1)
                    .first()
                    .map(|near| format!("; there is `{near}`"))
                    .unwrap_or_default();
                return Err(at(format!("there is no operation `{said}`{near}")));
            }
            (Some(_), None) | (None, Some(_)) => {}
            _ => return Err(at("it needs `operation` or `alert`, and not both".to_owned())),
        }
        if step.connection.is_some() && step.for_each_connection.is_some() {
            return Err(
                at("`connection` and `for_each_connection` are two ways to say one thing".to_owned()),
            );
        }
        if step.output.as_ref().is_some_and(|output| output.format().is_none()) {
            return Err(at("its output has no format that is known; say format = \"csv\"".to_owned()));
        }
        for condition in step.conditions() {
            condition.check(&earlier).map_err(at)?;
        }
        value::check(&step.arguments, &earlier, variables).map_err(at)?;
        earlier.push(name);
    }
    Ok(())
}
