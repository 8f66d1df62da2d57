"""Whatever is submitted, the cluster answers and lives on."""

import copy
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from nomad.embedded.api_replay import SECOND, Api
from nomad.embedded.jobs import job, task

ODD = (None, 0, -1, 3, 1.5, True, "", "x", "${NOMAD_PORT_http}", "é\n", [], [1], ["a"], [None], {}, {"a": 1}, [{}])
SUBMITTED = job(task(), task("init:1", Name="init", Lifecycle={"Hook": "prestart"}))


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in inner for place in places(item, (*path, key)))]


def changed(path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    result = copy.deepcopy(SUBMITTED)
    holder: Any = result
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    return result


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.sampled_from(places(SUBMITTED)[1:]), st.sampled_from(ODD))
def test_an_odd_value_anywhere_in_a_job_breaks_nothing(path: tuple[Any, ...], value: Any) -> None:
    with tempfile.TemporaryDirectory() as folder, Api(Path(folder)) as api:
        for where in ("/v1/validate/job", "/v1/job/web/plan", "/v1/jobs"):
            answer = api.ask("POST", where, {"Job": changed(path, value)})
            assert answer.status_code in (200, 400, 500)
            assert answer.status_code == 200 or answer.text
        api.host.advance_to(api.host.now_ns + 60 * SECOND)
        assert api.ask("GET", "/v1/allocations").status_code == 200
