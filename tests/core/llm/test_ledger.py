import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.llm.asking import GOOD, KEY, PRICE, PROMPT, Workload, asked, ledger_at, model_of, outcomes
from muster.core.errors import MusterError, ServiceTimeoutError
from muster.core.llm.ledger import Call, Ledger, append_line, current_ledger, kept_in, read_calls
from muster.core.llm.ports import Prompt
from muster.core.prompts.ref import PromptRef
from muster.core.testing.model_wire import Counts
from muster.core.testing.openai_double import OpenAIDouble, echoes, fails, hangs, says

CALL = Call(
    at=datetime(2026, 11, 21, tzinfo=UTC),
    run="run-1",
    agent="nomad",
    provider="vllm",
    model="Qwen/Qwen3-32B",
    outcome="answered",
    seconds=1.5,
)


def test_each_call_is_a_line_with_what_it_used(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    with OpenAIDouble(says(GOOD, counts=Counts(input=1000, output=500))) as double, ledger_at(path):
        asked(model_of(double))
    (call,) = read_calls(path)
    assert (call.run, call.agent, call.provider, call.model) == ("run-1", "nomad", "vllm", "Qwen/Qwen3-32B")
    assert (call.input_tokens, call.output_tokens, call.outcome, call.attempt) == (1000, 500, "answered", 1)
    assert (call.input_usd, call.output_usd) == (pytest.approx(0.001), pytest.approx(0.002))
    assert call.cost_usd == pytest.approx(0.003)


def test_the_prompt_that_was_used_is_named(tmp_path: Path) -> None:
    prompt = Prompt("Say it.", "x", PromptRef("classify_workload", 7, "production", "langfuse"))
    with OpenAIDouble(says(GOOD)) as double, ledger_at(tmp_path / "calls.jsonl") as ledger:
        model_of(double).complete(prompt, Workload)
    assert [(call.prompt, call.prompt_version) for call in ledger.calls()] == [("classify_workload", 7)]


def test_each_try_is_a_call_of_its_own_and_what_was_refused_costs_nothing(tmp_path: Path) -> None:
    with OpenAIDouble(fails(429), fails(500), says(GOOD)) as double, ledger_at(tmp_path / "calls.jsonl") as ledger:
        asked(model_of(double))
    calls = ledger.calls()
    assert outcomes(calls) == ["limited", "failed", "answered"]
    assert [call.attempt for call in calls] == [1, 2, 3]
    assert [call.cost_usd for call in calls[:2]] == [0.0, None]


def test_a_call_that_ran_out_of_time_may_have_cost_something_nobody_knows(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "calls.jsonl", run="run-1", agent="nomad")
    with OpenAIDouble(hangs) as double, kept_in(ledger), pytest.raises(ServiceTimeoutError):
        asked(model_of(double, timeout_s=0.3))
    (call,) = ledger.calls()
    assert (call.outcome, call.cost_usd, call.input_tokens) == ("timed out", None, None)
    assert call.bound_usd is not None


def test_a_model_without_a_price_has_unknown_costs(tmp_path: Path) -> None:
    with OpenAIDouble(says(GOOD)) as double, ledger_at(tmp_path / "calls.jsonl") as ledger:
        asked(model_of(double, price=None))
    (call,) = ledger.calls()
    assert (call.cost_usd, call.bound_usd, call.output_tokens) == (None, None, 30)


def test_an_input_longer_than_the_price_is_for_has_an_unknown_cost() -> None:
    short = PRICE.model_copy(update={"up_to": 100})
    assert short.cost(input_tokens=100, output_tokens=1) is not None
    assert short.cost(input_tokens=101, output_tokens=1) is None


def test_a_ledger_opened_again_knows_the_calls_of_before(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    Ledger(path, run="run-1", agent="nomad").record(CALL)
    assert Ledger(path, run="run-1", agent="nomad").calls() == (CALL,)


def test_outside_of_a_run_nothing_is_kept() -> None:
    with OpenAIDouble(says(GOOD)) as double:
        assert asked(model_of(double)).usage.output_tokens == 30
    assert current_ledger().calls() == ()


def test_the_ledger_of_a_block_is_left_with_it(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "calls.jsonl", run="run-1", agent="nomad")
    with kept_in(ledger):
        assert current_ledger() is ledger
    assert current_ledger() is not ledger


def test_half_a_line_of_a_crash_is_passed_over_and_harms_no_other(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    append_line(path, CALL.model_dump_json())
    with path.open("a") as file:
        file.write(CALL.model_dump_json()[:50])
    append_line(path, CALL.model_dump_json())
    assert list(read_calls(path)) == [CALL, CALL]


def test_bytes_that_are_no_text_and_lines_of_another_version_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    path.write_bytes(b'\xff\xfe\n{"at": 1}\n[]\n\n' + CALL.model_dump_json().encode() + b"\n")
    assert list(read_calls(path)) == [CALL]


def test_lines_of_processes_that_write_at_once_do_not_mix(tmp_path: Path) -> None:
    path, line = tmp_path / "calls.jsonl", CALL.model_dump_json()
    children: list[int] = []
    for _ in range(4):
        child = os.fork()
        if child == 0:
            for _ in range(50):
                append_line(path, line)
            os._exit(0)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 4
    assert len(list(read_calls(path))) == 200


def test_only_the_owner_reads_the_ledger(tmp_path: Path) -> None:
    append_line(tmp_path / "calls.jsonl", "{}")
    assert (tmp_path / "calls.jsonl").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("status", [400, 401, 429, 500])
@pytest.mark.parametrize("provider", ["vllm", "anthropic"])
def test_a_key_that_the_server_sends_back_is_in_no_error_and_no_ledger(
    tmp_path: Path, status: int, provider: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    path = tmp_path / "calls.jsonl"
    with OpenAIDouble(echoes(status)) as double, ledger_at(path):
        try:
            said = str(asked(model_of(double, "anthropic" if provider == "anthropic" else "vllm")))
        except MusterError as error:
            said = str(error)
    assert "no access with" in said
    assert KEY not in said + path.read_text()


def test_secrets_of_the_material_are_not_sent(tmp_path: Path) -> None:
    secret = "hunter2hunter2hunter2"
    prompt = Prompt("Say it.", f"DB_PASSWORD={secret}\npostgres://app:{secret}@db/app")
    with OpenAIDouble(says(GOOD)) as double:
        model_of(double).complete(prompt, Workload)
    assert secret not in str(double.requests[0].body)
    assert "DB_PASSWORD" in str(double.requests[0].body)


def test_secrets_of_an_answer_are_masked() -> None:
    with OpenAIDouble(says('{"kind": "DB_PASSWORD=hunter2hunter2", "replicas": 1}')) as double:
        answer = asked(model_of(double))
    assert "hunter2" not in str(answer)
    assert PROMPT.material not in str(answer)


def test_a_call_is_told_to_the_log_with_what_it_used(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "muster.core.llm.ledger")
    with OpenAIDouble(says(GOOD)) as double, ledger_at(tmp_path / "calls.jsonl") as ledger:
        asked(model_of(double))
    (told,) = caplog.records
    (call,) = ledger.calls()
    assert (told.__dict__["outcome"], told.__dict__["input_tokens"]) == ("answered", call.input_tokens)
    assert PROMPT.material not in str(told.__dict__)
