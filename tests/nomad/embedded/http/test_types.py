from typing import Any

import pytest

from muster.nomad.embedded.http.types import type_error
from nomad.embedded.jobs import job


def test_a_sound_job_has_no_type_errors() -> None:
    assert type_error(job()) is None


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"Priority": "high"}, "string into Go struct field Job.Job.Priority of type int"),
        ({"Datacenters": "dc1"}, "string into Go struct field Job.Job.Datacenters of type []string"),
        ({"TaskGroups": {}}, "object into Go struct field Job.Job.TaskGroups of type []*api.TaskGroup"),
        ({"TaskGroups": [3]}, "number into Go struct field TaskGroup.Job.TaskGroups of type api.TaskGroup"),
        ({"Meta": {"a": 1}}, "object into Go struct field Job.Job.Meta of type map[string]string"),
        ({"AllAtOnce": "yes"}, "string into Go struct field Job.Job.AllAtOnce of type bool"),
    ],
)
def test_a_value_of_the_wrong_type_is_named_with_its_place(wrong: dict[str, Any], words: str) -> None:
    error = type_error({**job(), **wrong})
    assert error is not None
    assert words in error
