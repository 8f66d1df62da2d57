"""Nothing secret leaves by a trace, wherever it was planted: the bytes that arrived are searched."""

from pathlib import Path

import pytest
from pydantic import BaseModel, SecretStr

from core.observability.tracing_to_double import settings_for, traced_to
from core.runs.sample_agent import AGENT, SampleOptions, SampleState
from muster.core.errors import WorkFailedError
from muster.core.observability.tracing import Span, span
from muster.core.prompts.ref import PromptRef
from muster.core.redaction import remember_secrets
from muster.core.runs.opening import follow, new_run
from muster.core.settings import MusterSettings
from muster.core.testing.clock import FakeClock
from muster.core.testing.fronts import ScriptedFront
from muster.core.testing.langfuse_double.server import RecordingLangfuse

KNOWN = "a-value-that-has-no-shape"
SECRETS = {
    "known": KNOWN,
    "bearer": "Authorization: Bearer Zx8Qw1Er2Ty3Ui4Op5",
    "url": "postgres://app:Zx8Qw1Er2Ty3@db:5432/shop",
    "env": "DATABASE_PASSWORD=Zx8Qw1Er2Ty3",
    "aws": "AKIAIOSFODNN7EXAMPLE",
    "vault": "hvs.Zx8Qw1Er2Ty3Ui4Op5As6Df7",
    "key": "-----BEGIN RSA PRIVATE KEY-----\nZx8Qw1Er2Ty3Ui4Op5\n-----END RSA PRIVATE KEY-----",
}
PARTS = (KNOWN, "Zx8Qw1Er2Ty3", "AKIAIOSFODNN7EXAMPLE")


class Answer(BaseModel):
    text: str
    token: SecretStr = SecretStr("Zx8Qw1Er2Ty3")


@pytest.fixture(autouse=True)
def _known() -> None:
    remember_secrets([KNOWN])


def plant(current: Span, secret: str) -> None:
    current.output({"log": [secret], "answer": Answer(text=secret)})
    current.set(note=secret, password="Zx8Qw1Er2Ty3")
    current.warn(f"it said {secret}")
    current.fail(f"it said {secret}")
    current.usage("a-model", input_tokens=1, output_tokens=1, prompt=PromptRef("fix", 1, "production", "file"))


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
@pytest.mark.parametrize("kind", ["tool", "generation"])
def test_a_secret_in_a_span_does_not_arrive(secret: str, kind: str) -> None:
    with RecordingLangfuse() as server:
        with (
            traced_to(server),
            span("work", kind="generation" if kind == "generation" else "tool", input=secret) as one,
        ):
            plant(one, secret)
        with traced_to(server), span("more", input={"messages": [{"role": "user", "content": secret}]}):
            pass
        with pytest.raises(WorkFailedError), traced_to(server), span("broken"):
            raise WorkFailedError(f"no luck with {secret}")
        with pytest.raises(ValueError, match=r"(?s).+"), traced_to(server), span("broken"):
            raise ValueError(secret)
        sent = "".join(server.project.exports)
    assert "[redacted]" in sent
    assert [part for part in PARTS if part in sent] == []


def test_a_secret_that_a_run_stumbles_over_does_not_arrive(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    trace.with_suffix(".secret").write_text(SECRETS["env"])
    with RecordingLangfuse() as server:
        settings = MusterSettings(muster_home=tmp_path / "home").model_copy(update=settings_for(server).model_dump())
        with new_run(
            AGENT, settings, SampleOptions(trace=trace), intent=f"pack {SECRETS['url']}", clock=FakeClock()
        ) as run:
            follow(run, run.start(SampleState(goal=SECRETS["bearer"])), ScriptedFront({"size": 500}))
        sent = "".join(server.project.exports) + "".join(str(one.body) for one in server.requests)
    assert len(server.project.observations) == 7
    assert [part for part in PARTS if part in sent] == []
