"""The embedded cluster answers what was recorded: same status, same words up to ids, same keys."""

from pathlib import Path

import pytest

from nomad.embedded.api_cases import plan_names, set_up_plans, stateless_names
from nomad.embedded.api_coverage import all_asked, answers_asked, recorded_of_nomad, share
from nomad.embedded.api_differences import REASONS, judge
from nomad.embedded.api_replay import Api, apart
from nomad.embedded.run_replay import replay_run
from nomad.embedded.sequences import SEQUENCES, run_sequence
from nomad.embedded.timelines import timeline_names
from shared_data import needs_shared

pytestmark = needs_shared


@pytest.mark.parametrize("name", stateless_names())
def test_an_answer_of_an_empty_cluster_agrees(name: str, tmp_path: Path) -> None:
    with Api(tmp_path) as api:
        judge(name, apart(name, api.replay(name)))


@pytest.mark.parametrize("name", plan_names())
def test_a_plan_agrees(name: str, tmp_path: Path) -> None:
    with Api(tmp_path) as api:
        set_up_plans(api)
        judge(name, apart(name, api.replay(name)))


@pytest.mark.parametrize("scenario", timeline_names())
def test_the_answers_at_the_end_of_a_timeline_agree(scenario: str, tmp_path: Path) -> None:
    for name, lines in replay_run(scenario, tmp_path).items():
        judge(name, lines)


@pytest.mark.parametrize("name", SEQUENCES)
def test_the_answers_of_a_sequence_agree(name: str, tmp_path: Path) -> None:
    for recording, lines in run_sequence(name, tmp_path).items():
        judge(recording, lines)


def test_only_recordings_that_are_asked_are_listed() -> None:
    assert REASONS.keys() <= answers_asked()


def test_every_recording_of_nomad_is_asked() -> None:
    assert all_asked() == recorded_of_nomad()


def test_of_a_hundred_recordings_ninety_seven_agree() -> None:
    assert share().percent >= 97
