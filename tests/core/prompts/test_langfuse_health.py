"""What the doctor says of Langfuse, each time with the setting to look at."""

import socket
from collections.abc import Generator

import pytest

from core.http_double import Answer, http_double, saying
from muster.core.health import Health, ask_health
from muster.core.prompts.health import langfuse_checks
from muster.core.settings import MusterSettings
from muster.core.testing.langfuse_double.server import RecordingLangfuse

BOTH_KEYS = "Check LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY"


def settings_for(address: str, secret_key: str = "sk-lf-double") -> MusterSettings:
    given = {
        "langfuse_enabled": True,
        "langfuse_public_key": "pk-lf-double",
        "langfuse_secret_key": secret_key,
        "langfuse_base_url": address,
    }
    return MusterSettings.model_validate(given)


def asked(address: str, secret_key: str = "sk-lf-double") -> Health:
    (check,) = langfuse_checks(settings_for(address, secret_key))
    assert check.name == "Langfuse"
    return ask_health(check)


@pytest.fixture
def double() -> Generator[RecordingLangfuse]:
    with RecordingLangfuse() as running:
        yield running


def test_langfuse_that_is_off_is_no_matter_for_the_doctor() -> None:
    assert langfuse_checks(MusterSettings()) == ()


def test_langfuse_that_answers_is_named_with_its_project(double: RecordingLangfuse) -> None:
    assert asked(double.address) == Health("ok", detail=f"Langfuse answers at {double.address}, project double")


def test_wrong_keys_are_both_named(double: RecordingLangfuse) -> None:
    found = asked(double.address, "sk-lf-other")
    assert not found.ok
    assert "refused" in found.detail
    assert "401" in found.detail
    assert found.advice.startswith(BOTH_KEYS)
    assert "sk-lf-other" not in found.detail + found.advice


def test_a_langfuse_that_never_answers_is_given_up(double: RecordingLangfuse) -> None:
    double.hang()
    found = asked(double.address)
    assert not found.ok
    assert "no answer in time" in found.detail
    assert found.advice.startswith("Check LANGFUSE_BASE_URL")


def test_an_address_where_nobody_listens_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    found = asked(address)
    assert not found.ok
    assert address in found.detail
    assert "Connection refused" in found.detail
    assert found.advice.startswith("Check LANGFUSE_BASE_URL")


@pytest.mark.parametrize("answer", [saying("200 OK", "<html>"), saying("200 OK", "{}"), saying("404 Not Found", "")])
def test_something_else_that_answers_is_no_langfuse(answer: Answer) -> None:
    with http_double(answer) as (address, _):
        found = asked(address)
    assert not found.ok
    assert found.advice.startswith("Check LANGFUSE_BASE_URL")
