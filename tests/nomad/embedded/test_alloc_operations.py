"""What operators can do to one allocation."""

import pytest

from muster.nomad.embedded.alloc_operations import restart_allocation, stop_allocation
from muster.nomad.embedded.cluster import Refused
from nomad.embedded.jobs import after, allocations, cluster, job, messages


def test_a_stopped_allocation_is_placed_anew() -> None:
    run = cluster()
    run.register(job())
    (first,) = allocations(after(run, 20))
    stop_allocation(run, first.id)
    stopped, second = allocations(after(run, 20))
    assert (stopped.desired_description, stopped.client_status) == ("alloc is being migrated", "complete")
    assert (second.previous_id, second.client_status) == (first.id, "running")


def test_a_restarted_task_runs_on_in_its_allocation() -> None:
    run = cluster()
    run.register(job())
    (allocation,) = allocations(after(run, 20))
    restart_allocation(run, allocation.id, "main")
    (restarted,) = allocations(after(run, 5))
    assert (restarted.client_status, restarted.tasks["main"].restarts) == ("running", 1)
    assert messages(restarted)[-4:] == [
        "User requested restart",
        "Exit Code: 0",
        "Task restarting in 0s",
        "Task started by client",
    ]


def test_a_task_that_is_not_there_is_not_restarted() -> None:
    run = cluster()
    run.register(job())
    (allocation,) = allocations(after(run, 20))
    with pytest.raises(Refused, match="Could not find task runner for task: other"):
        restart_allocation(run, allocation.id, "other")
