// The contract of pg-mcp as the official TypeScript client sees it.
//
// Usage: mcp_contract.mjs MAJOR PROGRAM [ARGUMENT ...]     with the folder of the client's packages in NODE_MODULES
//
// Reads calls from standard input, one a line, {"tool": NAME, "arguments": {...}}. Runs the program on stdio and over HTTP, with
// the client's version 2 in the older protocol and in the newer, and prints one JSON line for each check; the client itself holds
// results against output schemas. Exits non-zero if one failed.

import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { join } from "node:path";

const require = createRequire(join(process.env.NODE_MODULES, "contract.js"));
const packages = {
  1: ["@modelcontextprotocol/sdk/client/index.js", "@modelcontextprotocol/sdk/client/stdio.js", "@modelcontextprotocol/sdk/client/streamableHttp.js"],
  2: ["@modelcontextprotocol/client", "@modelcontextprotocol/client/stdio"],
};
const [major, ...command] = process.argv.slice(2);
const { Client, StdioClientTransport, StreamableHTTPClientTransport } = Object.assign({}, ...packages[major].map((name) => require(name)));

/// Options of clients, by the name of the protocol that each then speaks.
const protocols = major === "1" ? { older: {} } : { older: {}, newer: { versionNegotiation: { mode: { pin: "2026-07-28" } } } };
const calls = readFileSync(0, "utf8").split("\n").filter((line) => line.trim()).map((line) => JSON.parse(line));
let failed = 0;

function check(name, holds, seen) {
  console.log(JSON.stringify({ check: name, ok: Boolean(holds), ...(holds ? {} : { seen: String(JSON.stringify(seen) ?? seen).slice(0, 2000) }) }));
  if (!holds) failed += 1;
}

async function contract(label, client) {
  const info = client.getServerVersion();
  check(`${label}: names itself`, info.name === "pg-mcp" && info.version, info);
  const text = client.getInstructions() ?? "";
  check(`${label}: has instructions that no client cuts`, text.length > 100 && text.length < 2000, text);
  const { tools } = await client.listTools();
  const again = (await client.listTools()).tools;
  const names = tools.map((tool) => tool.name);
  check(`${label}: lists tools, the same each time`, names.length > 0 && JSON.stringify(tools) === JSON.stringify(again), names);
  for (const tool of tools) {
    const { readOnlyHint, destructiveHint, idempotentHint, openWorldHint } = tool.annotations ?? {};
    const explicit = [readOnlyHint, destructiveHint, idempotentHint, openWorldHint].every((hint) => typeof hint === "boolean");
    check(
      `${label}: ${tool.name} is described for clients`,
      tool.title && tool.description && explicit && tool.inputSchema.additionalProperties === false && tool.outputSchema?.type === "object",
      tool,
    );
  }
  const health = await client.callTool({ name: "health_check", arguments: {} });
  check(
    `${label}: a call answers in text and in structure`,
    !health.isError && JSON.stringify(JSON.parse(health.content[0].text)) === JSON.stringify(health.structuredContent),
    health,
  );
  const unknown = await client.callTool({ name: "health_check", arguments: { nope: 1 } });
  check(`${label}: an unknown argument is a tool error that names it`, unknown.isError && unknown.content[0].text.includes("`nope`"), unknown);
  const told = await client.callTool({ name: "health_chekc", arguments: {} }).then((answer) => JSON.stringify(answer), String);
  check(`${label}: an unknown tool is told the nearest`, told.includes("`health_check`"), told);
  const many = await Promise.all(Array.from({ length: 50 }, () => client.callTool({ name: "health_check", arguments: {} })));
  check(`${label}: answers fifty calls at once`, many.every((answer) => !answer.isError), many.length);
  // The newer protocol has no ping.
  if (!label.includes("newer")) check(`${label}: answers a ping`, await client.ping());
  const { prompts } = await client.listPrompts();
  check(`${label}: has prompts`, prompts.length > 0, prompts);
  const { resourceTemplates } = await client.listResourceTemplates();
  check(`${label}: has templates of resources`, resourceTemplates.length > 0, resourceTemplates);
  for (const { tool, arguments: given } of calls) {
    const answer = await client.callTool({ name: tool, arguments: given }).then((result) => result, (error) => ({ error: String(error) }));
    check(`${label}: ${tool} ${JSON.stringify(given).slice(0, 60)} fits its schema`, !answer.error, answer);
  }
  if (calls.length > 0) {
    const kept = await client.callTool({ name: "execute_query", arguments: { query: "SELECT 1 AS one", row_format: "resource" } });
    const link = kept.content.find((part) => part.type === "resource_link");
    const read = await client.readResource({ uri: link.uri });
    check(`${label}: a result is read at its address`, read.contents[0].text === "one\n1\n", read);
    const stop = new AbortController();
    const slow = client.callTool({ name: "execute_query", arguments: { query: "SELECT pg_sleep(60)" } }, ...(major === "1" ? [undefined] : []), { signal: stop.signal });
    setTimeout(() => stop.abort("enough"), 300);
    const begun = Date.now();
    const ended = await slow.then(() => "an answer", (error) => String(error));
    check(`${label}: a call can be stopped`, ended !== "an answer" && Date.now() - begun < 5000, ended);
    const after = await client.callTool({ name: "execute_query", arguments: { query: "SELECT 2 AS two" } });
    check(`${label}: and others go on`, after.structuredContent.rows[0].two === 2, after);
  }
}

async function over(way, transport) {
  for (const [protocol, options] of Object.entries(protocols)) {
    const label = `${way}, ${protocol} protocol`;
    const client = new Client({ name: "contract", version: "1" }, options);
    try {
      await client.connect(transport());
      await contract(label, client);
    } catch (error) {
      check(`${label}: runs to its end`, false, error.stack ?? String(error));
    } finally {
      await client.close();
    }
  }
}

await over("stdio", () => new StdioClientTransport({ command: command[0], args: command.slice(1), env: { ...process.env }, stderr: "ignore" }));

const server = spawn(command[0], [...command.slice(1), "--http", "127.0.0.1:0"], { stdio: ["ignore", "ignore", "pipe"] });
const exit = new Promise((resolve) => server.on("exit", resolve));
try {
  let url;
  for await (const line of createInterface({ input: server.stderr })) {
    url = line.match(/listening on (http:\/\/\S+)/)?.[1];
    if (url) break;
  }
  server.stderr.resume();
  await over("http", () => new StreamableHTTPClientTransport(new URL(url)));
  server.kill("SIGTERM");
  const code = await exit;
  check("a server that is told to stop exits with 0", code === 0, code);
} finally {
  server.kill("SIGKILL");
}
process.exit(failed === 0 ? 0 : 1);
