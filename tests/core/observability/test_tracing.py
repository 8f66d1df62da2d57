import asyncio
from contextvars import copy_context
from threading import Thread

import pytest

from muster.core.errors import QuitError, WorkFailedError
from muster.core.observability.tracing import NoTracer, Span, span, span_id, traced_by
from muster.core.testing.tracing import RecordingTracer


def everything(current: Span) -> None:
    current.output({"files": 3})
    current.set(language="go")
    current.usage("a-model", input_tokens=1, output_tokens=2, cost_usd=0.5)


def test_without_a_tracer_a_span_does_nothing_and_has_no_id() -> None:
    with span("clone", kind="tool", input="url") as current:
        everything(current)
        current.warn("odd")
        current.fail("broken")
        assert span_id() == ""


def test_without_a_tracer_every_span_is_the_same_object() -> None:
    with span("one") as one, span("two", input=list(range(9))) as two:
        assert one is two


def test_without_a_tracer_an_exception_passes() -> None:
    with pytest.raises(ZeroDivisionError), span("one"):
        raise ZeroDivisionError


def test_spans_are_children_of_the_one_that_is_open() -> None:
    tracer = RecordingTracer()
    with traced_by(tracer), span("run"):
        with span("first"), span("inner"):
            assert span_id() == "inner"
        with span("second"):
            pass
    assert [root.tree() for root in tracer.roots] == [{"run": {"first": {"inner": {}}, "second": {}}}]
    assert all(recorded.ended for recorded in tracer.spans())


def test_a_span_keeps_what_it_is_told() -> None:
    tracer = RecordingTracer()
    with traced_by(tracer), span("chat", kind="generation", input="question") as current:
        everything(current)
    chat = tracer.named("chat")
    assert (chat.kind, chat.input, chat.said, chat.attributes) == (
        "generation",
        "question",
        {"files": 3},
        {"language": "go"},
    )
    assert chat.used is not None
    assert (chat.used.model, chat.used.input_tokens, chat.used.output_tokens, chat.used.cost_usd) == (
        "a-model",
        1,
        2,
        0.5,
    )


def test_an_exception_marks_every_span_that_it_leaves_and_passes() -> None:
    tracer = RecordingTracer()
    with pytest.raises(WorkFailedError), traced_by(tracer), span("run"), span("clone"):
        raise WorkFailedError("no such repository")
    assert [(one.level, one.message) for one in tracer.spans()] == [
        ("error", "WorkFailedError: no such repository")
    ] * 2


@pytest.mark.parametrize("left", [KeyboardInterrupt(), QuitError("interrupted"), BrokenPipeError()])
def test_somebody_who_leaves_is_a_warning(left: BaseException) -> None:
    tracer = RecordingTracer()
    with pytest.raises(type(left)), traced_by(tracer), span("run"):
        raise left
    assert tracer.named("run").level == "warning"


def test_a_warning_and_a_failure_without_an_exception_are_kept() -> None:
    tracer = RecordingTracer()
    with traced_by(tracer), span("one") as one, span("two") as two:
        one.warn("slow")
        two.fail("empty")
    assert [(one.level, one.message) for one in tracer.spans()] == [("warning", "slow"), ("error", "empty")]


def test_a_tracer_hears_nothing_after_its_block() -> None:
    tracer = RecordingTracer()
    with traced_by(tracer):
        pass
    with span("later"):
        assert tracer.spans() == []


def test_an_inner_tracer_wins_and_the_outer_one_comes_back() -> None:
    outer, inner = RecordingTracer(), RecordingTracer()
    with traced_by(outer):
        with traced_by(inner), span("in"):
            pass
        with span("out"):
            pass
    assert ([one.name for one in inner.spans()], [one.name for one in outer.spans()]) == (["in"], ["out"])


def test_a_thread_with_a_copied_context_goes_on_below_the_open_span() -> None:
    tracer = RecordingTracer()

    def work() -> None:
        with span("in the thread"):
            pass

    with traced_by(tracer), span("run"):
        thread = Thread(target=copy_context().run, args=(work,))
        thread.start()
        thread.join()
    assert tracer.roots[0].tree() == {"run": {"in the thread": {}}}


def test_tasks_side_by_side_do_not_become_parents_of_one_another() -> None:
    tracer = RecordingTracer()

    async def work(name: str) -> None:
        with span(name):
            await asyncio.sleep(0)

    async def both() -> None:
        await asyncio.gather(work("a"), work("b"))

    with traced_by(tracer), span("run"):
        asyncio.run(both())
    assert tracer.roots[0].tree() == {"run": {"a": {}, "b": {}}}


def test_no_tracer_satisfies_the_port() -> None:
    with traced_by(NoTracer()), span("one") as one:
        everything(one)
