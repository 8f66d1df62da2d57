import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from muster.app.costs import show_costs
from muster.core.llm.ledger import Call, append_line

FIRST = Call(
    at=datetime(2026, 11, 20, 23, 59, tzinfo=UTC),
    run="20261120-235900-aaa",
    agent="nomad",
    provider="openai",
    model="gpt-5-mini",
    outcome="answered",
    seconds=1.0,
    input_tokens=4000,
    output_tokens=600,
    input_usd=0.001,
    output_usd=0.0012,
)
UNPRICED = FIRST.model_copy(
    update={
        "at": datetime(2026, 11, 21, tzinfo=UTC),
        "run": "20261121-000000-bbb",
        "agent": "aegis",
        "provider": "vllm",
        "model": "Qwen/Qwen3-32B",
        "input_usd": None,
        "output_usd": None,
    }
)
UNCOUNTED = UNPRICED.model_copy(update={"outcome": "timed out", "input_tokens": None, "output_tokens": None})


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MUSTER_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def write(home: Path, *calls: Call) -> None:
    for call in calls:
        folder = home / "runs" / call.run
        folder.mkdir(parents=True, exist_ok=True)
        append_line(folder / "calls.jsonl", call.model_dump_json())


def test_without_calls_nothing_was_asked(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    show_costs("run", as_json=False)
    assert capsys.readouterr().out == "no model was asked yet\n"


def test_a_table_says_what_is_known_and_counts_what_is_not(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(home, FIRST, FIRST, UNPRICED, UNCOUNTED)
    show_costs("model", as_json=False)
    assert capsys.readouterr().out.splitlines() == [
        "model                calls   input  output  dollars",
        "openai:gpt-5-mini        2   8,000   1,200   0.0044",
        "vllm:Qwen/Qwen3-32B      2   4,000     600        ?  2 unpriced, 1 uncounted",
        "all                      4  12,000   1,800   0.0044  2 unpriced, 1 uncounted",
    ]


@pytest.mark.parametrize(
    ("by", "keys"),
    [
        ("run", ["20261120-235900-aaa", "20261121-000000-bbb"]),
        ("agent", ["aegis", "nomad"]),
        ("model", ["openai:gpt-5-mini", "vllm:Qwen/Qwen3-32B"]),
        ("day", ["2026-11-20", "2026-11-21"]),
    ],
)
def test_costs_are_added_up_by(by: str, keys: list[str], home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(home, FIRST, UNPRICED)
    show_costs(by, as_json=True)  # type: ignore[arg-type]
    shown = json.loads(capsys.readouterr().out)
    assert [row["key"] for row in shown["rows"]] == keys
    assert (shown["all"]["calls"], shown["all"]["unpriced"]) == (2, 1)
    assert shown["all"]["cost_usd"] == pytest.approx(0.0022)


def test_a_day_is_a_day_in_utc_whatever_the_zone_of_the_line(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = home / "runs" / FIRST.run
    folder.mkdir(parents=True)
    append_line(
        folder / "calls.jsonl", FIRST.model_dump_json().replace("2026-11-20T23:59:00Z", "2026-11-21T01:00:00+02:00")
    )
    show_costs("day", as_json=True)
    assert json.loads(capsys.readouterr().out)["rows"][0]["key"] == "2026-11-20"


def test_what_is_not_known_at_all_is_null(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(home, UNPRICED)
    show_costs("run", as_json=True)
    assert json.loads(capsys.readouterr().out)["all"]["cost_usd"] is None


def test_broken_runs_are_passed_over(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(home, FIRST)
    runs = home / "runs"
    (runs / "empty").mkdir()
    (runs / "odd" / "calls.jsonl").mkdir(parents=True)
    (runs / "gone").mkdir()
    (runs / "gone" / "calls.jsonl").symlink_to(home / "nowhere")
    (runs / "broken").mkdir()
    (runs / "broken" / "calls.jsonl").write_bytes(b"\x00\xff{\n")
    show_costs("run", as_json=True)
    assert json.loads(capsys.readouterr().out)["all"]["calls"] == 1


def test_ten_thousand_calls_are_added_up_in_a_second(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = home / "runs" / FIRST.run
    folder.mkdir(parents=True)
    (folder / "calls.jsonl").write_text(f"{FIRST.model_dump_json()}\n" * 10_000)
    began = time.process_time()
    show_costs("day", as_json=True)
    assert time.process_time() - began < 1
    assert json.loads(capsys.readouterr().out)["all"]["calls"] == 10_000


def test_a_key_can_not_move_the_cursor(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(home, FIRST.model_copy(update={"model": "\x1b[2J"}))
    show_costs("model", as_json=False)
    assert "\x1b" not in capsys.readouterr().out
