"""A service's spans: of every thread, below other processes' spans, and of children that were forked."""

import os
import threading

from core.observability.tracing_to_double import named, settings_for, tree
from muster.core.observability.service_traces import service_traces
from muster.core.observability.settings import TraceSettings
from muster.core.observability.tracing import below, span, span_id, traced_by, traceparent
from muster.core.testing.langfuse_double.server import RecordingLangfuse
from muster.core.testing.tracing import RecordingTracer


def test_every_thread_of_a_service_is_traced() -> None:
    def work() -> None:
        with span("in a thread"):
            pass

    with RecordingLangfuse() as server:
        with service_traces(settings_for(server), "worker"):
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()
        assert named(server, "in a thread").resource["service.name"] == "worker"


def test_a_span_hangs_below_that_of_another_process() -> None:
    with RecordingLangfuse() as server:
        with service_traces(settings_for(server), "api"), span("request"):
            headers = traceparent()
        with service_traces(settings_for(server), "worker"), below(headers), span("task"):
            pass
        assert tree(server) == {"request": {"task": {}}}
        assert named(server, "request").trace_id == named(server, "task").trace_id


def test_words_that_mean_no_span_begin_a_trace() -> None:
    with RecordingLangfuse() as server:
        with service_traces(settings_for(server), "worker"), below("00-nonsense"), span("task"):
            pass
        assert tree(server) == {"task": {}}


def test_a_forked_child_sends_its_own_spans_below_its_parents() -> None:
    with RecordingLangfuse() as server:
        with service_traces(settings_for(server), "worker") as tracer, span("parent"):
            assert tracer is not None
            child = os.fork()
            if child == 0:
                with span("child"):
                    pass
                tracer.close()
                os._exit(0)
            _, status = os.waitpid(child, 0)
        assert status == 0
        assert tree(server) == {"parent": {"child": {}}}


def test_nobody_listens_unless_settings_say_so() -> None:
    with service_traces(TraceSettings(), "worker") as tracer, span("x"):
        assert tracer is None
        assert traceparent() == ""
        assert span_id() == ""


def test_after_its_end_a_service_is_not_traced() -> None:
    with RecordingLangfuse() as server:
        with service_traces(settings_for(server), "worker"):
            pass
        with span("later"):
            pass
        assert tree(server) == {}


def test_a_run_inside_a_service_has_its_own_tracer() -> None:
    run = RecordingTracer()
    with RecordingLangfuse() as server:
        with service_traces(settings_for(server), "api"), traced_by(run), span("run"):
            pass
        assert tree(server) == {}
    assert [one.name for one in run.spans()] == ["run"]
