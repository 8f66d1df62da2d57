"""What a driver says about a config when it first sees it."""

from typing import Any

import pytest

from nomad.embedded.jobs import after, allocations, cluster, job, messages, task


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"image": "app:1", "bogus": 1}, 'No argument or block type is named "bogus".'),
        ({"ports": ["http"]}, 'The argument "image" is required, but no definition was found.'),
    ],
)
def test_a_wrong_config_is_told_when_the_task_starts(config: dict[str, Any], words: str) -> None:
    run = cluster()
    run.register(job(task(Config=config)))
    (allocation,) = allocations(after(run, 5))
    assert any(words in message for message in messages(allocation))
    assert "Error was unrecoverable" in messages(allocation)


def test_a_port_label_that_the_group_does_not_have_is_told() -> None:
    run = cluster({"image": "app:*", "local": True})
    run.register(job(task(Config={"image": "app:1", "ports": ["nope"]})))
    (allocation,) = allocations(after(run, 5))
    assert any('Port "nope" not found, check network stanza' in message for message in messages(allocation))
