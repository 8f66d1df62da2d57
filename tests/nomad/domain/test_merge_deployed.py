from muster.nomad.domain.facts import EnvFact, Evidence, ImageFact, PortFact
from nomad.domain.repositories import PYTHON, analysed, built, say


def file(*facts, unit="folder:."):
    return tuple(
        Evidence(unit=unit, fact=fact, source="deploy env", where=f"deploy/.env.deploy:{line}", reason="r")
        for line, fact in enumerate(facts, start=1)
    )


APP = (*say("dockerfile:Dockerfile", PortFact(port=80)), *say("folder:.", PYTHON))


def entry(evidence, name):
    return next(one for one in analysed(evidence).services[0].env if one.name == name)


def warned(evidence):
    return [(one.where, one.value) for one in analysed(evidence).problems]


def test_it_wins_over_every_other_source():
    evidence = (
        *say("compose:web", ImageFact(image="x"), EnvFact(name="A", value="1")),
        *file(EnvFact(name="A", value="2")),
    )
    assert (entry(evidence, "A").value, entry(evidence, "A").origin) == ("2", "deploy_env")


def test_its_place_wins_over_a_value_and_its_value_over_a_place():
    by_code = say("folder:.", EnvFact(name="A", value="1"), EnvFact(name="B", place="consul:b"))
    evidence = (*APP, *by_code, *file(EnvFact(name="A", place="consul:a"), EnvFact(name="B", value="2")))
    assert (entry(evidence, "A").place, entry(evidence, "A").value) == ("consul:a", None)
    assert (entry(evidence, "B").place, entry(evidence, "B").value) == ("", "2")


def test_where_one_image_alone_is_deployed_it_speaks_of_that():
    evidence = (*say("compose:web", ImageFact(image="x")), *file(EnvFact(name="A", value="1")))
    assert entry(evidence, "A").value == "1"


def test_a_name_that_the_code_needs_and_the_file_leaves_out_is_said():
    evidence = (*APP, *say("folder:.", EnvFact(name="DSN", required=True)), *file(EnvFact(name="A", value="1")))
    assert ("deploy/.env.deploy", "app needs DSN, which the file does not name") in warned(evidence)


def test_a_name_that_nothing_reads_is_said():
    evidence = (
        *APP,
        *say("folder:.", EnvFact(name="A")),
        *file(EnvFact(name="A", value="1"), EnvFact(name="B", value="2")),
    )
    assert warned(evidence) == [("deploy/.env.deploy:2", "nothing is seen to read B; it is set all the same")]


def test_without_the_file_nothing_is_said():
    assert warned((*APP, *say("folder:.", EnvFact(name="DSN", required=True)))) == []


def test_the_assigned_port_is_nomads():
    job = built((*APP, *say("folder:.", EnvFact(name="LISTEN")), *file(EnvFact(name="LISTEN", assigned=True))))
    assert job.groups[0].tasks[0].env["LISTEN"] == "${NOMAD_PORT_http}"
    assert "LISTEN" not in str(job.variables)


def test_an_assigned_port_of_what_does_not_listen_stays_open():
    evidence = (*say("compose:web", ImageFact(image="x")), *file(EnvFact(name="LISTEN", assigned=True)))
    assert [one.name for one in built(evidence).variables] == ["web_listen"]
