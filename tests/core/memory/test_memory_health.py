"""What the doctor says of a Qdrant server."""

import json
from typing import Any

from core.http_double import hang, http_double, saying
from muster.core.health import Health, ask_health
from muster.core.memory.health import memory_checks
from muster.core.memory.settings import MemorySettings

QDRANT = json.dumps({"result": {"collections": []}, "status": "ok"})


def asked(address: str, **more: Any) -> Health:
    scheme, _, port = address.rpartition(":")
    (check,) = memory_checks(MemorySettings(qdrant_host=scheme, qdrant_port=int(port), **more))
    return ask_health(check)


def test_a_folder_needs_no_check() -> None:
    assert memory_checks(MemorySettings()) == ()


def test_memory_that_is_switched_off_needs_none() -> None:
    assert memory_checks(MemorySettings(qdrant_host="db", memory_enabled=False)) == ()


def test_a_server_that_answers_is_well_and_gets_its_key() -> None:
    with http_double(saying("200 OK", QDRANT, "application/json")) as (address, requests):
        assert asked(address, qdrant_api_key="qdrant-key-1").ok
    assert b"api-key: qdrant-key-1" in requests[0].lower()


def test_a_host_alone_is_asked_by_http() -> None:
    with http_double(saying("200 OK", QDRANT, "application/json")) as (address, _):
        assert asked(address.removeprefix("http://")).ok


def test_another_server_is_not_taken_for_one() -> None:
    with http_double(saying("200 OK", "[]", "application/json")) as (address, _):
        assert asked(address).advice == "Check QDRANT_HOST."


def test_a_refused_key_and_a_silent_server_are_told() -> None:
    with http_double(saying("403 Forbidden", "no")) as (address, _):
        assert "QDRANT_API_KEY" in asked(address).advice
    with http_double(hang) as (address, _):
        assert not asked(address).ok
