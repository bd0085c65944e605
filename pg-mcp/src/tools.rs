//! The tools that a server offers, made from the operations of the library crates: the only place that reads their lists.
//!
//! Invariant: which tools there are, their order and their text are settled when the process starts and never change.

use std::sync::{Arc, OnceLock};

use pg_core::{Access, AnyOperation, Effect, Toolset};
use rmcp::model::{Tool, ToolAnnotations};
use serde_json::{Map, Value};

use crate::{
    names::{nearest, quoted},
    schema,
};

/// Every operation there is, in the order in which tools are listed.
pub(crate) fn operations() -> impl Iterator<Item = &'static dyn AnyOperation> {
    pg_core::operations::OPERATIONS
        .iter()
        .chain(pg_introspect::OPERATIONS)
        .chain(pg_data::OPERATIONS)
        .chain(pg_report::OPERATIONS)
        .copied()
}

/// An operation as a tool.
pub(crate) struct OfferedTool {
    /// What runs.
    pub(crate) operation: &'static dyn AnyOperation,
    highest: Access,
    definition: OnceLock<Tool>,
}

impl OfferedTool {
    /// What a client is told; made when it is first asked for, so that a process that waits is small.
    pub(crate) fn definition(&self) -> &Tool {
        self.definition.get_or_init(|| self.defined())
    }

    fn defined(&self) -> Tool {
        let (description, input) = schema::input(self.operation.input_schema());
        let output = schema::output(self.operation.output_schema());
        Tool::new(self.operation.name(), description.unwrap_or_default(), Arc::new(input))
            .with_title(self.operation.title())
            .with_raw_output_schema(Arc::new(output))
            .with_annotations(annotations(self.operation.effect(), self.highest))
    }

    /// What the tool takes of a list, in bytes of JSON.
    fn size(&self) -> usize {
        serde_json::to_string(&self.defined()).map_or(usize::MAX, |written| written.len())
    }

    /// The names of the arguments.
    pub(crate) fn arguments(&self) -> impl Iterator<Item = &str> {
        let properties = self.definition().input_schema.get("properties").and_then(Value::as_object);
        properties.into_iter().flat_map(Map::keys).map(String::as_str)
    }
}

/// The hints; the title is the tool's own and is not said twice.
fn annotations(effect: Effect, highest: Access) -> ToolAnnotations {
    let hints = effect.hints(highest);
    ToolAnnotations::new()
        .read_only(hints.read_only)
        .destructive(hints.destructive)
        .idempotent(hints.idempotent)
        .open_world(hints.open_world)
}

/// Why there is no tool of a name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NoTool {
    /// There is such an operation, and this process does not offer it.
    NotOffered(Withheld),
    /// There is no such operation; what to say about it.
    Unknown(String),
}

/// Why an operation is not offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Withheld {
    /// No connection of this process may do what it does.
    Access,
    /// Its set was not asked for.
    Toolset(Toolset),
}

/// The most tools of a list: among more, models choose worse.
const MOST_TOOLS: usize = 40;

/// The longest list, in bytes of JSON: 12,000 tokens, at four bytes a token.
const MOST_BYTES: usize = 48_000;

/// The tools of one process.
pub(crate) struct Tools {
    offered: Vec<OfferedTool>,
    withheld: Vec<(&'static str, Withheld)>,
    /// Names of tools that are seldom asked for, and yet fit into the list.
    fitting: OnceLock<Vec<&'static str>>,
}

impl Tools {
    /// The tools of the sets that are wanted, for a process whose most powerful connection has the access `highest`.
    pub(crate) fn offered(highest: Access, wanted: impl Fn(Toolset) -> bool) -> Self {
        Self::of(operations(), highest, wanted)
    }

    /// The tools that are offered out of these operations.
    pub(crate) fn of(
        operations: impl IntoIterator<Item = &'static dyn AnyOperation>,
        highest: Access,
        wanted: impl Fn(Toolset) -> bool,
    ) -> Self {
        let mut tools = Self { offered: Vec::new(), withheld: Vec::new(), fitting: OnceLock::new() };
        for operation in operations {
            if !operation.effect().offered(highest) {
                tools.withheld.push((operation.name(), Withheld::Access));
            } else if !wanted(operation.toolset()) {
                tools.withheld.push((operation.name(), Withheld::Toolset(operation.toolset())));
            } else {
                tools.offered.push(OfferedTool { operation, highest, definition: OnceLock::new() });
            }
        }
        tools
    }

    /// The tools that the list names, in order: `all`, or those that are asked for often and as many of the others as fit.
    pub(crate) fn listed(&self, all: bool) -> impl Iterator<Item = &OfferedTool> {
        self.offered.iter().filter(move |tool| {
            all || tool.operation.listed() || self.fitting().contains(&tool.operation.name())
        })
    }

    fn fitting(&self) -> &[&'static str] {
        self.fitting.get_or_init(|| {
            let (often, seldom): (Vec<_>, Vec<_>) =
                self.offered.iter().partition(|tool| tool.operation.listed());
            let mut bytes: usize = often.iter().map(|tool| tool.size()).sum();
            let mut sizes: Vec<_> = seldom.iter().map(|tool| (tool.size(), tool.operation.name())).collect();
            sizes.sort_unstable();
            let fits = |(size, _): &(usize, _)| {
                bytes = bytes.saturating_add(*size);
                bytes <= MOST_BYTES
            };
            let room = MOST_TOOLS.saturating_sub(often.len());
            sizes.into_iter().take(room).take_while(fits).map(|(_, name)| name).collect()
        })
    }

    /// The names of the tools, in order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.offered.iter().map(|tool| tool.operation.name())
    }

    /// The tool of this name.
    pub(crate) fn get(&self, name: &str) -> Result<&OfferedTool, NoTool> {
        if let Some(tool) = self.offered.iter().find(|tool| tool.operation.name() == name) {
            return Ok(tool);
        }
        if let Some((_, why)) = self.withheld.iter().find(|(withheld, _)| *withheld == name) {
            return Err(NoTool::NotOffered(*why));
        }
        let shown: String = name.chars().take(100).collect();
        let hint =
            nearest(name, self.names()).map_or_else(String::new, |near| format!(" Did you mean `{near}`?"));
        Err(NoTool::Unknown(format!("unknown tool `{shown}`.{hint} The tools are {}.", quoted(self.names()))))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use pg_core::{Access, Toolset};
    use serde_json::Value;

    use super::{NoTool, Tools, Withheld, operations};

    fn every_schema(check: impl Fn(&str, &Value)) {
        for tool in Tools::offered(Access::Admin, |_| true).listed(true) {
            let name = tool.operation.name();
            check(name, &Value::Object(tool.definition().input_schema.as_ref().clone()));
            check(name, &Value::Object(tool.definition().output_schema.as_deref().unwrap().clone()));
        }
    }

    /// Calls `check` with every schema inside `schema`, itself included.
    fn walk(schema: &Value, check: &mut dyn FnMut(&Value)) {
        check(schema);
        let Some(object) = schema.as_object() else { return };
        for key in ["properties", "patternProperties"] {
            object
                .get(key)
                .and_then(Value::as_object)
                .into_iter()
                .flat_map(|m| m.values())
                .for_each(|m| walk(m, check));
        }
        for key in ["anyOf", "oneOf", "allOf", "prefixItems"] {
            object.get(key).and_then(Value::as_array).into_iter().flatten().for_each(|m| walk(m, check));
        }
        for key in ["items", "not", "additionalProperties"] {
            object.get(key).into_iter().for_each(|m| walk(m, check));
        }
    }

    #[test]
    fn every_schema_has_an_object_at_its_root() {
        every_schema(|name, schema| assert_eq!(schema["type"], "object", "{name}"));
    }

    #[test]
    fn no_schema_has_a_list_of_types_a_number_format_or_a_reference() {
        every_schema(|name, schema| {
            walk(schema, &mut |part| {
                assert!(!part["type"].is_array(), "{name}: {part}");
                assert!(part.get("$ref").is_none() && part.get("$defs").is_none(), "{name}: {part}");
                let format = part["format"].as_str().unwrap_or_default();
                assert!(!format.contains("int") && format != "double" && format != "float", "{name}: {part}");
            });
        });
    }

    #[test]
    fn every_argument_is_described() {
        for tool in Tools::offered(Access::Admin, |_| true).listed(true) {
            let name = tool.operation.name();
            walk(&Value::Object(tool.definition().input_schema.as_ref().clone()), &mut |part| {
                for (property, it) in part["properties"].as_object().into_iter().flatten() {
                    let text = it["description"].as_str().unwrap_or_default();
                    assert!(!text.trim().is_empty(), "{name}: the property `{property}` has no description");
                }
            });
        }
    }

    #[test]
    fn no_tool_takes_the_name_of_a_file() {
        for tool in Tools::offered(Access::Admin, |_| true).listed(true) {
            let mut arguments = tool.arguments();
            assert!(arguments.all(|name| !name.ends_with("file")), "{}", tool.operation.name());
        }
    }

    #[test]
    fn every_result_names_the_types_of_its_properties_and_no_more() {
        for tool in Tools::offered(Access::Admin, |_| true).listed(true) {
            let schema = tool.definition().output_schema.as_deref().unwrap();
            for (name, property) in schema["properties"].as_object().unwrap() {
                let said: Vec<&String> = property.as_object().unwrap().keys().collect();
                assert!(
                    said.iter().all(|key| ["type", "anyOf", "items"].contains(&key.as_str())),
                    "{name}: {said:?}"
                );
                assert!(!said.is_empty(), "{name}");
            }
        }
    }

    #[test]
    fn every_tool_takes_no_argument_that_it_does_not_know() {
        for tool in Tools::offered(Access::Admin, |_| true).listed(true) {
            let schema = &tool.definition().input_schema;
            assert_eq!(schema["additionalProperties"], false, "{}", tool.operation.name());
        }
    }

    #[test]
    fn every_tool_has_a_name_a_title_a_description_and_explicit_hints() {
        let mut names = BTreeSet::new();
        for tool in Tools::offered(Access::Admin, |_| true).listed(true) {
            let definition = tool.definition();
            let name = definition.name.as_ref();
            assert!(names.insert(name.to_owned()), "{name} twice");
            assert!(name.len() <= 40 && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{name}");
            assert!(definition.title.as_deref().is_some_and(|title| !title.is_empty()), "{name}");
            assert!(definition.description.as_deref().is_some_and(|text| text.len() > 20), "{name}");
            let hints = definition.annotations.as_ref().unwrap();
            for hint in
                [hints.read_only_hint, hints.destructive_hint, hints.idempotent_hint, hints.open_world_hint]
            {
                assert!(hint.is_some(), "{name}");
            }
        }
    }

    #[test]
    fn the_list_is_the_same_each_time() {
        let list = || {
            serde_json::to_string(
                &Tools::offered(Access::Read, |_| true)
                    .listed(true)
                    .map(super::OfferedTool::definition)
                    .collect::<Vec<_>>(),
            )
        };
        assert_eq!(list().unwrap(), list().unwrap());
    }

    #[test]
    fn every_example_has_only_arguments_of_its_tool() {
        for tool in Tools::offered(Access::Admin, |_| true).listed(true) {
            for example in tool.operation.examples() {
                let arguments: serde_json::Map<String, Value> =
                    serde_json::from_str(example.arguments).unwrap();
                for name in arguments.keys() {
                    assert!(tool.arguments().any(|known| known == name), "{}: {name}", tool.operation.name());
                }
            }
        }
    }

    #[test]
    fn reading_processes_are_offered_nothing_that_only_writes() {
        let offered: Vec<&str> = Tools::offered(Access::Read, |_| true).names().collect();
        for operation in operations() {
            let expected = operation.effect().offered(Access::Read);
            assert_eq!(offered.contains(&operation.name()), expected, "{}", operation.name());
        }
    }

    #[test]
    fn a_tool_of_a_set_that_was_not_asked_for_says_which_set_it_is_in() {
        let tools = Tools::offered(Access::Admin, |set| set == Toolset::Core);
        assert!(tools.listed(true).all(|tool| tool.operation.toolset() == Toolset::Core));
        let Err(why) = tools.get("find_blocking") else { panic!("offered") };
        assert_eq!(why, NoTool::NotOffered(Withheld::Toolset(Toolset::Health)));
    }

    /// Bytes of JSON that make a token, erring on the large side for text that is mostly words.
    const BYTES_A_TOKEN: usize = 4;

    #[test]
    fn the_list_fits_into_its_budget_of_tokens() {
        let cost = |access: Access, wanted: &dyn Fn(Toolset) -> bool| {
            let tools = Tools::offered(access, wanted);
            let sizes =
                tools.listed(false).map(|tool| serde_json::to_string(tool.definition()).unwrap().len());
            (tools.listed(false).count(), sizes.sum::<usize>() / BYTES_A_TOKEN, tools.offered.len())
        };
        let core = cost(Access::Admin, &|set| set == Toolset::Core);
        assert!(core.0 <= 15 && core.1 <= 5_000, "core: {core:?}");
        for set in Toolset::ALL {
            let (count, tokens, offered) = cost(Access::Admin, &|other| other == set);
            println!("{set}: {count} of {offered} tools, {tokens} tokens");
            assert_eq!(count, offered, "{set} alone fits whole");
        }
        for access in [Access::Read, Access::Write, Access::Schema, Access::Admin] {
            let (count, tokens, offered) = cost(access, &|_| true);
            println!("all, {access} access: {count} of {offered} tools, {tokens} tokens");
            assert!(count <= 40 && tokens <= 12_000, "all: {count}, {tokens}");
        }
    }

    #[test]
    fn what_is_seldom_asked_for_is_listed_where_it_fits_or_on_demand_and_found_in_any_case() {
        let tools = Tools::offered(Access::Admin, |_| true);
        let listed: Vec<_> = tools.listed(false).map(|tool| tool.operation.name()).collect();
        let unlisted: Vec<_> = tools.names().filter(|name| !listed.contains(name)).collect();
        assert!(!unlisted.is_empty());
        for name in unlisted {
            assert!(tools.listed(true).any(|tool| tool.operation.name() == name), "{name}");
            assert!(tools.get(name).is_ok(), "{name}");
            assert!(!tools.get(name).unwrap().operation.listed(), "{name}");
        }
        let reading: Vec<_> =
            Tools::offered(Access::Read, |_| true).listed(false).map(|tool| tool.operation.name()).collect();
        for name in ["suggest_mapping", "migration_status", "verify_migration", "list_locks"] {
            assert!(reading.contains(&name), "{name} fits where nothing is written");
        }
    }

    #[test]
    fn an_unknown_tool_is_told_the_nearest_and_the_list() {
        let tools = Tools::offered(Access::Read, |_| true);
        let Err(NoTool::Unknown(text)) = tools.get("helth_check") else { panic!("found") };
        assert!(
            text.starts_with("unknown tool `helth_check`. Did you mean `health_check`? The tools are "),
            "{text}"
        );
    }
}
