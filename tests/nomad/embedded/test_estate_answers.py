"""The embedded Consul, Vault and Fabio answer what was recorded: same status, same words up to ids, same keys."""

from pathlib import Path

import pytest

from nomad.embedded.api_differences import ESTATE, judge_estate
from nomad.embedded.api_replay import recorded_names
from nomad.embedded.estate_replay import PROXY, SEQUENCES, run_estate_sequence
from shared_data import needs_shared

pytestmark = needs_shared


@pytest.mark.parametrize("name", SEQUENCES)
def test_the_answers_of_a_sequence_agree(name: str, tmp_path: Path) -> None:
    for recording, lines in run_estate_sequence(name, tmp_path).items():
        judge_estate(recording, lines)


def asked() -> set[str]:
    return {name for sequence in SEQUENCES.values() for name in sequence["asks"]}


def test_every_recording_is_asked_but_those_of_the_proxy() -> None:
    patterns = ("consul_*", "consulacl_*", "vault_*", "fabio_*")
    recorded = {name for pattern in patterns for name in recorded_names(pattern)}
    recorded |= {"full_agent_services", "full_consul_health", "full_fabio_routes"}
    assert asked() == recorded - PROXY


def test_only_recordings_that_are_asked_are_listed() -> None:
    assert ESTATE.keys() <= asked()


def test_of_a_hundred_recordings_ninety_three_agree() -> None:
    assert 100 * (len(asked()) - len(ESTATE)) / (len(asked()) + len(PROXY)) >= 93
