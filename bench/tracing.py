"""What traces cost a run: nobody listens, somebody does, and a backend that never answers. Ratios of seconds.

The first line counts the spans of a run and times that many for nobody: what the instrumentation costs where it is off.
The others are whole runs of `generate` in this process, each beside a run without traces. Medians.
"""

import io
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

from muster.core.clock import SystemClock  # noqa: E402
from muster.core.gates.front import DefaultsFront  # noqa: E402
from muster.core.observability.tracing import span, traced_by  # noqa: E402
from muster.core.runs.opening import follow, new_run  # noqa: E402
from muster.core.testing.langfuse_double.server import RecordingLangfuse  # noqa: E402
from muster.core.testing.tracing import RecordingTracer  # noqa: E402
from muster.nomad.agent import AGENT  # noqa: E402
from muster.nomad.settings import NomadSettings, Options  # noqa: E402
from muster.nomad.state import State  # noqa: E402

RUNS = 7
SOURCE = ROOT / "examples/nomad/django-postgres-worker"


def run_once(settings: NomadSettings) -> float:
    began = time.perf_counter()
    state = State(source=str(SOURCE), goal="spec")
    options = Options(cluster="none")
    with (
        redirect_stdout(io.StringIO()),
        new_run(AGENT, settings, options, intent="bench", clock=SystemClock()) as run,
    ):
        follow(run, run.start(state), DefaultsFront())
    return time.perf_counter() - began


def median(measure: Callable[[], float]) -> float:
    measure()
    return statistics.median(measure() for _ in range(RUNS))


def spans_of_a_run(settings: NomadSettings) -> int:
    tracer = RecordingTracer()
    with traced_by(tracer):
        run_once(settings)
    return len(tracer.spans())


def seconds_for_nobody(count: int) -> float:
    began = time.perf_counter()
    for _ in range(count):
        with span("nobody", kind="tool", input=count) as current:
            current.output(count)
    return time.perf_counter() - began


def main() -> None:
    """Print the table."""
    with (
        tempfile.TemporaryDirectory() as home,
        RecordingLangfuse() as server,
        socket.create_server(("127.0.0.1", 0)) as deaf,
    ):
        off = NomadSettings(muster_home=Path(home))
        on = off.model_copy(update={"otel_exporter_otlp_endpoint": f"{server.address}/api/public/otel"})
        on = NomadSettings.model_validate({**on.model_dump(), **keys(server)})
        hanging = on.model_copy(update={"langfuse_base_url": f"http://127.0.0.1:{deaf.getsockname()[1]}"})
        plain = median(lambda: run_once(off))
        count = spans_of_a_run(off)
        nobody = median(lambda: seconds_for_nobody(count))
        print(f"{'a run of generate':38} {'seconds':>8} {'of a run':>9}")
        print(f"{'without traces':38} {plain:8.3f} {1:9.2%}")
        print(f"{f'its {count} spans, for nobody':38} {nobody:8.5f} {nobody / plain:9.3%}")
        for name, settings in (("traces to Langfuse", on), ("a Langfuse that never answers", hanging)):
            seconds = median(lambda settings=settings: run_once(settings))
            print(f"{name:38} {seconds:8.3f} {seconds / plain:9.2%}")


def keys(server: RecordingLangfuse) -> dict[str, object]:
    return {
        "langfuse_enabled": True,
        "langfuse_public_key": server.public_key,
        "langfuse_secret_key": server.secret_key,
        "langfuse_base_url": server.address,
        "otel_exporter_otlp_endpoint": None,
    }


if __name__ == "__main__":
    sys.exit(main())
