"""Log lines: one form for ours and for libraries', with run and span, and without secrets."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.contextvars import bound_contextvars

from muster.core.observability.logs import log_formatter, set_up_logs
from muster.core.observability.settings import LogFormat, LogSettings
from muster.core.observability.tracing import span, traced_by
from muster.core.redaction import MASK, remember_secrets
from muster.core.testing.tracing import RecordingTracer


@pytest.fixture(autouse=True)
def _root_as_before() -> Iterator[None]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = before, level


def record(text: str, *args: object, **extra: object) -> logging.LogRecord:
    made = logging.LogRecord("library.part", logging.INFO, "file.py", 1, text, args, None)
    made.__dict__.update(extra)
    return made


def line(text: str, *args: object, **extra: object) -> dict[str, object]:
    return json.loads(log_formatter("json").format(record(text, *args, **extra)))


def test_a_line_is_one_json_object_with_level_logger_and_time() -> None:
    said = line("%s of %s", "two", "three", status=200)
    assert said.pop("timestamp")
    assert said == {"event": "two of three", "level": "info", "logger": "library.part", "status": 200}


def test_a_line_names_the_run_it_belongs_to() -> None:
    with bound_contextvars(run="r-1", agent="nomad"):
        assert line("x")["run"] == "r-1"
    assert "run" not in line("x")


def test_a_line_names_the_span_that_is_open() -> None:
    tracer = RecordingTracer()
    with traced_by(tracer), span("clone"):
        assert line("x")["span"] == tracer.span_id() != ""
    assert "span" not in line("x")


def test_a_line_about_another_span_names_that_one() -> None:
    tracer = RecordingTracer()
    with traced_by(tracer), span("run"):
        assert line("x", span="clone")["span"] == "clone"


def test_a_list_is_a_list_and_an_object_an_object() -> None:
    said = line("x", wrote=["cleaned", Path("a")], sizes=(1, 2.5, None), by={"api": {"ok": True}})
    assert said["wrote"] == ["cleaned", "a"]
    assert said["sizes"] == [1, 2.5, None]
    assert said["by"] == {"api": {"ok": True}}


def test_a_value_that_holds_itself_is_told_as_text_in_the_end() -> None:
    endless: list[object] = []
    endless.append(endless)
    assert line("x", endless=endless)["endless"] == [[[[["[[...]]"]]]]]


@pytest.mark.parametrize("form", ["json", "console"])
def test_no_secret_is_in_a_line_wherever_it_was_given(form: LogFormat) -> None:
    remember_secrets(['wholly "odd" value'])
    given = record(
        "to %s",
        "postgres://app:hunter2@db",
        token="hunter2hunter2",
        body={"a": 'wholly "odd" value'},
        password=12345678,
        keys=["AKIA" + "Z7YQ3M5K2P4R6T8W", {"api_key": "hunter2hunter2"}],
    )
    shown = log_formatter(form).format(given)
    assert "hunter2" not in shown
    assert "odd" not in shown
    assert "AKIA" not in shown
    assert MASK in shown


def test_a_traceback_is_redacted() -> None:
    try:
        raise ValueError("no login with Bearer abcdefgh12345678")
    except ValueError:
        made = record("failed", exc_info=sys.exc_info())
    shown = log_formatter("json").format(made)
    assert "ValueError" in shown
    assert "abcdefgh12345678" not in shown


@pytest.mark.parametrize("form", ["json", "console"])
def test_control_characters_are_made_visible(form: LogFormat) -> None:
    assert "\x1b" not in log_formatter(form).format(record("\x1b[2J gone", wrote=["\x1b[2J"], by={"\x1b": 1}))


def test_lines_go_to_standard_error_from_the_wanted_level_on(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(LogSettings(log_level="INFO", log_format="json"))
    logging.getLogger("library").info("said")
    logging.getLogger("library").debug("not said")
    said = capsys.readouterr()
    assert said.out == ""
    assert [json.loads(one)["event"] for one in said.err.splitlines()] == ["said"]


def test_a_record_that_can_not_be_written_is_not_repeated_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(LogSettings(log_level="INFO"))
    logging.getLogger("library").info("%d", "hunter2hunter2")
    assert capsys.readouterr().err == "a log record of library could not be written\n"


def test_http_libraries_are_quiet_where_we_say_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(LogSettings(log_level="DEBUG"))
    logging.getLogger("httpx").info("HTTP Request: GET http://127.0.0.1")
    assert capsys.readouterr().err == ""


def test_a_closed_stderr_harms_nobody_who_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    stderr = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stderr)
    set_up_logs(LogSettings())
    stderr.close()
    logging.getLogger("muster").warning("hello")
    assert stderr.closed
