"""What the documents show is what happens: commands, the recorded demo, the library example, the YAML examples."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from docs.console import LEFT_OUT, ROOT, Block, Step, agrees, blocks_of, documents, run
from muster.core.gates.answers import load_answers
from muster.nomad.agent import AGENT
from muster.nomad.embedded.client.behaviours import behaviour_records, read_behaviours
from muster.nomad.embedded.launch import stop_cluster
from muster.nomad.embedded.scheduler.nodes import load_nodes

NOMAD_PAGE = ROOT / "docs" / "nomad.md"
BLOCKS = [block for document in documents() for block in blocks_of(document)]
DEMO = "deploy examples/nomad/flask-api --no-questions --embedded --images examples/nomad/flask-api/images.yaml"
RUN_ID = r"\d{8}-\d{6}-[a-z0-9]{3}"


def fences(document: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", document.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def yaml_example(name: str, folder: Path) -> Path:
    """The YAML example that names itself so in its first line, as a file."""
    (text,) = (one for one in fences(NOMAD_PAGE, "yaml") if one.startswith(f"# {name}\n"))
    file = folder / name
    file.write_text(text)
    return file


@pytest.fixture
def embedded_home(tmp_path: Path) -> Iterator[Path]:
    home = tmp_path / "muster-home"
    yield home
    stop_cluster(home / "embedded")


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: f"{block.document.name}:{block.line}")
def test_a_command_prints_what_is_shown_below_it(block: Block, tmp_path: Path) -> None:
    for step, printed in zip(block.steps, run(block, tmp_path), strict=True):
        if step.shown:
            assert agrees(step.shown, printed), f"run tests/docs/console.py and read the diff\n{printed}"


@pytest.mark.e2e
def test_the_demo_in_the_readme_is_what_the_demo_prints(tmp_path: Path, embedded_home: Path) -> None:
    (recorded,) = (text for text in fences(ROOT / "README.md", "text") if "registered flask-api" in text)
    block = Block(ROOT / "README.md", 0, (Step(f"nomad-spec {DEMO}", ()),))
    (printed,) = run(block, tmp_path)
    assert agrees(plain(recorded.splitlines()), plain(printed))


def test_the_demo_in_the_readme_is_what_make_runs() -> None:
    recipe = " ".join((ROOT / "Makefile").read_text().replace("\\\n", " ").split())
    assert f"nomad-spec {DEMO}" in recipe


def test_a_line_left_out_stands_for_any_number_of_lines() -> None:
    assert agrees(["a", LEFT_OUT, "d"], ["a", "b", "c", "d"])
    assert agrees(["a", LEFT_OUT], ["a"])
    assert not agrees(["a", LEFT_OUT, "d"], ["a", "b"])
    assert not agrees(["a"], ["a", "b"])


def test_the_library_example_runs(tmp_path: Path) -> None:
    (example,) = fences(NOMAD_PAGE, "python")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    done = subprocess.run([sys.executable, "-c", example], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "2 256\n"


def test_the_example_of_an_answers_file_answers_questions_that_exist(tmp_path: Path) -> None:
    assert load_answers(yaml_example("answers.yaml", tmp_path), AGENT.question_ids)


def test_the_example_of_an_images_file_is_one(tmp_path: Path) -> None:
    behaviours = read_behaviours(behaviour_records(yaml_example("images.yaml", tmp_path)))
    assert behaviours.of("ghcr.io/acme/old:1", "", "").pull_error


def test_the_example_of_a_nodes_file_is_one(tmp_path: Path) -> None:
    first, second, third = load_nodes(yaml_example("nodes.yaml", tmp_path))
    assert [volume.path for volume in first.host_volumes.values()] == ["/srv/redis", "/srv/certs"]
    assert [len(device.ids) for device in first.devices] == [1, 2]
    assert (second.script.dies_ns, third.script.drains_ns) == (30_000_000_000, 90_000_000_000)


def test_every_yaml_example_is_yaml() -> None:
    assert [yaml.safe_load(text) for document in documents() for text in fences(document, "yaml")]


def plain(lines: list[str] | tuple[str, ...]) -> list[str]:
    """The lines without what differs from run to run: ports, ids, seconds, folders."""
    text = "\n".join(lines)
    for pattern, name in ((r"127\.0\.0\.1:\d+", "HERE"), (rf"\S*/runs/{RUN_ID}", "FOLDER"), (RUN_ID, "ID")):
        text = re.sub(pattern, name, text)
    return re.sub(r"after \d+ s:", "after N s:", text).split("\n")
