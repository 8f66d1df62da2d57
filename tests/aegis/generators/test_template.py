import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aegis.training import spec_of
from muster.aegis.domain.spec import TrainingSpec
from muster.aegis.generators.template import TemplateGenerator
from muster.core.errors import UsageError

GENERATOR = TemplateGenerator()
HOSTILE = [
    'a"b',
    "a'b",
    "{{ 7 * 7 }}",
    "{% raw %}",
    '"""\nimport os',
    "a\nb",
    "a\\",
    '\\"); import os #',
    "${HOME}",
    "\u202e\u2028",
]
SPECS = {
    "lora": spec_of(),
    "full": spec_of(method="full"),
    "merged": spec_of(saving={"form": "merged"}),
    "packed": spec_of(shape={"packing": True}),
    "dpo": spec_of(objective="dpo"),
    "qlora": spec_of(method="qlora", saving={"form": "merged"}, target={"gpu": "L4"}),
    "two-gpus": spec_of(target={"gpu": "H100", "gpus": 2}),
    "tasks": spec_of(evaluation={"tasks": ("a/one.yaml", "b/two.yaml")}),
}


def constants(script: str) -> dict[str, Any]:
    """What a script's top names stand for, where that is a literal."""
    found: dict[str, Any] = {}
    for node in ast.parse(script).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id.isupper():
            try:
                found[node.targets[0].id] = ast.literal_eval(node.value)
            except ValueError:
                continue
    return found


@pytest.mark.parametrize("name", SPECS)
def test_every_script_is_sound_python(name: str, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(GENERATOR.training(SPECS[name]))
    (tmp_path / "evaluate.py").write_text(GENERATOR.evaluation(SPECS[name]))
    # undefined and unused names, twice defined ones, too long lines; imports follow what hears SIGTERM
    command = ["-m", "ruff", "check", "--isolated", "--no-cache", "--select=E,F,W,B", "--ignore=E402,B905"]
    done = subprocess.run([sys.executable, *command, "--line-length=120", tmp_path], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", SPECS)
def test_scripts_do_not_know_muster(name: str) -> None:
    for script in (GENERATOR.training(SPECS[name]), GENERATOR.evaluation(SPECS[name])):
        imported = [node for node in ast.walk(ast.parse(script)) if isinstance(node, ast.Import | ast.ImportFrom)]
        assert not [node for node in imported if "muster" in ast.unparse(node)]


@pytest.mark.parametrize("name", SPECS)
def test_no_name_is_defined_twice(name: str) -> None:
    for script in (GENERATOR.training(SPECS[name]), GENERATOR.evaluation(SPECS[name])):
        named = [node.name for node in ast.parse(script).body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
        assert len(named) == len(set(named))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_are_data(hostile: str) -> None:
    spec = spec_of(
        model={"path": hostile, "revision": hostile},
        data={"path": hostile},
        lora={"targets": (hostile,)},
        evaluation={"tasks": (hostile,)},
    )
    told = constants(GENERATOR.training(spec))
    assert (told["MODEL"], told["REVISION"], told["DATA"], told["LORA_TARGETS"]) == (*(hostile,) * 3, [hostile])
    assert constants(GENERATOR.evaluation(spec))["TASKS"] == [hostile]


@settings(max_examples=30, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200))
def test_words_change_no_statement(words: str) -> None:
    def shape(spec: TrainingSpec) -> list[str]:
        return [type(node).__name__ for node in ast.walk(ast.parse(GENERATOR.training(spec)))]

    assert shape(spec_of(model={"path": words, "revision": words})) == shape(
        spec_of(model={"path": "m", "revision": "r"})
    )


def test_numbers_of_the_spec_are_those_of_the_script() -> None:
    told = constants(GENERATOR.training(spec_of(seed=5, optimization={"learning_rate": 3e-5, "max_steps": None})))
    assert (told["SEED"], told["LEARNING_RATE"], told["MAX_STEPS"]) == (5, 3e-5, None)


def test_all_linear_is_a_word_and_no_list() -> None:
    assert constants(GENERATOR.training(spec_of()))["LORA_TARGETS"] == "all-linear"


def test_a_script_holds_only_what_it_does() -> None:
    script = GENERATOR.training(spec_of(method="full"))
    assert not [word for word in ("peft", "trl", "DPO", "launch", "bnb") if word in script]


def test_the_same_spec_gives_the_same_script() -> None:
    assert GENERATOR.training(spec_of()) == TemplateGenerator().training(spec_of())


def test_preferences_are_not_packed() -> None:
    with pytest.raises(UsageError, match="to false"):
        GENERATOR.training(spec_of(objective="dpo", shape={"packing": True}))
