//! Prompts, resources and completion as the protocol has them, made from what the libraries offer.
//!
//! Separate from the tools because no client needs these: all of it can be had by tools. Invariant: no name and no text stands
//! here that a library could hold.

use std::collections::BTreeMap;

use pg_core::{Call, Error};
use pg_introspect::guide::{self, PROMPTS, TEMPLATES, Term};
use rmcp::{
    ErrorData,
    model::{
        CompleteRequestParams, CompletionInfo, GetPromptResult, JsonObject, Prompt, PromptArgument,
        PromptMessage, Reference, Resource, ResourceContents, ResourceTemplate, Role,
    },
};
use serde_json::Value;

use crate::names::{nearest, quoted};

/// Every prompt.
pub(crate) fn prompts() -> Vec<Prompt> {
    let prompt = |prompt: &guide::Prompt| {
        let arguments = prompt.arguments.iter().map(|argument| {
            PromptArgument::new(argument.name)
                .with_description(argument.description)
                .with_required(argument.required)
        });
        Prompt::new(prompt.name, Some(prompt.description), Some(arguments.collect())).with_title(prompt.title)
    };
    PROMPTS.iter().map(prompt).collect()
}

/// A prompt with what was given in its places.
pub(crate) fn prompt(name: &str, arguments: Option<JsonObject>) -> Result<GetPromptResult, ErrorData> {
    let prompt = named(name)?;
    let mut given = BTreeMap::new();
    for (name, value) in arguments.unwrap_or_default() {
        let Value::String(value) = value else {
            let problem = format!("the argument `{name}` of a prompt is a string");
            return Err(ErrorData::invalid_params(problem, None));
        };
        given.insert(name, value);
    }
    let text = prompt.text(&given).map_err(|error| ErrorData::invalid_params(said(&error), None))?;
    let message = PromptMessage::new_text(Role::User, text);
    Ok(GetPromptResult::new(vec![message]).with_description(prompt.description))
}

fn named(name: &str) -> Result<&'static guide::Prompt, ErrorData> {
    PROMPTS.iter().find(|prompt| prompt.name == name).ok_or_else(|| {
        let names = || PROMPTS.iter().map(|prompt| prompt.name);
        let shown: String = name.chars().take(100).collect();
        let hint = nearest(name, names()).map_or_else(String::new, |near| format!(" Did you mean `{near}`?"));
        let problem = format!("unknown prompt `{shown}`.{hint} The prompts are {}.", quoted(names()));
        ErrorData::invalid_params(problem, None)
    })
}

/// Every family of resources.
pub(crate) fn templates() -> Vec<ResourceTemplate> {
    let template = |template: &guide::Template| {
        ResourceTemplate::new(template.uri, template.name)
            .with_title(template.title)
            .with_description(template.description)
            .with_mime_type(template.mime_type)
    };
    TEMPLATES.iter().map(template).collect()
}

/// The resources that can be read now.
pub(crate) async fn resources(call: &Call) -> Vec<Resource> {
    let resource = |resource: guide::Resource| {
        Resource::new(resource.uri, resource.name)
            .with_description(resource.description)
            .with_mime_type(resource.mime_type)
    };
    guide::list(call).await.into_iter().map(resource).collect()
}

/// What is read at an address.
pub(crate) async fn read(call: &Call, uri: String, newer: bool) -> Result<ResourceContents, ErrorData> {
    match guide::read(call, &uri).await {
        Ok(document) => Ok(ResourceContents::text(document.text, uri).with_mime_type(document.mime_type)),
        // The newer protocol has no code of its own for what is not there.
        Err(error) if guide::is_missing(&error) && !newer => {
            Err(ErrorData::resource_not_found(said(&error), None))
        }
        Err(error) if guide::is_missing(&error) => Err(ErrorData::invalid_params(said(&error), None)),
        Err(error) => Err(ErrorData::internal_error(said(&error), None)),
    }
}

/// The names that begin with what was typed.
pub(crate) async fn complete(
    call: &Call,
    request: CompleteRequestParams,
) -> Result<CompletionInfo, ErrorData> {
    let typed = &request.argument;
    let terms: Vec<(&str, Term)> = match &request.r#ref {
        Reference::Prompt(prompt) => {
            named(&prompt.name)?.arguments.iter().map(|argument| (argument.name, argument.term)).collect()
        }
        Reference::Resource(resource) => {
            let template =
                TEMPLATES.iter().find(|template| template.uri == resource.uri).ok_or_else(|| {
                    let uris = quoted(TEMPLATES.iter().map(|template| template.uri));
                    ErrorData::invalid_params(format!("unknown resource template: they are {uris}"), None)
                })?;
            template.terms.to_vec()
        }
        _ => Vec::new(),
    };
    let Some((_, term)) = terms.iter().find(|(name, _)| *name == typed.name) else {
        let names = quoted(terms.iter().map(|(name, _)| *name));
        let shown: String = typed.name.chars().take(100).collect();
        return Err(ErrorData::invalid_params(
            format!("no argument `{shown}` here: there are {names}"),
            None,
        ));
    };
    let context = request.context.as_ref().and_then(|context| context.arguments.as_ref());
    let known = context.into_iter().flatten().map(|(name, value)| {
        let key = terms.iter().find(|(known, _)| known == name).map_or(name.as_str(), |(_, term)| term.key());
        (key.to_owned(), value.clone())
    });
    // Whoever types is not helped by an error: what cannot be looked up is not completed.
    let names = guide::complete(call, *term, &typed.value, &known.collect()).await.unwrap_or_default();
    let total = u32::try_from(names.len()).ok();
    let first: Vec<String> = names.into_iter().take(CompletionInfo::MAX_VALUES).collect();
    let more = total.is_some_and(|total| total as usize > first.len());
    CompletionInfo::with_pagination(first, total, more)
        .map_err(|problem| ErrorData::internal_error(problem, None))
}

fn said(error: &Error) -> String {
    error.report().to_string()
}
