import threading

import pytest
from pydantic import BaseModel

from muster.core.clock import SystemClock
from muster.core.errors import (
    AccessDeniedError,
    ClusterUnavailableError,
    MissingExtraError,
    MusterError,
    ServiceFailureError,
    ServiceTimeoutError,
    SettingsError,
    TlsError,
    UnreachableError,
)
from muster.core.evidence import Sourced
from muster.core.extras import require
from muster.core.health import Check, Health, ask_all, ask_health
from muster.core.limits import Limits, Meter
from muster.core.llm.ports import Completed, Model, Prompt, Unusable, Usage
from muster.core.repairs import Repair, untried
from muster.core.testing.clock import FakeClock
from muster.core.testing.models import ScriptedModel
from muster.core.version import muster_version


def test_an_installed_extra_passes() -> None:
    require("nomad", "json", "email")


def test_a_missing_extra_names_the_command_that_installs_it() -> None:
    with pytest.raises(MissingExtraError, match="no_such_module") as caught:
        require("nomad", "json", "no_such_module")
    assert caught.value.advice == "pip install 'muster-agents[nomad]'"
    assert caught.value.exit_code == 2


def unreachable() -> Health:
    raise UnreachableError("nobody there", advice="Start it.")


def test_an_error_of_a_check_is_an_unhealthy_answer() -> None:
    assert ask_health(Check("x", lambda: Health("ok", detail="fine"))) == Health("ok", detail="fine")
    assert ask_health(Check("x", unreachable)) == Health("away", detail="nobody there", advice="Start it.")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UnreachableError("x"), "away"),
        (ServiceTimeoutError("x"), "slow"),
        (TlsError("x"), "TLS"),
        (AccessDeniedError("x"), "denied"),
        (ServiceFailureError("x"), "failing"),
        (ClusterUnavailableError("x"), "failing"),
        (SettingsError("x"), "misconfigured"),
    ],
)
def test_each_kind_of_trouble_is_a_word(error: MusterError, status: str) -> None:
    def run() -> Health:
        raise error

    assert ask_health(Check("x", run)).status == status


def test_checks_run_at_once_and_answer_in_their_order() -> None:
    together = threading.Barrier(2, timeout=10)

    def met(name: str) -> Check:
        return Check(name, lambda: Health("ok" if together.wait() >= 0 else "failing", detail=name))

    assert [health.detail for health in ask_all([met("one"), met("two")])] == ["one", "two"]
    assert ask_all([]) == ()


@pytest.mark.parametrize(
    ("meter", "exceeded"),
    [
        (Meter(), None),
        (Meter(attempts=2, seconds=9.9, dollars=0.9, tokens=99), None),
        (Meter(attempts=3), "attempts"),
        (Meter(seconds=10), "seconds"),
        (Meter(dollars=1), "dollars"),
        (Meter(tokens=100, seconds=11), "seconds"),
    ],
)
def test_a_limit_is_exceeded_when_no_room_for_a_step_is_left(meter: Meter, exceeded: str | None) -> None:
    assert meter.exceeded(Limits(max_attempts=3, max_seconds=10, max_dollars=1, max_tokens=100)) == exceeded


def test_without_limits_there_is_only_the_default_number_of_attempts() -> None:
    assert Meter(seconds=1e9, dollars=1e9, tokens=10**9).exceeded(Limits()) is None
    assert Meter(attempts=3).exceeded(Limits()) == "attempts"
    assert Meter().exceeded(Limits(max_attempts=0)) == "attempts"


class Patch(BaseModel):
    memory_mb: int


def test_a_repair_is_tried_once_whatever_its_reason() -> None:
    first, same, other = (
        Repair(patch=Patch(memory_mb=memory), reason=reason, expected_effect="")
        for memory, reason in ((1, "a"), (1, "b"), (2, "a"))
    )
    assert untried([same, other], [first]) == (other,)


def test_a_sourced_value_explains_itself() -> None:
    assert Sourced(value=80, source="dockerfile", where="Dockerfile:3", reason="EXPOSE").explain() == (
        "EXPOSE (Dockerfile:3)"
    )
    assert Sourced(value=80, source="default").explain() == "default"


def test_a_fake_clock_stands_until_it_is_moved() -> None:
    clock = FakeClock()
    before = clock.now()
    clock.advance(1.5)
    assert ((clock.now() - before).total_seconds(), clock.monotonic_s()) == (1.5, 1.5)


def test_the_system_clock_is_in_utc_and_never_goes_back() -> None:
    clock = SystemClock()
    assert str(clock.now().tzinfo) == "UTC"
    assert clock.monotonic_s() <= clock.monotonic_s()


def test_a_scripted_model_answers_in_turn_and_remembers_its_prompts() -> None:
    usage = Usage(input_tokens=3)
    scripted = ScriptedModel([Patch(memory_mb=1), Usage.__name__], usage)
    model: Model = scripted
    prompt = Prompt("fill", "logs")
    assert model.complete(prompt, Patch) == Completed(Patch(memory_mb=1), usage)
    assert model.complete(prompt, Patch) == Unusable("Usage", usage)
    assert isinstance(model.complete(prompt, Patch), Unusable)
    assert scripted.prompts == [prompt] * 3


def test_an_answer_of_another_schema_is_unusable() -> None:
    assert ScriptedModel([Patch(memory_mb=1)]).complete(Prompt("", ""), Limits) == Unusable("it is no Limits", Usage())


def test_the_version_is_the_distributions() -> None:
    assert muster_version()[0].isdigit()
