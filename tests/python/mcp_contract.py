"""The contract of pg-mcp as the official Python client sees it, in either of its major versions.

Usage: mcp_contract.py PROGRAM [ARGUMENT ...]

Runs the program on stdio and over HTTP, in each protocol era that the installed client speaks, and prints one JSON line
for each check. Exits non-zero if one failed.
"""

import asyncio
import contextlib
import importlib.metadata
import json
import re
import sys
import traceback

MAJOR = int(importlib.metadata.version("mcp").split(".")[0])
FAILED = []


def check(name, holds, seen=None):
    print(json.dumps({"check": name, "ok": bool(holds), **({} if holds else {"seen": repr(seen)[:2000]})}), flush=True)
    if not holds:
        FAILED.append(name)


def field(value, *names):
    """The first of these attributes that the object has: the client's major versions spell them differently."""
    for name in names:
        if hasattr(value, name):
            return getattr(value, name)
    raise AttributeError(f"{type(value).__name__} has none of {names}")


@contextlib.asynccontextmanager
async def over_stdio_v1(command):
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client

    async with stdio_client(StdioServerParameters(command=command[0], args=command[1:])) as (read, write):
        async with ClientSession(read, write) as session:
            yield session, await session.initialize()


@contextlib.asynccontextmanager
async def over_http_v1(url):
    from mcp import ClientSession
    from mcp.client.streamable_http import streamablehttp_client

    async with streamablehttp_client(url) as (read, write, _):
        async with ClientSession(read, write) as session:
            yield session, await session.initialize()


@contextlib.asynccontextmanager
async def over_stdio_v2(command, mode):
    from mcp import Client, StdioServerParameters
    from mcp.client.stdio import stdio_client

    async with Client(stdio_client(StdioServerParameters(command=command[0], args=command[1:])), mode=mode) as client:
        yield client, client


@contextlib.asynccontextmanager
async def over_http_v2(url, mode):
    from mcp import Client

    async with Client(url, mode=mode) as client:
        yield client, client


@contextlib.asynccontextmanager
async def http_server(command):
    process = await asyncio.create_subprocess_exec(
        *command, "--http", "127.0.0.1:0", stdin=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
    )
    try:
        while line := (await asyncio.wait_for(process.stderr.readline(), 20)).decode():
            if found := re.search(r"listening on (http://\S+)", line):
                break
        else:
            raise RuntimeError("the server ended before it listened")
        drain = asyncio.create_task(process.stderr.read())
        yield found.group(1)
        process.terminate()
        code = await asyncio.wait_for(process.wait(), 10)
        drain.cancel()
        check("a server that is told to stop exits with 0", code == 0, code)
    finally:
        if process.returncode is None:
            process.kill()


def walk(schema, visit):
    visit(schema)
    for key in ("properties", "patternProperties"):
        for member in schema.get(key, {}).values():
            walk(member, visit)
    for key in ("anyOf", "oneOf", "allOf"):
        for member in schema.get(key, []):
            walk(member, visit)
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            walk(schema[key], visit)


async def contract(label, session, hello):
    info = field(hello, "serverInfo", "server_info")
    check(f"{label}: names itself", info.name == "pg-mcp" and info.version, info)
    text = hello.instructions or ""
    check(f"{label}: has instructions that no client cuts", 100 < len(text) < 2000, text)

    tools = (await session.list_tools()).tools
    again = (await session.list_tools()).tools
    names = [tool.name for tool in tools]
    check(f"{label}: lists tools, the same each time", names and names == [tool.name for tool in again], names)
    for tool in tools:
        hints = tool.annotations
        explicit = [
            field(hints, *both)
            for both in (
                ("readOnlyHint", "read_only_hint"),
                ("destructiveHint", "destructive_hint"),
                ("idempotentHint", "idempotent_hint"),
                ("openWorldHint", "open_world_hint"),
            )
        ]
        given = field(tool, "inputSchema", "input_schema")
        result = field(tool, "outputSchema", "output_schema")
        problems = []

        def visit(schema):
            if isinstance(schema.get("type"), list) or "$ref" in schema or "$defs" in schema:
                problems.append(schema)

        walk(given, visit)
        walk(result, visit)
        check(
            f"{label}: {tool.name} is described for clients",
            tool.title and tool.description and None not in explicit and not problems
            and given["type"] == "object" and given["additionalProperties"] is False and result["type"] == "object",
            (explicit, problems, given),
        )

    # The client checks structured content against the output schema, and raises if it does not fit.
    answer = await session.call_tool("health_check", {})
    content = field(answer, "structuredContent", "structured_content")
    check(f"{label}: a call answers in text and in structure", json.loads(answer.content[0].text) == content, answer)
    check(f"{label}: a call that succeeds is no error", not field(answer, "isError", "is_error"), answer)

    answer = await session.call_tool("health_check", {"nope": 1})
    content = field(answer, "structuredContent", "structured_content")
    check(
        f"{label}: an unknown argument is a tool error that names it",
        field(answer, "isError", "is_error") and "`nope`" in answer.content[0].text and content["success"] is False,
        answer,
    )
    try:
        answer = await session.call_tool("health_chekc", {})
        check(f"{label}: an unknown tool is an error", False, answer)
    except Exception as error:  # the class differs between the client's versions
        told = str(error)
        check(f"{label}: an unknown tool is told the nearest", "health_chekc" in told and "`health_check`" in told, told)

    answers = await asyncio.gather(*(session.call_tool("health_check", {}) for _ in range(50)))
    check(f"{label}: answers fifty calls at once", not any(field(a, "isError", "is_error") for a in answers))


async def run(command):
    ways = []
    if MAJOR == 1:
        ways.append(("client 1, stdio", lambda: over_stdio_v1(command)))
    else:
        for mode in ("legacy", "auto"):
            ways.append((f"client 2, {mode}, stdio", lambda mode=mode: over_stdio_v2(command, mode)))
    async with http_server(command) as url:
        if MAJOR == 1:
            ways.append(("client 1, http", lambda: over_http_v1(url)))
        else:
            for mode in ("legacy", "auto"):
                ways.append((f"client 2, {mode}, http", lambda mode=mode: over_http_v2(url, mode)))
        for label, way in ways:
            try:
                async with asyncio.timeout(60):
                    async with way() as (session, hello):
                        await contract(label, session, hello)
            except Exception:
                check(f"{label}: runs to its end", False, traceback.format_exc())


asyncio.run(run(sys.argv[1:]))
sys.exit(1 if FAILED else 0)
