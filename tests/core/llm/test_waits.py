"""Ctrl-C while a model is asked, and what is shown meanwhile."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.llm.asking import GOOD, asked, model_of
from muster.core.errors import ServiceError
from muster.core.llm.ledger import read_calls
from muster.core.llm.waits import wait_for
from muster.core.testing.openai_double import Behaviour, OpenAIDouble, fails, hangs, late, says, trickles
from muster.core.waiting import waits_shown_by

ASK = """
import signal, sys
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)
from core.llm.asking import CORE_FILES, Workload, PROMPT, PRICE
from muster.core.cli import run_cli
from muster.core.llm.budget import Budget
from muster.core.llm.chat_model import ChatModel
from muster.core.llm.ledger import Ledger, kept_in
from muster.core.llm.prices import PriceTable
from muster.core.llm.settings import ModelName
from muster.core.llm.structured import StructuredModel
from muster.core.llm.talk import Endpoint
from muster.core.waiting import waits_shown_by

def main():
    chat = ChatModel(Endpoint(ModelName("vllm", "Qwen/Qwen3-32B"), sys.argv[1]), timeout_s=600,
                     prices=PriceTable(((PRICE,),)), budget=Budget())
    model = StructuredModel(chat, CORE_FILES, max_tokens=10, temperature=0.0)
    with kept_in(Ledger(Path(sys.argv[2]), run="run-1", agent="nomad")), waits_shown_by(show):
        model.complete(PROMPT, Workload)

def show(text):
    print(text, flush=True)

run_cli(main)
"""
TESTS = Path(__file__).parents[2]


def interrupted(behaviour: Behaviour, tmp_path: Path, *, waits_for: str) -> tuple[int, float]:
    """The exit code, and the seconds between Ctrl-C and the end."""
    with OpenAIDouble(behaviour) as double:
        command = [sys.executable, "-c", ASK, f"{double.address}/v1", str(tmp_path / "calls.jsonl")]
        environment = {**os.environ, "PYTHONPATH": str(TESTS)}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=tmp_path) as child:
            assert child.stdout
            while waits_for not in child.stdout.readline() or (waits_for == "works" and not double.requests):
                assert child.poll() is None
            began = time.monotonic()
            child.send_signal(signal.SIGINT)
            child.stdout.read()
            code = child.wait(timeout=20)
            return code, time.monotonic() - began


@pytest.mark.parametrize(
    ("behaviour", "waits_for"),
    [
        (hangs, "libraries"),
        (hangs, "works"),
        (trickles(GOOD, 30.0), "works"),
        (fails(429, retry_after="500"), "may be asked again"),
    ],
    ids=["while libraries load", "no first byte", "in the middle of a stream", "in a pause"],
)
def test_ctrl_c_is_heard_within_half_a_second(behaviour: Behaviour, waits_for: str, tmp_path: Path) -> None:
    code, seconds = interrupted(behaviour, tmp_path, waits_for=waits_for)
    assert code == 130
    assert seconds < 0.5 + 0.5  # the second half is for Python's own end, on a busy machine


def test_an_interrupted_call_is_in_the_ledger(tmp_path: Path) -> None:
    interrupted(hangs, tmp_path, waits_for="works")
    (call,) = read_calls(tmp_path / "calls.jsonl")
    assert (call.outcome, call.cost_usd) == ("interrupted", None)
    assert call.bound_usd is not None


def test_what_is_waited_for_is_shown_and_its_end_too() -> None:
    shown: list[str] = []
    with OpenAIDouble(late(0.5, says(GOOD))) as double, waits_shown_by(shown.append):
        asked(model_of(double))
    assert len(shown) > 3
    assert "Qwen/Qwen3-32B works, 0 s" in shown
    assert shown[-1] == ""


def test_a_wait_that_fails_is_over_too() -> None:
    shown: list[str] = []
    with OpenAIDouble(fails(401)) as double, waits_shown_by(shown.append), pytest.raises(ServiceError):
        asked(model_of(double))
    assert shown[-1] == ""


def test_work_is_waited_for_inside_another_event_loop() -> None:
    async def work() -> int:
        await asyncio.sleep(0.01)
        return 7

    async def caller() -> int:
        return wait_for(work, tick=lambda seconds: None)

    assert asyncio.run(caller()) == 7


def test_what_the_work_raises_is_raised() -> None:
    async def work() -> int:
        raise LookupError("not there")

    with pytest.raises(LookupError, match="not there"):
        wait_for(work, tick=lambda seconds: None)


def test_what_a_tick_raises_ends_the_wait() -> None:
    def tick(seconds: float) -> None:
        raise KeyboardInterrupt

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        wait_for(lambda: asyncio.sleep(60), tick=tick)
    assert time.monotonic() - began < 1
