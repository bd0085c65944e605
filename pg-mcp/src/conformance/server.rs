//! The server with fixtures: what is none of theirs goes to the real one.
#![expect(
    deprecated,
    reason = "the suite asks for subscriptions and log levels as the older protocol has them"
)]

use std::{fmt, sync::Arc};

use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CacheScope, CallToolRequestParams, CallToolResponse, CompleteRequestParams, CompleteResult,
        CompletionInfo, CustomRequest, CustomResult, GetPromptRequestParams, GetPromptResponse,
        GetPromptResult, ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult,
        ListToolsResult, PaginatedRequestParams, ReadResourceRequestParams, ReadResourceResponse,
        ReadResourceResult, RequestStateCodec, ResourceContents, ServerCapabilities, ServerConfig,
        SetLevelRequestParams, SubscribeRequestParams, SubscriptionFilter, Tool, UnsubscribeRequestParams,
    },
    service::RequestContext,
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::{
    fixtures::{Fixtures, fixtures},
    script::{self, Outcome, Request},
};
use crate::Server;

/// The sealed states of the fixtures guard nothing, so their key need not be secret.
const KEY: &[u8; 32] = b"conformance fixtures, no secret!";

/// For how long a client may keep a list or a resource, in milliseconds.
const TTL_MS: u64 = 60_000;

/// A [`Server`] with fixtures beside its tools.
#[derive(Clone)]
pub struct FixtureServer {
    server: Server,
    fixtures: Arc<Fixtures>,
    codec: Arc<RequestStateCodec>,
}

impl fmt::Debug for FixtureServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FixtureServer").finish_non_exhaustive()
    }
}

impl FixtureServer {
    /// Fixtures beside the tools of `server`.
    #[must_use]
    pub fn new(server: Server) -> Self {
        Self { server, fixtures: Arc::new(fixtures()), codec: Arc::new(RequestStateCodec::new(KEY)) }
    }
}

impl ServerHandler for FixtureServer {
    fn get_info(&self) -> ServerConfig {
        let mut config = self.server.get_info();
        config.capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_prompts()
            .enable_resources()
            .enable_resources_subscribe()
            .enable_completions()
            .enable_logging()
            .build();
        config
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        let fixture = self.fixtures.tools.iter().find(|fixture| fixture.tool.name == name);
        fixture.map(|fixture| fixture.tool.clone()).or_else(|| self.server.get_tool(name))
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let mut result = self.server.list_tools(request, context).await?;
        result.tools.extend(self.fixtures.tools.iter().map(|fixture| fixture.tool.clone()));
        Ok(result)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let Some(fixture) = self.fixtures.tools.iter().find(|fixture| fixture.tool.name == request.name)
        else {
            return self.server.call_tool(request, context).await;
        };
        let request = Request {
            arguments: request.arguments.unwrap_or_default(),
            responses: request.input_responses,
            state: request.request_state,
            context: &context,
            codec: &self.codec,
        };
        match script::run(&fixture.steps, request).await? {
            Outcome::Done(result) => Ok(CallToolResponse::Complete(read(result)?)),
            Outcome::Asks(questions) => Ok(questions.into()),
        }
    }

    async fn list_prompts(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        let prompts = self.fixtures.prompts.iter().map(|fixture| fixture.prompt.clone()).collect();
        Ok(ListPromptsResult::with_all_items(prompts)
            .with_ttl_ms(TTL_MS)
            .with_cache_scope(CacheScope::Public))
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        let Some(fixture) = self.fixtures.prompts.iter().find(|fixture| fixture.prompt.name == request.name)
        else {
            return Err(ErrorData::invalid_params(format!("unknown prompt `{}`", request.name), None));
        };
        let request = Request {
            arguments: request.arguments.unwrap_or_default(),
            responses: request.input_responses,
            state: request.request_state,
            context: &context,
            codec: &self.codec,
        };
        match script::run(&fixture.steps, request).await? {
            Outcome::Done(result) => Ok(GetPromptResponse::Complete(read::<GetPromptResult>(result)?)),
            Outcome::Asks(questions) => Ok(questions.into()),
        }
    }

    async fn list_resources(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let resources = self.fixtures.resources.iter().map(|fixture| fixture.resource.clone()).collect();
        Ok(ListResourcesResult::with_all_items(resources)
            .with_ttl_ms(TTL_MS)
            .with_cache_scope(CacheScope::Public))
    }

    async fn list_resource_templates(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        let templates = self.fixtures.templates.iter().map(|fixture| fixture.template.clone()).collect();
        Ok(ListResourceTemplatesResult::with_all_items(templates)
            .with_ttl_ms(TTL_MS)
            .with_cache_scope(CacheScope::Public))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let uri = request.uri;
        let listed = self.fixtures.resources.iter().find(|fixture| fixture.resource.uri == uri);
        let contents = listed.map(|fixture| fixture.contents.clone()).or_else(|| self.by_template(&uri));
        let Some(contents) = contents else {
            return Err(ErrorData::invalid_params(format!("no resource `{uri}`"), Some(json!({"uri": uri}))));
        };
        let result =
            ReadResourceResult::new(contents).with_ttl_ms(TTL_MS).with_cache_scope(CacheScope::Public);
        Ok(result.into())
    }

    fn accepted_subscription_filter(&self, requested: &SubscriptionFilter) -> Option<SubscriptionFilter> {
        Some(requested.clone())
    }

    async fn subscribe(
        &self,
        _request: SubscribeRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        Ok(())
    }

    async fn unsubscribe(
        &self,
        _request: UnsubscribeRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        Ok(())
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        let begun = &request.argument.value;
        let values =
            self.fixtures.completion.iter().filter(|value| value.starts_with(begun)).cloned().collect();
        let completion = CompletionInfo::with_all_values(values);
        completion.map(CompleteResult::new).map_err(|problem| ErrorData::internal_error(problem, None))
    }

    async fn set_level(
        &self,
        _request: SetLevelRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        Ok(())
    }

    async fn on_custom_request(
        &self,
        request: CustomRequest,
        context: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        self.server.on_custom_request(request, context).await
    }
}

impl FixtureServer {
    fn by_template(&self, uri: &str) -> Option<Vec<ResourceContents>> {
        self.fixtures.templates.iter().find_map(|fixture| {
            let id = uri.strip_prefix(&fixture.prefix)?.strip_suffix(&fixture.suffix)?;
            let known = Map::from_iter([("id".to_owned(), Value::from(id))]);
            let text = script::filled_text(&fixture.text, &known);
            Some(vec![ResourceContents::text(text, uri).with_mime_type("application/json")])
        })
    }
}

fn read<T: DeserializeOwned>(mut result: Value) -> Result<T, ErrorData> {
    // Left out of what goes to a client of the older protocol.
    if let Value::Object(members) = &mut result {
        members.insert("resultType".to_owned(), "complete".into());
    }
    serde_json::from_value(result).map_err(|problem| ErrorData::internal_error(problem.to_string(), None))
}
