"""Use case 1.1 as an agent does it, step by step, through the official Python client of either major version.

Usage: scenario_migration.py PLAN PROGRAM [ARGUMENT ...]

PROGRAM is started and spoken to on stdio. Prints one JSON object. Exits non-zero where a step fails.
"""

import asyncio
import contextlib
import importlib.metadata
import json
import os
import pathlib
import sys

MAJOR = int(importlib.metadata.version("mcp").split(".")[0])


@contextlib.asynccontextmanager
async def connected(command):
    from mcp import StdioServerParameters
    from mcp.client.stdio import stdio_client

    program = stdio_client(StdioServerParameters(command=command[0], args=command[1:], env=dict(os.environ)))
    if MAJOR >= 2:
        from mcp import Client

        async with Client(program) as client:
            yield client
        return
    from mcp import ClientSession

    async with program as (read, write):
        async with ClientSession(read, write) as session:
            await session.initialize()
            yield session


async def main(plan, command):
    text = pathlib.Path(plan).read_text(encoding="utf-8")
    async with connected(command) as session:

        async def call(tool, arguments):
            answer = (await session.call_tool(tool, arguments)).model_dump(by_alias=True)
            if answer.get("isError"):
                raise RuntimeError(f"{tool}: {answer['content'][0]['text']}")
            return json.loads(answer["content"][0]["text"])

        mapping = await call(
            "suggest_mapping",
            {
                "from_connection": "old_erp",
                "to_connection": "new_erp",
                "source_table": "customers",
                "target_table": "customer_profiles",
            },
        )
        assert len(mapping["columns"]) == 7, mapping
        planned = await call("plan_migration", {"plan": text})
        assert [table["table_name"] for table in planned["tables"]] == ["customer_profiles", "ledger_entries"], planned
        done = await call("run_migration", {"plan": text, "no_verify": True})
        status = await call("migration_status", {"connection_id": "new_erp"})
        assert all(one["ended_at"] for one in status["passes"]), status
        verified = await call("verify_migration", {"plan": text})
        print(json.dumps({"pass": done["pass"], "verified": [table["equal"] for table in verified["tables"]]}))


asyncio.run(main(sys.argv[1], sys.argv[2:]))
