from muster.nomad.domain.analysis_table import analysis_table
from muster.nomad.domain.facts import (
    BuildFact,
    ContainerFact,
    DependencyFact,
    EnvFact,
    ImageFact,
    LanguageFact,
    PrivilegeFact,
    ProblemFact,
    ResourcesFact,
    UserFact,
)
from nomad.domain.repositories import CELERY, ONE_DOCKERFILE, PYTHON, SHOP, analysed, say


def rows(evidence):
    return [(one.service, one.field, one.value) for one in analysis_table(analysed(evidence))]


def test_every_known_field_is_a_row_with_its_place():
    found = rows(SHOP)
    assert ("", "name", "shop") in found
    assert ("api", "port", "8000/tcp, published as 80") in found
    assert ("api", "health", "http /health") in found
    assert ("api", "build", "Dockerfile in .") in found
    assert ("api", "depends on", "redis (service_healthy)") in found
    assert ("redis", "command", "redis-server --appendonly yes") in found
    assert ("redis", "volume", "named redis-data at /data") in found
    assert ("redis", "memory (MB)", "128") in found
    assert ("api", "env REDIS_URL", "redis://redis:6379/0") in found
    row = next(one for one in analysis_table(analysed(SHOP)) if one.field == "image")
    assert (row.source, row.where, row.reason) == ("compose", "compose.yaml:2", "image in compose.yaml")


def test_a_secret_is_only_named():
    evidence = say("folder:.", PYTHON, EnvFact(name="KEY", secret=True, value=None), EnvFact(name="A", required=True))
    assert ("app", "env KEY", "a secret") in rows(evidence)
    assert ("app", "env A", "required, and nobody sets it") in rows(evidence)


def test_a_variable_that_nobody_requires_is_not_said_to_have_a_default():
    assert ("app", "env A", "read; may be absent") in rows(say("folder:.", PYTHON, EnvFact(name="A")))


def test_the_settings_of_a_container_are_one_row():
    fact = ContainerFact(
        init=True, cap_drop=("ALL", "X"), labels={"a": "b"}, not_carried=("dns",), lines={"init": "f:1"}
    )
    shown = "cap drop ALL X, init, labels a, not carried dns"
    assert ("web", "container", shown) in rows(say("compose:web", ImageFact(image="x"), fact))


def test_that_nothing_listens_is_said():
    assert ("app", "port", "none: nothing listens") in rows(say("folder:.", PYTHON, CELERY))
    assert ("app", "framework", "celery (opens no port)") in rows(say("folder:.", PYTHON, CELERY))


def test_conflicts_unknowns_and_problems_follow():
    evidence = (
        *say("compose:a", BuildFact(context=".", dockerfile="Dockerfile"), UserFact(user="1000", uid=1000)),
        *say("dockerfile:Dockerfile", UserFact(user="app")),
        *say("folder:x", ProblemFact(problem="not text")),
    )
    found = {one.field: one for one in analysis_table(analysed(evidence))}
    assert found["conflict: user"].reason == "wins over app (Dockerfile:1)"
    assert found["image"].value == "unknown"
    assert found["problem"].value == "not text"
    assert found["user"].value == "1000 (uid 1000)"


def test_smaller_things_are_shown_in_a_few_words():
    facts = (
        LanguageFact(language="go", version="1.24"),
        DependencyFact(service="postgres", by="pgx"),
        PrivilegeFact(privilege="privileged"),
        ResourcesFact(gpus=1),
    )
    found = rows((*ONE_DOCKERFILE, *say("folder:.", *facts)))
    assert ("app", "dependency", "postgres (by pgx)") in found
    assert ("app", "privilege", "privileged") in found
    assert [one for one in found if one[1] in ("gpus", "cpu (MHz)")] == [
        ("app", "gpus", "1"),
        ("app", "cpu (MHz)", "4000"),
    ]
