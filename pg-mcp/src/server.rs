//! The MCP server proper: answers the protocol's requests from the tools and the service. The same for every transport.
//!
//! Invariant: a call that fails, whatever the reason, is answered and leaves every other call alone.

use std::{fmt, net::SocketAddr, panic::AssertUnwindSafe, pin::pin, sync::Arc};

use axum::{extract::ConnectInfo, http::request::Parts};
use futures_util::{FutureExt, future::BoxFuture};
use pg_core::{Call, Caller, Error, ErrorReport, Identity, Origin, Service};
use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CacheScope, CallToolRequestParams, CallToolResponse, CompleteRequestParams, CompleteResult,
        CustomRequest, CustomResult, ErrorCode, GetPromptRequestParams, GetPromptResponse, Implementation,
        InputRequiredResult, ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult,
        ListToolsResult, PaginatedRequestParams, ProtocolVersion, ReadResourceRequestParams,
        ReadResourceResponse, ReadResourceResult, ServerCapabilities, ServerConfig, Tool,
    },
    service::RequestContext,
};
use serde_json::{Map, Value, json};

use crate::{
    answer,
    confirm::{Elicits, Seal, Told, can_ask},
    disconnect::client_gone,
    guide,
    instructions::instructions,
    progress,
    tools::{NoTool, OfferedTool, Tools},
};

/// For how many milliseconds a client may keep the list of tools: it does not change while the process runs, and after a
/// restart a client should not be long behind.
const LIST_TTL_MS: u64 = 5 * 60 * 1000;

/// How long a client may keep what was read from a catalog, in milliseconds.
const RESOURCE_TTL_MS: u64 = 30 * 1000;

/// An MCP server over a [`Service`]. Cheap to clone; each HTTP session has a clone.
#[derive(Clone)]
pub struct Server {
    inner: Arc<Inner>,
    caller: Caller,
}

struct Inner {
    service: Service,
    origin: Origin,
    tools: Tools,
    config: ServerConfig,
    /// The name of the token by which callers are let in here.
    token: Option<String>,
    /// None where the system gave no random key: then nobody is asked between calls.
    seal: Option<Seal>,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("origin", &self.inner.origin).finish_non_exhaustive()
    }
}

impl Server {
    /// A server whose callers speak from `origin`.
    #[must_use]
    pub fn new(service: &Service, origin: Origin) -> Self {
        Self::with_tools(service, origin, Tools::offered(service.highest_access(), |set| service.offers(set)))
    }

    pub(crate) fn with_tools(service: &Service, origin: Origin, tools: Tools) -> Self {
        let highest = service.highest_access();
        let identity = Implementation::new("pg-mcp", env!("CARGO_PKG_VERSION"))
            .with_title("PostgreSQL")
            .with_description(env!("CARGO_PKG_DESCRIPTION"));
        let config = ServerConfig::new(capabilities())
            .with_server_info(identity)
            .with_instructions(instructions(&tools, highest));
        let seal = Seal::new().ok();
        let inner = Arc::new(Inner { service: service.clone(), origin, tools, config, token: None, seal });
        Self { inner, caller: Caller::new() }
    }

    /// A server for those who are let in by the token of this name.
    pub(crate) fn for_token(service: &Service, name: &str) -> Self {
        let mut server = Self::new(service, Origin::Remote);
        // Nobody else has it yet.
        if let Some(inner) = Arc::get_mut(&mut server.inner) {
            inner.token = Some(name.to_owned());
        }
        server
    }

    /// The same server for another session: what its client leaves open ends with that session.
    pub(crate) fn for_session(&self) -> Self {
        Self { inner: Arc::clone(&self.inner), caller: Caller::new() }
    }

    /// The name of the token by which its callers were let in.
    pub(crate) fn token(&self) -> Option<&str> {
        self.inner.token.as_deref()
    }

    pub(crate) fn service(&self) -> &Service {
        &self.inner.service
    }

    /// A call for this request.
    fn call(&self, context: &RequestContext<RoleServer>) -> Call {
        let call = Call::new(&self.inner.service)
            .from_origin(self.inner.origin)
            .identified(Identity { token: self.inner.token.clone(), ..identity(self.inner.origin, context) })
            .with_cursors();
        let call = match trace_parent(context) {
            Some(span) => call.caused_by(&span),
            None => call,
        };
        // Without sessions nobody can tell when a client goes; then leases end what it left open.
        if is_newer(context) { call } else { call.by(&self.caller) }
    }

    /// Works for this request until it is done or its client is gone.
    async fn answering<T>(
        &self,
        context: &RequestContext<RoleServer>,
        work: impl for<'a> FnOnce(&'a Call) -> BoxFuture<'a, T>,
    ) -> T {
        let call = self.call(context);
        let mut work = work(&call);
        tokio::select! {
            biased;
            done = &mut work => done,
            () = stopped(context) => {
                call.cancellation().cancel();
                work.await
            }
        }
    }

    async fn run(
        &self,
        tool: &OfferedTool,
        request: CallToolRequestParams,
        context: &RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let CallToolRequestParams { arguments, input_responses, request_state, .. } = request;
        let arguments = arguments.unwrap_or_default();
        let given = answer::given(&arguments);
        let asked = Asked::of(&self.inner, tool, &arguments, context);
        let mut call = self.call(context);
        match &asked {
            Asked::Nobody => {}
            Asked::Meanwhile(what) => {
                call = call.with_asker(Arc::new(Elicits { peer: context.peer.clone(), call: what.clone() }));
            }
            Asked::Between(seal, what) => {
                match seal.told(request_state.as_deref(), input_responses.as_ref(), what) {
                    Ok(Told::Nothing) => call = call.asking_between_calls(None),
                    Ok(Told::Yes(pass)) => call = call.asking_between_calls(Some(pass)),
                    Ok(Told::No) => {
                        return Ok(answer::failure(&answer::report(&Error::Declined, tool, &given)).into());
                    }
                    Err(problem) => {
                        let problem =
                            format!("`requestState`: {problem}; nothing was changed. Call again without it");
                        return Err(ErrorData::invalid_params(problem, None));
                    }
                }
            }
        }
        let (call, told) = progress::told(call, context);
        let running = tool.operation.run_json(&call, Value::Object(arguments));
        let mut running = pin!(AssertUnwindSafe(running).catch_unwind());
        let outcome = tokio::select! {
            biased;
            outcome = &mut running => outcome,
            never = told => match never {},
            () = stopped(context) => {
                call.cancellation().cancel();
                running.await
            }
        };
        Ok(match outcome {
            Ok(Ok(answer)) => answer::success(&answer, knows_links(context)).into(),
            Ok(Err(error)) => {
                let report = answer::report(&error, tool, &given);
                asked.question(&report).map_or_else(|| answer::failure(&report).into(), Into::into)
            }
            Err(_panic) => {
                tracing::error!(tool = tool.operation.name(), "an operation panicked");
                answer::failure(&answer::panicked(tool)).into()
            }
        })
    }
}

/// How the person behind a request is asked, should a change have to be confirmed.
enum Asked<'a> {
    /// Not at all: the answer holds a code, or says that only a person may confirm.
    Nobody,
    /// While the call waits: the call, as a person reads it.
    Meanwhile(String),
    /// Between this call and its repetition: the seal, and the call, which tells it from others.
    Between(&'a Seal, String),
}

impl<'a> Asked<'a> {
    fn of(
        inner: &'a Inner,
        tool: &OfferedTool,
        arguments: &Map<String, Value>,
        context: &RequestContext<RoleServer>,
    ) -> Self {
        if !context.client_capabilities().is_some_and(|can| can_ask(&can)) {
            return Self::Nobody;
        }
        let what = format!("{} {}", tool.operation.name(), json!(arguments));
        match (is_newer(context), &inner.seal) {
            (false, _) => Self::Meanwhile(what),
            (true, Some(seal)) => Self::Between(seal, what),
            (true, None) => Self::Nobody,
        }
    }

    /// The answer that asks for what is missing, where that is a person's yes.
    fn question(&self, report: &ErrorReport) -> Option<InputRequiredResult> {
        let Self::Between(seal, what) = self else { return None };
        let confirmation = report.confirmation.as_deref()?;
        seal.asks(report.connection_id.as_deref(), confirmation, confirmation.pass.as_ref()?, what)
    }
}

/// What this server offers. Nothing watches the catalog, so no notice of changes is promised.
fn capabilities() -> ServerCapabilities {
    ServerCapabilities::builder()
        .enable_tools()
        .enable_prompts()
        .enable_resources()
        .enable_completions()
        .build()
}

/// Who calls: what the client says of itself, and by which way it came.
fn identity(origin: Origin, context: &RequestContext<RoleServer>) -> Identity {
    let via = match origin {
        Origin::Local => "stdio",
        Origin::Remote => "http",
    };
    let client = context.client_info();
    let peer = context.extensions.get::<Parts>().and_then(|parts| {
        parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.to_string())
    });
    Identity {
        via: via.to_owned(),
        name: client.as_ref().map(|client| client.name.clone()),
        version: client.map(|client| client.version),
        peer,
        ..Identity::default()
    }
}

/// The span of the caller's, from the request's header `traceparent`, else from the key of that name in its `_meta`.
fn trace_parent(context: &RequestContext<RoleServer>) -> Option<String> {
    let header = context.extensions.get::<Parts>().and_then(|parts| parts.headers.get("traceparent"));
    let header = header.and_then(|value| value.to_str().ok());
    header.or_else(|| context.meta.get("traceparent")?.as_str()).map(str::to_owned)
}

/// Waits until the client cancels the request or is gone.
async fn stopped(context: &RequestContext<RoleServer>) {
    match client_gone(&context.extensions) {
        Some(gone) => tokio::select! {
            () = context.ct.cancelled() => {}
            () = gone.cancelled() => {}
        },
        None => context.ct.cancelled().await,
    }
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        self.inner.config.clone()
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.inner.tools.get(name).ok().map(|tool| tool.definition().clone())
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        one_page(request)?;
        let tools = self
            .inner
            .tools
            .listed(self.inner.service.lists_all_tools())
            .map(|tool| tool.definition().clone())
            .collect();
        let mut result = ListToolsResult::with_all_items(tools);
        if is_newer(&context) {
            // Private: another caller may be offered other tools.
            result = result.with_ttl_ms(LIST_TTL_MS).with_cache_scope(CacheScope::Private);
        }
        Ok(result)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        match self.inner.tools.get(&request.name) {
            Ok(tool) => self.run(tool, request, &context).await,
            Err(NoTool::NotOffered(why)) => {
                Ok(answer::failure(&answer::not_offered(&request.name, why)).into())
            }
            Err(NoTool::Unknown(problem)) => Err(ErrorData::invalid_params(problem, None)),
        }
    }

    async fn list_prompts(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        one_page(request)?;
        let mut result = ListPromptsResult::with_all_items(guide::prompts());
        if is_newer(&context) {
            result = result.with_ttl_ms(LIST_TTL_MS).with_cache_scope(CacheScope::Public);
        }
        Ok(result)
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        guide::prompt(&request.name, request.arguments).map(Into::into)
    }

    async fn list_resource_templates(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        one_page(request)?;
        let mut result = ListResourceTemplatesResult::with_all_items(guide::templates());
        if is_newer(&context) {
            result = result.with_ttl_ms(LIST_TTL_MS).with_cache_scope(CacheScope::Public);
        }
        Ok(result)
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        one_page(request)?;
        let resources = self.answering(&context, |call| guide::resources(call).boxed()).await;
        let mut result = ListResourcesResult::with_all_items(resources);
        if is_newer(&context) {
            result = result.with_ttl_ms(RESOURCE_TTL_MS).with_cache_scope(CacheScope::Private);
        }
        Ok(result)
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let newer = is_newer(&context);
        let read = self.answering(&context, |call| guide::read(call, request.uri, newer).boxed()).await?;
        let mut result = ReadResourceResult::new(vec![read]);
        if newer {
            result = result.with_ttl_ms(RESOURCE_TTL_MS).with_cache_scope(CacheScope::Private);
        }
        Ok(result.into())
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        let names = self.answering(&context, |call| guide::complete(call, request).boxed()).await?;
        Ok(CompleteResult::new(names))
    }

    async fn on_custom_request(
        &self,
        request: CustomRequest,
        context: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        Err(unreadable(&request.method, is_newer(&context)))
    }
}

/// Refuses a cursor: every list of this server has one page.
fn one_page(request: Option<PaginatedRequestParams>) -> Result<(), ErrorData> {
    if request.is_some_and(|request| request.cursor.is_some()) {
        let message = "unknown cursor: this list has one page, so ask without a cursor";
        return Err(ErrorData::invalid_params(message, None));
    }
    Ok(())
}

/// Whether a request is of the protocol without a handshake.
/// Whether the client's protocol has links in answers.
fn knows_links(context: &RequestContext<RoleServer>) -> bool {
    context.protocol_version().is_some_and(|version| version >= ProtocolVersion::V_2025_06_18)
}

fn is_newer(context: &RequestContext<RoleServer>) -> bool {
    context.protocol_version().is_some_and(|version| version >= ProtocolVersion::V_2026_07_28)
}

/// The error for a request that is none of the protocol's: its method is unknown, or its parameters do not fit.
pub(crate) fn unreadable(method: &str, newer: bool) -> ErrorData {
    let needs = match method {
        "tools/call" => "`name`, a string, and `arguments`, an object",
        "tools/list" | "prompts/list" | "resources/list" | "resources/templates/list" => {
            "nothing, or `cursor`, a string"
        }
        "prompts/get" => "`name`, a string, and `arguments`, an object of strings",
        "resources/read" => "`uri`, a string",
        "completion/complete" => {
            "`ref` with `type` and `name` or `uri`, and `argument` with `name` and `value`"
        }
        "initialize" if !newer => {
            "`protocolVersion`, a string, `capabilities`, an object, and `clientInfo` with `name` and `version`"
        }
        _ => {
            let shown: String = method.chars().take(100).collect();
            return ErrorData::new(ErrorCode::METHOD_NOT_FOUND, format!("unknown method `{shown}`"), None);
        }
    };
    ErrorData::invalid_params(format!("the params of `{method}` do not fit: they hold {needs}"), None)
}
