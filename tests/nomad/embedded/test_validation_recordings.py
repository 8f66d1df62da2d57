"""Every recorded verdict on a job, replayed."""

import pytest

from muster.nomad.embedded.validation.admission import complete_job, transition_refusal, vault_refusal
from muster.nomad.embedded.validation.jobs import validate_job
from nomad.embedded.validation_recordings import DIFFERENCES, Recording, read_recording, recorded_jobs
from shared_data import needs_shared

pytestmark = needs_shared

RECORDED = recorded_jobs()


def verdict(recording: Recording) -> object:
    """What the answer says of the job: error text, list of errors where it has one, warnings."""
    if recording.status == 500:
        return recording.answer, None, None
    errors = recording.answer.get("ValidationErrors") if "validate" in recording.path else None
    return recording.answer.get("Error", ""), errors, recording.answer.get("Warnings", "")


def ours(recording: Recording) -> object:
    validation = validate_job(recording.admitted)
    if recording.status == 500:
        return validation.error_text(), None, None
    errors = list(validation.errors) or None if "validate" in recording.path else None
    return validation.error_text(), errors, validation.warning_text()


@pytest.mark.parametrize("recording", RECORDED, ids=lambda recording: recording.file)
def test_a_job_is_judged_as_nomad_judged_it(recording: Recording) -> None:
    reason = DIFFERENCES["validation"].get(recording.file)
    if reason is None:
        assert ours(recording) == verdict(recording)
    else:
        assert ours(recording) != verdict(recording), f"{recording.file} agrees by now: strike it off the list"


def test_every_listed_file_is_one_that_was_replayed() -> None:
    assert DIFFERENCES["validation"].keys() <= {recording.file for recording in RECORDED}


def test_there_are_verdicts_of_every_kind() -> None:
    paths = {recording.path.partition("?")[0].rpartition("/")[2] for recording in RECORDED}
    assert len(RECORDED) >= 170
    assert {"job", "plan", "jobs"} <= paths


def test_a_vault_block_is_refused_in_nomads_words_where_vault_is_off() -> None:
    refused = read_recording("register_vault_disabled.json")
    assert vault_refusal(refused.job) == refused.answer
    assert vault_refusal(read_recording("validate_valid.json").job) == ""


def test_completing_a_stored_job_changes_nothing() -> None:
    stored = read_recording("full_job.json").answer
    assert complete_job(stored) == stored


def test_an_update_may_not_change_the_type_of_a_job() -> None:
    old = read_recording("validate_valid.json").job
    assert transition_refusal(old, old) == ""
    assert transition_refusal(None, old) == ""
    assert transition_refusal(old, {**old, "Type": "batch"}) == 'cannot update job from type "service" to "batch"'
    periodic = {**old, "Periodic": {"Enabled": True}}
    assert transition_refusal(old, periodic) == "cannot update non-periodic job to being periodic"
    assert transition_refusal(periodic, old) == "cannot update periodic job to being non-periodic"
