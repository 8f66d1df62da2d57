"""Schemathesis asks whatever the OpenAPI document allows, and what it does not."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from muster.core.web.api_keys import new_key
from muster.threads.db import migrating
from muster.threads.db.engine import Database, sqlite_url
from muster.threads.orchestrator.desk import SCOPES
from threads.orchestrator.conftest import answering_qdrant, running

PLAIN, KEY = new_key("checker", SCOPES)


@pytest.fixture(scope="module")
def api_schema(tmp_path_factory: pytest.TempPathFactory) -> Iterator[schemathesis.BaseSchema]:
    home = tmp_path_factory.mktemp("home")
    file = Path(home) / "keys.yaml"
    entry = {"name": "checker", "sha256": KEY.sha256, "scopes": list(SCOPES), "requests_per_s": 100_000}
    file.write_text(yaml.safe_dump({"keys": [entry]}))
    database = Database(sqlite_url(home / "threads.db"))
    migrating.upgrade(database)
    with answering_qdrant() as qdrant, running(home, database, threads_api_keys=file, qdrant_url=qdrant) as one:
        headers = {"Authorization": f"Bearer {PLAIN}"}
        yield schemathesis.openapi.from_url(f"{one.address}/openapi.json", headers=headers)
    database.dispose()


OPERATIONS = [
    ("POST", "/task"),
    ("GET", "/task/{task_id}"),
    ("GET", "/task/{task_id}/events"),
    *(("POST", f"/task/{{task_id}}/{verb}") for verb in ("cancel", "retry", "approve", "reject", "settle")),
    *(("GET", path) for path in ("/tasks", "/posts", "/personas", "/health", "/ready")),
]


def test_the_document_has_these_operations(api_schema: schemathesis.BaseSchema) -> None:
    found = {(one.ok().method.upper(), one.ok().path) for one in api_schema.get_all_operations()}
    assert found == set(OPERATIONS)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_an_operation_keeps_to_the_document(
    api_schema: schemathesis.BaseSchema, method: str, path: str, mode: GenerationMode
) -> None:
    operation = api_schema[path][method]
    if mode is GenerationMode.NEGATIVE and path in ("/personas", "/health", "/ready"):
        pytest.skip("it takes nothing that could be wrong")

    # Without a key it may be 429, which the check does not know: below. What a schema can't say, a body or cursor may be.
    may_refuse = ("/task", "/tasks", "/task/{task_id}/approve", "/task/{task_id}/settle")
    excluded = [ignored_auth, *([positive_data_acceptance] if path in may_refuse else [])]

    @given(operation.as_strategy(generation_mode=mode))
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def keeps_to_it(case: schemathesis.Case) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {PLAIN}"}, timeout=20, excluded_checks=excluded)

    keeps_to_it()


def test_without_a_key_every_operation_is_refused(api_schema: schemathesis.BaseSchema) -> None:
    address = api_schema.location.removesuffix("/openapi.json")
    for method, path in OPERATIONS:
        status = httpx.request(method, address + path, trust_env=False).status_code
        assert status in ({200} if path in ("/health", "/ready") else {401, 429}), path
