from muster.nomad.domain.facts import BuildFact, EnvFact, ImageFact
from nomad.domain.repositories import PYTHON, analysed, say


def env(*evidence):
    return {one.name: one for one in analysed(tuple(item for part in evidence for item in part)).services[0].env}


BUILD = BuildFact(context=".", dockerfile="Dockerfile")


def test_the_surest_value_wins_and_the_other_is_a_conflict():
    evidence = (
        *say("compose:a", BUILD, EnvFact(name="MODE", value="prod")),
        *say("dockerfile:Dockerfile", EnvFact(name="MODE", value="dev")),
    )
    assert (env(evidence)["MODE"].value, env(evidence)["MODE"].origin) == ("prod", "compose")
    (conflict,) = analysed(evidence).conflicts
    assert (conflict.field, conflict.winner.value, conflict.losers[0].value) == ("env MODE", "prod", "dev")


def test_what_the_code_needs_is_joined_with_the_value_that_another_gives():
    found = env(
        say("compose:a", BUILD, EnvFact(name="DSN", value="x")),
        say("folder:.", PYTHON, EnvFact(name="DSN", required=True)),
    )
    assert (found["DSN"].value, found["DSN"].required) == ("x", True)


def test_a_secret_has_no_value_whoever_gives_one():
    found = env(
        say("compose:a", BUILD, EnvFact(name="KEY", value="abc")),
        say("folder:.", PYTHON, EnvFact(name="KEY", secret=True)),
    )
    assert (found["KEY"].secret, found["KEY"].value) == (True, None)


def test_an_examples_value_counts_less_than_compose_and_its_placeholders_not_at_all():
    found = env(
        say("folder:.", PYTHON),
        say("folder:.", EnvFact(name="A", value="changeme"), EnvFact(name="B", value="1"), where=".env.example"),
    )
    assert (found["A"].value, found["B"].value, found["B"].origin) == (None, "1", "example")


def test_a_conflict_never_shows_what_another_source_knows_to_be_secret():
    evidence = (
        *say("compose:a", BUILD, EnvFact(name="KEY", value="abc")),
        *say("dockerfile:Dockerfile", EnvFact(name="KEY", value="def")),
        *say("folder:.", PYTHON, EnvFact(name="KEY", secret=True)),
    )
    assert analysed(evidence).conflicts == ()


def test_a_default_in_the_code_is_no_conflict():
    evidence = (
        *say("compose:a", BUILD, EnvFact(name="MODE", value="prod")),
        *say("folder:.", PYTHON, EnvFact(name="MODE", value="dev")),
    )
    assert analysed(evidence).conflicts == ()


def test_an_example_that_repeats_the_codes_default_gives_no_value():
    found = env(
        say("dockerfile:Dockerfile", BUILD),
        say("folder:.", PYTHON, EnvFact(name="LEVEL", value="info"), EnvFact(name="MODE", value="fast")),
        say("folder:.", EnvFact(name="LEVEL", value="info"), EnvFact(name="MODE", value="slow"), where=".env.example"),
    )
    assert {name: (one.origin, one.value) for name, one in found.items()} == {
        "LEVEL": ("code", "info"),
        "MODE": ("example", "slow"),
    }


def test_an_example_behind_a_comment_sets_what_the_code_needs_and_nothing_else():
    offered = (EnvFact(name="A", value="1", optional=True), EnvFact(name="B", value="2", optional=True))
    found = env(
        say("folder:.", PYTHON, EnvFact(name="A", required=True), EnvFact(name="B")),
        say("folder:.", *offered, where=".env.example"),
    )
    assert [(one.value, one.optional) for one in found.values()] == [("1", False), ("2", True)]


def reads(name, confidence):
    fact = EnvFact(name=name, required=True)
    return tuple(one.model_copy(update={"confidence": confidence}) for one in say("folder:.", PYTHON, fact))


RUN = say("compose:web", ImageFact(image="acme/app:1"), EnvFact(name="A", value="1"))


def test_where_compose_runs_a_published_image_what_it_leaves_out_is_not_needed():
    found = env(say("dockerfile:Dockerfile", BUILD), RUN, reads("DSN", 0.6))
    assert found["DSN"].required is False


def test_what_the_code_fails_without_is_needed_all_the_same():
    assert env(say("dockerfile:Dockerfile", BUILD), RUN, reads("DSN", 0.9))["DSN"].required is True


def test_a_service_that_compose_builds_needs_what_its_code_reads():
    assert env(say("compose:a", BUILD), reads("DSN", 0.6))["DSN"].required is True
