"""Every recorded difference between two jobs, replayed: plans, and the versions of a job."""

import json

import pytest

from muster.nomad.domain.hcl.canonical import canonicalize_job
from muster.nomad.embedded.differences.annotations import annotate
from muster.nomad.embedded.differences.destructive import spec_changed
from muster.nomad.embedded.differences.jobs import Json, diff_jobs
from muster.nomad.embedded.differences.updates import desired_updates
from muster.nomad.embedded.validation.admission import complete_job
from nomad.embedded.validation_recordings import DIFFERENCES, RECORDINGS, Recording, read_recording, recorded_jobs
from shared_data import SHARED, needs_shared

pytestmark = needs_shared

# The job that stood in the cluster when a plan of an existing job was made, by the id of the job.
STORED = {"pl-new": "plan_new_job.json", "web": "full_job.json"}
VERSIONS = ("full_versions.json", "rev_versions.json")
# Jobs that were rolled back before they were read again.
REVERTED = ("run_arev_v1_register.json", "run_full_stack_v2_bad_image_register.json")


def stored_job(plan: Recording) -> Json | None:
    if (
        plan.file in ("plan_new_job.json", "plan_new_job_nodiff.json")
        or (plan.answer["Diff"] or {}).get("Type") == "Added"
    ):
        return None
    recording = read_recording(STORED[plan.job["ID"]])
    return recording.admitted if recording.job else recording.answer


PLANS = [recording for recording in recorded_jobs() if recording.path.endswith("/plan") and recording.status == 200]
REGISTERED = [
    (file.name, file.name.replace("_register", "_job"))
    for file in sorted(RECORDINGS.glob("run_*_register.json"))
    if file.name not in REVERTED and (RECORDINGS / file.name.replace("_register", "_job")).exists()
]


@pytest.mark.parametrize("plan", [plan for plan in PLANS if plan.answer["Diff"]], ids=lambda plan: plan.file)
def test_a_plan_shows_the_difference_that_nomad_showed(plan: Recording) -> None:
    diff = diff_jobs(stored_job(plan), plan.admitted, contextual=True)
    shown = annotate(diff, plan.answer["Annotations"]["DesiredTGUpdates"])
    if plan.file in DIFFERENCES["diff"]:
        assert shown != plan.answer["Diff"], f"{plan.file} agrees by now: strike it off the list"
    else:
        assert shown == plan.answer["Diff"]


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.file)
def test_a_plan_counts_the_updates_that_nomad_counted(plan: Recording) -> None:
    old = stored_job(plan)
    running = {group["Name"]: group["Count"] for group in (old or {}).get("TaskGroups") or []}
    counts = desired_updates(old, plan.admitted, running)
    if plan.file in DIFFERENCES["updates"]:
        assert counts != plan.answer["Annotations"]["DesiredTGUpdates"]
    else:
        assert counts == plan.answer["Annotations"]["DesiredTGUpdates"]


@pytest.mark.parametrize("file", VERSIONS)
def test_the_versions_of_a_job_differ_as_nomad_says(file: str) -> None:
    answer = read_recording(file).answer
    newer_and_older = zip(answer["Versions"], answer["Versions"][1:], strict=False)
    assert [diff_jobs(older, newer, contextual=True) for newer, older in newer_and_older] == answer["Diffs"]


@pytest.mark.parametrize(("register", "stored"), REGISTERED)
def test_a_job_read_back_is_the_job_that_was_registered(register: str, stored: str) -> None:
    given, kept = read_recording(register).admitted, read_recording(stored).answer
    assert not spec_changed(kept, given)
    assert diff_jobs(kept, given, contextual=True)["Type"] == "None"


def test_public_jobs_do_not_differ_from_themselves() -> None:
    corpus = SHARED / "nomad-corpus"
    index = json.loads((corpus / "index.json").read_text(encoding="utf-8"))
    accepted = [entry["result"] for entry in index if entry["ok"]]
    for file in accepted:
        job = json.loads((corpus / file).read_text(encoding="utf-8"))["canonicalized"]
        once = complete_job(canonicalize_job(job))
        again = complete_job(canonicalize_job(once))
        assert diff_jobs(once, again, contextual=True)["Type"] == "None", file
        assert diff_jobs(None, once, contextual=True)["Type"] == "Added", file
    assert len(accepted) >= 170


def test_the_lists_name_only_files_that_were_replayed() -> None:
    assert DIFFERENCES["diff"].keys() | DIFFERENCES["updates"].keys() <= {plan.file for plan in PLANS}
    assert len(PLANS) >= 40
    assert len(REGISTERED) >= 60


def test_allocations_of_a_purged_job_of_the_same_name_are_stopped() -> None:
    plan = read_recording("full_plan_new.json")
    counts = desired_updates(None, plan.admitted, {"app": 1})
    assert counts == plan.answer["Annotations"]["DesiredTGUpdates"]
