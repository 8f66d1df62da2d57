from muster.nomad.embedded.chance import Chance
from muster.nomad.embedded.client.restarts import RestartTracker
from muster.nomad.embedded.state.specs import RestartSpec
from muster.nomad.embedded.state.values import SECOND


def tracker(attempts: int = 1, mode: str = "fail", *, on_success: bool = True) -> RestartTracker:
    policy = RestartSpec(attempts, 30 * SECOND, 2 * SECOND, mode)
    return RestartTracker(policy, 0, Chance("test"), on_success=on_success)


def test_a_restart_waits_the_delay_and_up_to_a_quarter_more() -> None:
    verdict = tracker().after_exit(SECOND, success=False)
    assert verdict.kind == "restart"
    assert 2 * SECOND <= verdict.delay_ns < 2.5 * SECOND


def test_attempts_are_counted_within_an_interval() -> None:
    restarts = tracker()
    assert [restarts.after_exit(SECOND, success=False).kind for _ in range(2)] == ["restart", "fail"]
    assert restarts.after_exit(40 * SECOND, success=False).kind == "restart"


def test_mode_delay_waits_for_the_rest_of_the_interval() -> None:
    restarts = tracker(mode="delay")
    restarts.after_exit(SECOND, success=False)
    verdict = restarts.after_exit(5 * SECOND, success=False)
    assert (verdict.reason, verdict.delay_ns) == ("Exceeded allowed attempts, applying a delay", 25 * SECOND)


def test_a_policy_without_attempts_gives_up_at_once() -> None:
    assert tracker(0).after_exit(0, success=False).reason == "Policy allows no restarts"


def test_a_batch_task_that_succeeds_is_done() -> None:
    assert tracker(on_success=False).after_exit(0, success=True).kind == "done"


def test_an_unrecoverable_start_is_not_tried_again() -> None:
    assert tracker(3).after_start_error(0, recoverable=False).reason == "Error was unrecoverable"
