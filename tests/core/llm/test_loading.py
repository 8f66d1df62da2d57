"""The vendors' libraries take seconds to load, once: that is not the model's time."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.llm.asking import ledger_at
from muster.core.errors import ServiceFailureError
from muster.core.llm.budget import Budget
from muster.core.llm.chat_model import ChatModel, Converse
from muster.core.llm.prices import PriceTable
from muster.core.llm.settings import ModelName
from muster.core.llm.talk import Endpoint, Reply, Request, Trouble
from muster.core.testing.clock import FakeClock

LOADING_S = 4.0
REQUEST = Request(({"role": "user", "content": "hello"},), max_tokens=10)
REPLY = Reply("hello", "answered")
BUSY = Trouble("limited", ServiceFailureError("busy"), wait_s=2.0)


class Vendor:
    """Satisfies `Converse`, after some time; notes how much of it each request has."""

    def __init__(self, clock: FakeClock, *replies: Reply | Trouble) -> None:
        self.clock = clock
        self.replies = list(replies)
        self.given_s: list[float] = []
        self.loaded = 0

    def load(self) -> Converse:
        self.loaded += 1
        self.clock.advance(LOADING_S)
        return self

    async def __call__(self, endpoint: Endpoint, request: Request, timeout_s: float) -> Reply | Trouble:
        self.given_s.append(timeout_s)
        self.clock.advance(1.0)
        return self.replies.pop(0)


def chat(vendor: Vendor, *, timeout_s: float) -> ChatModel:
    sleep: Callable[[float], None] = vendor.clock.advance
    return ChatModel(
        Endpoint(ModelName("vllm", "m"), "http://127.0.0.1:1/v1"),
        timeout_s=timeout_s,
        prices=PriceTable(()),
        budget=Budget(),
        clock=vendor.clock,
        sleep=sleep,
        load=vendor.load,
    )


def test_a_model_has_all_of_its_time_for_the_first_answer_too() -> None:
    vendor = Vendor(FakeClock(), REPLY)
    chat(vendor, timeout_s=5.0).ask(REQUEST)
    assert vendor.given_s == [5.0]


def test_a_second_try_loses_no_time_to_the_loading() -> None:
    vendor = Vendor(FakeClock(), BUSY, REPLY)
    assert chat(vendor, timeout_s=5.0).ask(REQUEST).reply == REPLY
    assert vendor.given_s == pytest.approx([5.0, 5.0 - 1.0 - 2.0])


def test_the_ledger_counts_the_seconds_of_the_call_alone(tmp_path: Path) -> None:
    vendor = Vendor(FakeClock(), REPLY)
    with ledger_at(tmp_path / "calls.jsonl") as ledger:
        chat(vendor, timeout_s=5.0).ask(REQUEST)
    assert [call.seconds for call in ledger.calls()] == [1.0]


def test_libraries_are_loaded_once() -> None:
    vendor = Vendor(FakeClock(), REPLY, REPLY)
    model = chat(vendor, timeout_s=5.0)
    model.ask(REQUEST)
    model.ask(REQUEST)
    assert vendor.loaded == 1
