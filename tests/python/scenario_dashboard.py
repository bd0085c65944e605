"""Use cases 2.1 and 2.2, whole, as their document has them, through the official Python client of either major version.

Usage: scenario_dashboard.py SCENARIOS PROGRAM [ARGUMENT ...]

SCENARIOS is the folder of the use cases' queries; PROGRAM is started and spoken to on stdio. Prints one JSON object:
"results", what the two functions return, and "answers", the text of each answer by the name of its query, in which every
digit is as the server sent it. Exits non-zero where a call fails or its structured content differs from its text.
"""

import asyncio
import contextlib
import importlib.metadata
import json
import os
import pathlib
import sys
from datetime import datetime, timezone

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


class Tools:
    """The functions that the use cases call."""

    def __init__(self, session, scenarios):
        self.session = session
        self.scenarios = pathlib.Path(scenarios)
        self.answers = {}

    def sql(self, name):
        return (self.scenarios / f"{name}.sql").read_text(encoding="utf-8")

    async def execute_query(self, connection_id, name, params=None):
        arguments = {"connection_id": connection_id, "query": self.sql(name)}
        if params is not None:
            arguments["params"] = params
        answer = (await self.session.call_tool("execute_query", arguments)).model_dump(by_alias=True)
        text = answer["content"][0]["text"]
        if answer.get("isError"):
            raise RuntimeError(f"{name}: {text}")
        result = json.loads(text)
        if answer["structuredContent"] != result:
            raise RuntimeError(f"{name}: the structured content differs from the text")
        self.answers[name] = text
        return result


async def generate_business_dashboard(tools):
    sales_metrics = await tools.execute_query("analytics", "2.1-daily-sales")
    customer_insights = await tools.execute_query("analytics", "2.1-customer-segments")
    inventory_alerts = await tools.execute_query("warehouse", "2.1-inventory-alerts")
    return {
        "sales_performance": sales_metrics["rows"],
        "customer_insights": customer_insights["rows"],
        "inventory_alerts": inventory_alerts["rows"],
        "generated_at": datetime.now(timezone.utc).isoformat(),
    }


async def customer_behavior_analysis(tools):
    rfm_analysis = await tools.execute_query("marketing", "2.2-rfm")
    product_affinity = await tools.execute_query("marketing", "2.2-product-affinity")
    return {"rfm": rfm_analysis["rows"], "product_affinity": product_affinity["rows"]}


async def main(scenarios, command):
    async with connected(command) as session:
        tools = Tools(session, scenarios)
        results = {**await generate_business_dashboard(tools), **await customer_behavior_analysis(tools)}
        print(json.dumps({"client": MAJOR, "results": results, "answers": tools.answers}))


asyncio.run(main(sys.argv[1], sys.argv[2:]))
