"""Outcomes of runs, sent by the real SDK and read back by our adapter."""

from collections.abc import Generator
from typing import Any

import pytest

from muster.core.errors import ServiceError
from muster.core.prompts.langfuse_outcomes import LangfuseOutcomes
from muster.core.prompts.langfuse_prompts import LangfuseKeys, open_langfuse
from muster.core.prompts.outcomes import Outcome
from muster.core.testing.langfuse_double.server import RecordingLangfuse

pytest.importorskip("langfuse")

from langfuse import Langfuse


@pytest.fixture
def outcomes(keys: LangfuseKeys) -> Generator[LangfuseOutcomes]:
    with open_langfuse(keys, timeout_s=5.0) as client:
        yield LangfuseOutcomes(client)


@pytest.fixture
def sdk(langfuse: RecordingLangfuse) -> Generator[Any]:
    client = Langfuse(
        public_key=langfuse.public_key, secret_key=langfuse.secret_key, base_url=langfuse.address, timeout=5
    )
    yield client
    client.shutdown()


def run(sdk: Any, prompt: Any, outcome: float) -> None:
    """A run: a span, two generations with the prompt, and the run's scores."""
    with sdk.start_as_current_observation(name="run") as root:
        for _ in range(2):
            with sdk.start_as_current_observation(name="chat", as_type="generation", prompt=prompt):
                pass
        root.score_trace(name="outcome", value=outcome, data_type="BOOLEAN")
        root.score_trace(name="iterations", value=3, data_type="NUMERIC")
    sdk.flush()


def test_each_run_counts_once_for_the_version_that_it_used(
    sdk: Any, outcomes: LangfuseOutcomes, langfuse: RecordingLangfuse
) -> None:
    one = sdk.create_prompt(name="fix", prompt="one", labels=["production"])
    two = sdk.create_prompt(name="fix", prompt="two", labels=["candidate"])
    for prompt, outcome in ((one, 1), (one, 0), (one, 0), (one, 1), (two, 1)):
        run(sdk, prompt, outcome)
    assert outcomes.of("fix", 1) == Outcome(0.5, 4)
    assert outcomes.of("fix", 2) == Outcome(1.0, 1)


def test_a_version_that_nobody_used_has_no_outcomes(outcomes: LangfuseOutcomes) -> None:
    assert outcomes.of("fix", 7) == Outcome(0.0, 0)


def test_a_langfuse_that_fails_is_told(outcomes: LangfuseOutcomes, langfuse: RecordingLangfuse) -> None:
    langfuse.fail(500)
    with pytest.raises(ServiceError, match="500"):
        outcomes.of("fix", 1)
