"""Calls tools of pg-mcp through the official Python client, in whichever of its major versions is installed.

Usage: mcp_call.py URL                          a server that listens
       mcp_call.py PROGRAM [ARGUMENT ...]       a server to start, on stdio

Reads one call a line from standard input, {"tool": NAME, "arguments": {...}}, and prints one line for each, in order:
{"is_error": BOOL, "text": TEXT, "structured": VALUE}, or {"protocol_error": TEXT}. The client itself checks each result
against the tool's output schema; a result that does not fit is a protocol error here.
"""

import asyncio
import contextlib
import importlib.metadata
import json
import os
import sys

MAJOR = int(importlib.metadata.version("mcp").split(".")[0])


@contextlib.asynccontextmanager
async def connected(target):
    url = target[0] if target[0].startswith("http") else None
    from mcp import StdioServerParameters
    from mcp.client.stdio import stdio_client

    # The client passes only a few variables on by itself.
    program = StdioServerParameters(command=target[0], args=target[1:], env=dict(os.environ))
    if MAJOR >= 2:
        from mcp import Client

        async with Client(url or stdio_client(program)) as client:
            yield client
        return
    from mcp import ClientSession
    from mcp.client.streamable_http import streamablehttp_client

    async with streamablehttp_client(url) if url else stdio_client(program) as streams:
        async with ClientSession(streams[0], streams[1]) as session:
            await session.initialize()
            # The client checks results against the schemas that it has seen.
            await session.list_tools()
            yield session


def told(error):
    """The messages of an error, and of those in it where it is a group."""
    if isinstance(error, BaseExceptionGroup):
        return "; ".join(told(one) for one in error.exceptions)
    return str(error)


async def run(target):
    async with connected(target) as session:
        for line in sys.stdin:
            if not line.strip():
                continue
            call = json.loads(line)
            try:
                result = (await session.call_tool(call["tool"], call.get("arguments", {}))).model_dump(by_alias=True)
            except Exception as error:
                print(json.dumps({"protocol_error": told(error)}), flush=True)
                continue
            text = "".join(part["text"] for part in result["content"] if part["type"] == "text")
            seen = {
                "is_error": bool(result.get("isError")),
                "text": text,
                "structured": result.get("structuredContent"),
            }
            print(json.dumps(seen), flush=True)


asyncio.run(run(sys.argv[1:]))
