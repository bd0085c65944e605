//! What becomes of one statement under a policy, with and without a database.

use std::fmt;

use pg_policy::{Explanation, NoFacts, Said, Verdict};
use serde::Serialize;

use super::subject::{Subject, SubjectName};
use crate::{Call, Connection, Error, Exit, caret_line};

/// A statement as a policy sees it.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ExplainedStatement {
    /// Whose policy judged.
    pub policy: SubjectName,
    /// Whether a catalog was asked.
    pub live: bool,
    /// What becomes of it, and why.
    #[serde(flatten)]
    pub explanation: Explanation,
    /// The line at the refusal's position with a caret under it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caret: Option<String>,
    /// What the verdict takes for granted, since no catalog was asked.
    pub assumed: Vec<String>,
}

/// Explains a statement without a database.
pub fn explain(subject: &Subject, text: &str) -> ExplainedStatement {
    let explanation = subject.policy().explain(text, &NoFacts);
    let mut assumed = Vec::new();
    if explanation.verdict == Verdict::Allowed {
        let of_server = ["pg_catalog.", "information_schema."];
        for relation in &explanation.relations {
            if !of_server.iter().any(|schema| relation.name.starts_with(schema)) {
                assumed.push(format!("that {} is no view of what the policy refuses", relation.name));
            }
        }
        if !explanation.functions.is_empty() {
            assumed.push("that nobody made functions with the names of the server's own".to_owned());
        }
    }
    explained(subject.name.clone(), false, explanation, text, assumed)
}

/// Explains a statement with what the catalog of its connection says.
///
/// # Errors
/// What connecting, and asking the catalog, gives.
pub async fn explain_live(
    call: &Call,
    connection: &Connection,
    text: &str,
) -> Result<ExplainedStatement, Error> {
    let explanation = connection.explain_verdict(call, text).await?;
    let name = SubjectName::Connection(connection.id().to_owned());
    Ok(explained(name, true, explanation, text, Vec::new()))
}

fn explained(
    policy: SubjectName,
    live: bool,
    explanation: Explanation,
    text: &str,
    assumed: Vec<String>,
) -> ExplainedStatement {
    let position = explanation.refusal.as_ref().and_then(|refusal| refusal.position);
    let caret = position.and_then(|position| caret_line(text, position));
    ExplainedStatement { policy, live, explanation, caret, assumed }
}

impl ExplainedStatement {
    /// How a command ends that asked for this: refused where it may not run, whatever the reason.
    pub fn exit(&self) -> Exit {
        match self.explanation.verdict {
            Verdict::Allowed => Exit::Ok,
            _ => Exit::Refused,
        }
    }
}

impl fmt::Display for ExplainedStatement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Explanation { verdict, granted, needs, kind, inside, refusal, missing, rules, .. } =
            &self.explanation;
        let verdict_words = match verdict {
            Verdict::Allowed => "allowed",
            Verdict::Refused => "refused",
            _ => "cannot be judged",
        };
        let how = if self.live { "with the catalog" } else { "offline" };
        writeln!(f, "{verdict_words} by {} ({how})", self.policy)?;
        if let Some(refusal) = refusal {
            writeln!(f, "  rule       {}", refusal.rule)?;
            writeln!(f, "  met        {}", refusal.met)?;
            if let Some(caret) = &self.caret {
                for line in caret.lines() {
                    writeln!(f, "             {line}")?;
                }
            }
            writeln!(f, "  why        {}", refusal.why)?;
            writeln!(f, "  instead    {}", refusal.instead)?;
        }
        list(f, "missing", missing)?;
        if let Some(kind) = kind {
            writeln!(f, "  kind       {kind}")?;
        }
        list(f, "inside", inside)?;
        match needs {
            Some(needs) => writeln!(f, "  access     needs {needs}, granted is {granted}")?,
            None => writeln!(f, "  access     granted is {granted}")?,
        }
        let explanation = &self.explanation;
        let relations = explanation.relations.iter();
        let names = relations.clone().map(|relation| match relation.changed {
            true => format!("{} (changed)", relation.name),
            false => relation.name.clone(),
        });
        list(f, "relations", &names.collect::<Vec<_>>())?;
        let columns =
            relations.filter_map(|relation| match (relation.all_columns, relation.columns.as_slice()) {
                (true, _) => Some(format!("any of {}", relation.name)),
                (false, []) => None,
                (false, columns) => Some(format!("{} of {}", columns.join(", "), relation.name)),
            });
        let columns: Vec<String> = columns.collect();
        if !columns.is_empty() {
            writeln!(f, "  columns    {}", columns.join("; "))?;
        }
        list(f, "functions", &explanation.functions)?;
        let called: Vec<String> = explanation.called.iter().map(ToString::to_string).collect();
        list(f, "called", &called)?;
        list(f, "operators", &explanation.operators)?;
        list(f, "types", &explanation.types)?;
        let settings = explanation.settings.iter();
        let settings = settings
            .map(|setting| format!("{} ({})", setting.name.as_deref().unwrap_or("any"), setting.scope));
        list(f, "settings", &settings.collect::<Vec<_>>())?;
        let locks = explanation.locks.iter();
        let locks = locks.map(|lock| format!("{} on {} for {}", lock.mode, lock.relation, lock.action));
        list(f, "locks", &locks.collect::<Vec<_>>())?;
        let set_off: Vec<String> = explanation.sets_off.iter().map(ToString::to_string).collect();
        list(f, "sets off", &set_off)?;
        if explanation.parameters > 0 {
            writeln!(f, "  parameters {}", explanation.parameters)?;
        }
        if let Some(text) = &explanation.masked_text {
            writeln!(f, "  runs       {}", text.replace('\n', "\n             "))?;
        }
        list(f, "assumed", &self.assumed)?;
        writeln!(f, "  rules, in the order in which they are judged:")?;
        for asked in rules {
            let said = match asked.said {
                Said::Passed => "passed",
                Said::Refused => "refused",
                Said::CannotBeJudged => "cannot be judged",
                _ => "not asked",
            };
            write!(f, "    {:<20}{said}", asked.rule)?;
            match (&asked.met, &asked.why) {
                (Some(met), Some(why)) => writeln!(f, ": {met}: {why}")?,
                _ => writeln!(f)?,
            }
        }
        Ok(())
    }
}

fn list(f: &mut fmt::Formatter<'_>, title: &str, words: &[String]) -> fmt::Result {
    if words.is_empty() { Ok(()) } else { writeln!(f, "  {title:<10} {}", words.join(", ")) }
}
