from muster.aegis.domain.account import spec_yaml, table
from muster.aegis.domain.intent.parse import parse_intent
from muster.aegis.domain.intent.settling import Settled, spec_from
from muster.aegis.domain.intent.yaml_spec import read_yaml_spec
from muster.aegis.domain.spec import DataRef, ModelRef, TrainingSpec

SPEC = TrainingSpec(model=ModelRef(path="models/tiny"), data=DataRef(path="rows.jsonl"))


def test_the_reports_spec_can_be_run_again() -> None:
    found = spec_from(parse_intent(""), read_yaml_spec(spec_yaml(SPEC)))
    assert isinstance(found, Settled)
    assert found.spec == SPEC


def test_a_text_of_a_job_stays_in_its_cell() -> None:
    assert table(("a",), [("x | y\n| z",)]).splitlines()[2:] == ["| x \\| y \\| z |"]
