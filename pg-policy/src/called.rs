//! What the catalog says of the functions that a statement calls, for whoever asks why it was judged so.
//!
//! Separate because the verdict needs less of it. Invariant: it holds what the facts hold, and nothing where they were not asked.

use serde::Serialize;

use crate::facts::{Facts, FunctionFacts, Volatility};
use crate::needs::{Form, Needs};

/// One overload of a function of a user or an extension that a statement may call.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CalledFunction {
    /// Its schema and name.
    pub name: String,
    /// How it may behave.
    pub volatility: Volatility,
    /// Whether it runs with its owner's privileges.
    pub security_definer: bool,
    /// Its language.
    pub language: String,
    /// Whether the language is trusted.
    pub trusted_language: bool,
    /// The extension that owns it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extension: Option<String>,
    /// What its author declared a call to cost, in the planner's `cpu_operator_cost`.
    pub cost: f32,
}

/// The functions that a statement calls by name, apart from those of the server, with all that they may mean.
pub(crate) fn called(needs: &Needs, facts: &dyn Facts) -> Vec<CalledFunction> {
    let mut called: Vec<CalledFunction> = Vec::new();
    for used in needs.functions.iter().filter(|used| used.form == Form::Call) {
        let (schema, name) = (used.name.schema.as_deref(), used.name.name.as_str());
        let overloads = facts.function(schema, name).unwrap_or_default();
        for overload in overloads.into_iter().filter(|facts| facts.schema != "pg_catalog") {
            let one = described(name, overload);
            if !called.contains(&one) {
                called.push(one);
            }
        }
    }
    called
}

fn described(name: &str, facts: FunctionFacts) -> CalledFunction {
    CalledFunction {
        name: format!("{}.{name}", facts.schema),
        volatility: facts.volatility,
        security_definer: facts.security_definer,
        language: facts.language,
        trusted_language: facts.trusted_language,
        extension: facts.extension,
        cost: facts.cost,
    }
}

impl std::fmt::Display for CalledFunction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let CalledFunction { name, language, volatility, .. } = self;
        write!(f, "{name} ({language}, {volatility}")?;
        if self.security_definer {
            f.write_str(", security definer")?;
        }
        if !self.trusted_language && self.extension.is_none() {
            f.write_str(", untrusted language")?;
        }
        if let Some(extension) = &self.extension {
            write!(f, ", of {extension}")?;
        }
        write!(f, ", cost {})", self.cost)
    }
}
