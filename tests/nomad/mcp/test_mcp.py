"""`nomad-spec mcp` as its clients meet it: the SDK's own client over standard input and output, and over HTTP."""

import json
import subprocess
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client

from muster.nomad.embedded.launch import stop_cluster
from nomad.mcp.serving import NOMAD_SPEC, environment, over_http, over_stdio

pytestmark = pytest.mark.e2e

READ_ONLY = {
    *("query_consul_kv", "list_consul_services", "get_service_endpoints", "check_service_dependency"),
    *("get_agent_conventions", "list_vault_secrets", "get_vault_secret_keys", "suggest_vault_mappings"),
    *("validate_vault_paths", "list_fabio_routes", "get_service_routes", "get_existing_hostnames"),
    *("suggest_fabio_hostname", "validate_fabio_route", "plan"),
}
COMPOSE = """
services:
  shop:
    image: shop:1
    ports: ["8080:8080"]
"""


@pytest.fixture
def folder(tmp_path: Path):
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "compose.yaml").write_text(COMPOSE)
    yield tmp_path
    stop_cluster(tmp_path / "home" / "embedded")


def run(work: Coroutine[Any, Any, Any]) -> Any:
    async def awaited() -> Any:
        return await work

    return anyio.run(awaited)


async def said(client: Client, name: str, **arguments: Any) -> tuple[bool, Any]:
    """Whether the tool worked, and its JSON or the text of its error."""
    result = await client.call_tool(name, arguments)
    text = result.content[0].text
    return (False, text) if result.is_error else (True, json.loads(text))


def test_by_default_nothing_is_served_that_changes_a_cluster(folder: Path) -> None:
    async def work() -> Any:
        async with over_stdio(folder) as client:
            return (await client.list_tools()).tools

    tools = run(work())
    assert {one.name for one in tools} == READ_ONLY
    assert all(one.annotations.read_only_hint for one in tools)
    assert all(one.description and one.input_schema["type"] == "object" for one in tools)


def test_errors_are_the_tools_own_with_advice(folder: Path) -> None:
    async def work() -> Any:
        async with over_stdio(folder) as client:
            return [
                await said(client, "list_vault_secrets"),
                await said(client, "query_consul_kv"),
                await said(client, "plan", source="shop"),
                await said(client, "deploy", source="shop"),
            ]

    unset, wrong, away, hidden = run(work())
    assert unset == (False, "Vault is not configured\nSet VAULT_ADDR to ask it.")
    assert wrong == (False, "the arguments do not fit: key: Field required")
    assert away[0] is False
    assert "Check NOMAD_ADDR, and whether Nomad runs there." in away[1]
    assert "there is no tool deploy" in hidden[1]


def test_a_job_is_planned_deployed_watched_and_stopped_behind_its_gates(folder: Path) -> None:
    async def work() -> Any:
        async with over_stdio(folder, "--embedded", "--allow-deploy") as client:
            tools = {one.name: one for one in (await client.list_tools()).tools}
            assert set(tools) == READ_ONLY | {"deploy", "verify", "stop"}
            assert not tools["deploy"].annotations.read_only_hint
            worked, plan = await said(client, "plan", source="shop")
            assert worked, plan
            steps = {
                "plan": plan,
                "no": await said(client, "deploy", source="shop", plan_hash=plan["plan_hash"], approve=False),
                "other": await said(client, "deploy", source="shop", plan_hash="0" * 32, approve=True),
                "absent": await said(client, "verify", job="shop"),
                "yes": await said(client, "deploy", source="shop", plan_hash=plan["plan_hash"], approve=True),
                "verify": await said(client, "verify", job="shop"),
                "again": await said(client, "deploy", source="shop", plan_hash=plan["plan_hash"], approve=True),
                "foreign": await said(client, "stop", job="other"),
                "stop": await said(client, "stop", job="shop"),
            }
            return steps

    found = run(work())
    assert found["plan"]["ok"] is True
    assert 'image = "shop:1"' in found["plan"]["hcl"]
    assert found["no"] == (False, "not approved: nothing was changed\nRead the plan, then give approve: true.")
    assert "the plan is another one than was approved" in found["other"][1]
    assert "there is no job shop" in found["absent"][1]
    assert (found["yes"][0], found["yes"][1]["job"]) == (True, "shop")
    assert found["verify"][1]["healthy"] is True
    assert "the plan is another one" in found["again"][1]
    assert "was not deployed from here" in found["foreign"][1]
    assert found["stop"][1]["action"] == "stopped"


def test_a_job_from_elsewhere_is_stopped_only_by_its_name_repeated(folder: Path) -> None:
    async def deployed() -> Any:
        async with over_stdio(folder, "--embedded", "--allow-deploy") as client:
            _, plan = await said(client, "plan", source="shop")
            return await said(client, "deploy", source="shop", plan_hash=plan["plan_hash"], approve=True)

    async def stopped() -> Any:
        async with over_stdio(folder, "--embedded", "--allow-deploy") as client:
            return [await said(client, "stop", job="shop"), await said(client, "stop", job="shop", confirm="shop")]

    assert run(deployed())[0]
    refused, done = run(stopped())
    assert refused[0] is False
    assert done[1]["action"] == "stopped"


def test_answers_can_not_approve(folder: Path) -> None:
    async def work() -> Any:
        async with over_stdio(folder, "--embedded", "--allow-deploy") as client:
            return await said(client, "plan", source="shop", answers={"approve": True})

    assert "answers can't approve a plan" in run(work())[1]


def test_the_embedded_estate_is_looked_at(folder: Path) -> None:
    async def work() -> Any:
        async with over_stdio(folder, "--embedded") as client:
            return await said(client, "list_consul_services")

    worked, found = run(work())
    assert worked, found
    assert "services" in found


def test_over_http_on_loopback_the_same_is_served(folder: Path) -> None:
    async def work(url: str) -> Any:
        async with Client(url, read_timeout_seconds=120) as client:
            tools = (await client.list_tools()).tools
            return {one.name for one in tools}, await said(client, "list_vault_secrets")

    with over_http(folder) as url:
        names, refused = run(work(url))
    assert names == READ_ONLY
    assert refused == (False, "Vault is not configured\nSet VAULT_ADDR to ask it.")


@pytest.mark.parametrize(
    ("address", "words"),
    [("0.0.0.0:8765", "there is no login"), ("127.0.0.1", "no HOST:PORT"), ("127.0.0.1:99999", "no HOST:PORT")],
)
def test_an_address_that_others_reach_or_that_is_none_is_wrong_use(folder: Path, address: str, words: str) -> None:
    command = [sys.executable, *NOMAD_SPEC, "--http", address]
    ended = subprocess.run(
        command, env=environment(folder / "home"), cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert words in ended.stderr


def test_standard_output_holds_the_protocol_alone(folder: Path) -> None:
    calls = (
        {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "initialize",
            "params": {
                "protocolVersion": "2025-06-18",
                "capabilities": {},
                "clientInfo": {"name": "test", "version": "1"},
            },
        },
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {
            "jsonrpc": "2.0",
            "id": 2,
            "method": "tools/call",
            "params": {"name": "plan", "arguments": {"source": "shop"}},
        },
    )
    command = [sys.executable, *NOMAD_SPEC, "--embedded"]
    with subprocess.Popen(
        command,
        env=environment(folder / "home"),
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as child:
        assert child.stdin
        assert child.stdout
        for call in calls:
            child.stdin.write(json.dumps(call) + "\n")
            child.stdin.flush()
        lines = [child.stdout.readline(), child.stdout.readline()]
        child.stdin.close()
        lines += child.stdout.readlines()
    answers = [json.loads(line) for line in lines]
    assert [one["id"] for one in answers] == [1, 2]
    assert answers[1]["result"]["isError"] is False
