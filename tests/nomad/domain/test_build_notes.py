import pytest

from muster.nomad.domain.build_notes import build_notes
from muster.nomad.domain.facts import (
    DependencyFact,
    ImageFact,
    PortFact,
    PrivilegeFact,
    ReplicasFact,
    UserFact,
    VolumeFact,
    WorkloadFact,
)
from nomad.domain.repositories import ONE_DOCKERFILE, cluster, decided, say


@pytest.mark.parametrize(
    ("facts", "prompt", "note"),
    [
        ((PrivilegeFact(privilege="cap_add", detail="NET_ADMIN"),), "", "web: cap_add NET_ADMIN is not carried over"),
        ((VolumeFact(path="/c", source="./c", type="bind"),), "", "web: the host path ./c at /c is not mounted"),
        ((VolumeFact(path="/d", source="d", type="named"),), "", "web: a node must offer the volume d for /d"),
        (
            (VolumeFact(path="/d", source="d", type="named"), UserFact(user="app")),
            "",
            "web: the number of user app is not known",
        ),
        ((WorkloadFact(workload="periodic"),), "", "web: no schedule is known"),
        ((PortFact(port=80),), "on port 25000", "static port 25000 may be taken"),
        ((PortFact(port=80), ReplicasFact(count=3)), "on port 80", "allows one instance a node, and 3 are asked for"),
        ((PortFact(port=80),), "at x.example.com", "web: no route to x.example.com"),
    ],
)
def test_what_is_dropped_or_taken_for_granted_is_said(facts, prompt, note):
    evidence = say("compose:web", ImageFact(image="x"), *facts)
    assert any(note in one for one in build_notes(decided(evidence, prompt), cluster()))


def test_a_service_that_is_left_out_is_named_with_the_reason():
    evidence = (
        *say("compose:web", ImageFact(image="x"), PortFact(port=80)),
        *say("compose:job", ImageFact(image="y"), WorkloadFact(workload="batch")),
    )
    assert build_notes(decided(evidence)) == ("job is left out: it is a batch job, this is a service job",)


def test_an_ordinary_application_has_no_notes():
    assert build_notes(decided(ONE_DOCKERFILE)) == ()


def test_what_it_talks_to_and_nothing_here_runs_is_said():
    needs = say(
        "folder:.", DependencyFact(service="postgres", by="psycopg"), DependencyFact(service="redis", by="redis")
    )
    evidence = (*ONE_DOCKERFILE, *needs, *say("compose:cache", ImageFact(image="valkey/valkey:8")))
    assert build_notes(decided(evidence)) == (
        "app talks to postgres (dependency in main.py (main.py:1)), which is not part of this job",
    )
