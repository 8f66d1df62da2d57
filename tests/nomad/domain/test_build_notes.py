import pytest

from muster.nomad.domain.build.notes import build_notes
from muster.nomad.domain.facts import (
    BuildFact,
    DependencyFact,
    DependsOnFact,
    EnvFact,
    ImageFact,
    NetworkModeFact,
    PortFact,
    PrivilegeFact,
    ReplicasFact,
    UserFact,
    VolumeFact,
    WorkloadFact,
)
from nomad.domain.repositories import CELERY, ONE_DOCKERFILE, PYTHON, cluster, decided, say


@pytest.mark.parametrize(
    ("facts", "prompt", "note"),
    [
        ((PrivilegeFact(privilege="cap_add", detail="NET_ADMIN"),), "", "web: cap_add NET_ADMIN is not carried over"),
        ((VolumeFact(path="/c", source="./c", type="bind"),), "", "web: the host path ./c is not mounted at /c"),
        ((VolumeFact(path="/d", source="d", type="named"),), "", "web: no ready node offers the volume d for /d"),
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


def test_a_network_of_composes_own_is_said_to_be_dropped():
    evidence = say("compose:web", ImageFact(image="x"), NetworkModeFact(mode="backend"))
    assert build_notes(decided(evidence)) == (
        "web: the network backend is not carried over: services of a job find each other by address",
    )


def test_a_port_asked_for_where_nothing_listens_is_said():
    evidence = say("folder:.", PYTHON, CELERY)
    assert build_notes(decided(evidence, "on port 80")) == (
        "app: port 80 is not published: nothing is known to listen",
    )


@pytest.mark.parametrize(
    ("place", "target", "note"),
    [
        ("vault:a/b#c", cluster(), "web: its secrets are in Vault, and this cluster has none"),
        ("vault:a/b#c", cluster(vault=True), None),
        ("nomad-var:a#b", cluster("1.3.1"), "web: its secrets are in Nomad variables, which Nomad 1.3.1 does not have"),
        ("nomad-var:a#b", cluster("1.4.0"), None),
        ("nomad-var:a#b", None, None),
    ],
)
def test_a_store_that_the_cluster_lacks_is_said(place, target, note):
    evidence = say("compose:web", ImageFact(image="x"), EnvFact(name="KEY", secret=True))
    decisions = decided(evidence, "", {"env": {"web.KEY": place}})
    assert build_notes(decisions, target) == ((note,) if note else ())


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


def test_of_several_it_is_said_in_one_sentence():
    needs = say("folder:.", DependencyFact(service="mysql", by="a"), DependencyFact(service="redis", by="b"))
    (note,) = build_notes(decided((*ONE_DOCKERFILE, *needs)))
    assert note.startswith("app talks to mysql (")
    assert note.endswith("), which are not part of this job")


def test_a_host_mount_is_said_once():
    evidence = (
        *say("compose:web", ImageFact(image="x"), VolumeFact(path="/c", source="./c", type="bind")),
        *say("compose:web", ImageFact(image="x"), PrivilegeFact(privilege="host_mount", detail="./c:/c")),
    )
    assert len(build_notes(decided(evidence))) == 1


def test_a_service_that_is_awaited_and_never_named_is_said():
    evidence = (
        *say("compose:web", ImageFact(image="x"), DependsOnFact(service="db"), EnvFact(name="URL", value="cache:6379")),
        *say("compose:db", ImageFact(image="postgres:16")),
        *say("compose:cache", ImageFact(image="redis:7")),
    )
    (note,) = build_notes(decided(evidence))
    assert note.startswith("web waits for db, and no variable or command names it")


def test_of_a_secret_nobody_says_that_it_does_not_name_the_service_that_is_awaited():
    evidence = (
        *say("compose:web", ImageFact(image="x"), DependsOnFact(service="db"), EnvFact(name="DB_URL", secret=True)),
        *say("compose:db", ImageFact(image="postgres:16")),
    )
    (note,) = build_notes(decided(evidence))
    assert note.startswith("web waits for db, and apart from DB_URL, whose value is a secret and not kept, no variable")


def test_a_file_that_only_compose_provides_is_said():
    fact = EnvFact(name="PASSWORD_FILE", value="/run/secrets/pw")
    assert build_notes(decided(say("compose:db", ImageFact(image="postgres:16"), fact))) == (
        "db: PASSWORD_FILE names /run/secrets/pw (compose.yaml:2), a file that only compose provides",
    )


def test_data_in_a_folder_without_a_volume_is_said_to_go_with_the_container():
    evidence = say("dockerfile:Dockerfile", VolumeFact(path="/data"))
    note = "app: data in /data goes with the container unless a volume is given (volume in Dockerfile (Dockerfile:1))"
    assert note in build_notes(decided(evidence))


def test_a_folder_with_a_volume_of_compose_is_not_said_to_lose_its_data():
    evidence = (
        *say("compose:web", BuildFact(context=".", dockerfile="Dockerfile")),
        *say("compose:web", ImageFact(image="x"), VolumeFact(path="/data", source="d", type="named")),
        *say("dockerfile:Dockerfile", VolumeFact(path="/data/")),
    )
    assert not [note for note in build_notes(decided(evidence)) if "goes with the container" in note]
