"""`muster prompts` and `nomad-spec-prompt`: one implementation, in a pipe and in a terminal."""

import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from muster.app.agents import AGENTS, SERVICE_PROMPTS
from muster.app.prompts import prompts_of
from muster.core.llm.prompt_uses import CORE_PROMPTS
from muster.core.prompts.files import PromptFolder
from muster.core.testing.langfuse_double.server import RecordingLangfuse
from muster.nomad.prompt_cli import load_prompts
from muster.nomad.prompt_uses import PROMPTS

NOMAD_SPEC_PROMPT = "from muster.nomad.prompt_cli import main; main()"
CTRL_C = b"\x03"
NAMES = (*PROMPTS.folder.names(), *CORE_PROMPTS.folder.names())
EVERY = tuple(name for agent in prompts_of(AGENTS, *SERVICE_PROMPTS)() for name in agent.folder.names())
MUSTER = "from muster.app.cli import main; main()"


@pytest.fixture
def langfuse() -> Generator[RecordingLangfuse]:
    with RecordingLangfuse() as double:
        yield double


def environment(langfuse: RecordingLangfuse) -> dict[str, str]:
    return {
        **os.environ,
        "LANGFUSE_ENABLED": "true",
        "LANGFUSE_PUBLIC_KEY": langfuse.public_key,
        "LANGFUSE_SECRET_KEY": langfuse.secret_key,
        "LANGFUSE_BASE_URL": langfuse.address,
        "TERM": "xterm",
        "COLUMNS": "100",
    }


def piped(langfuse: RecordingLangfuse, program: str, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", program, *words]
    return subprocess.run(
        command, env=environment(langfuse), input=typed, capture_output=True, text=True, check=False, timeout=60
    )


def in_terminal(langfuse: RecordingLangfuse, *words: str, typed: bytes = b"") -> tuple[int, str]:
    """The exit code, and what a terminal got; `typed` is typed at the question."""
    person, program = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-c", NOMAD_SPEC_PROMPT, *words],
        env=environment(langfuse),
        stdin=program,
        stdout=program,
        stderr=program,
    )
    os.close(program)
    seen = b""
    while chunk := _read(person):
        seen += chunk
        if typed and b"[y/N] >" in seen:
            child.send_signal(signal.SIGINT) if typed == CTRL_C else os.write(person, typed)
            typed = b""
    os.close(person)
    return child.wait(timeout=60), seen.decode().replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # the program closed its end
        return b""


def test_no_two_agents_have_a_prompt_of_the_same_name() -> None:
    names = [name for agent in prompts_of(AGENTS, *SERVICE_PROMPTS)() for name in agent.folder.names()]
    assert len(names) == len(set(names))


def test_the_umbrella_knows_the_prompts_of_every_agent_and_of_the_core() -> None:
    assert [one.agent for one in prompts_of(AGENTS, *SERVICE_PROMPTS)()] == ["nomad", "aegis", "threads", "core"]


def test_an_agents_command_knows_its_own_and_the_cores() -> None:
    assert load_prompts() == (PROMPTS, CORE_PROMPTS)


def test_an_agent_without_prompts_is_left_out() -> None:
    assert prompts_of({"sample": "core.runs.sample_agent"})() == (CORE_PROMPTS,)


@pytest.mark.parametrize(
    ("program", "words", "names"), [(NOMAD_SPEC_PROMPT, ["list"], NAMES), (MUSTER, ["prompts", "list"], EVERY)]
)
def test_both_commands_list_the_shipped_prompts(
    langfuse: RecordingLangfuse, program: str, words: list[str], names: tuple[str, ...]
) -> None:
    said = piped(langfuse, program, *words)
    assert (said.returncode, said.stderr) == (0, "")
    assert [line.split()[0] for line in said.stdout.splitlines()] == ["prompt", *names]
    assert "\x1b" not in said.stdout


def test_all_shipped_prompts_can_be_pushed_and_are_then_the_same(langfuse: RecordingLangfuse) -> None:
    assert piped(langfuse, NOMAD_SPEC_PROMPT, "push", "-l", "development").returncode == 0
    said = piped(langfuse, NOMAD_SPEC_PROMPT, "list", "-l", "development").stdout
    assert said.count(" same") == len(NAMES)
    assert len(langfuse.project.prompts) == len(NAMES)


def test_a_yes_may_come_through_a_pipe(langfuse: RecordingLangfuse) -> None:
    said = piped(langfuse, NOMAD_SPEC_PROMPT, "push", "-n", "answer_rules", "-l", "production", typed="yes\n")
    assert said.returncode == 0
    assert said.stdout.endswith("answer_rules: version 1 is new, labelled production\n")
    assert "Push this to the label production?" in said.stderr
    assert "\x1b" not in said.stdout + said.stderr


def test_a_terminal_is_asked_and_told(langfuse: RecordingLangfuse) -> None:
    code, seen = in_terminal(langfuse, "push", "-n", "answer_rules", "-l", "production", typed=b"y\n")
    assert code == 0
    assert "Push this to the label production?" in seen
    assert "answer_rules: version 1 is new, labelled production\n" in seen


def test_ctrl_c_at_the_question_leaves_everything_as_it_is(langfuse: RecordingLangfuse) -> None:
    code, _ = in_terminal(langfuse, "push", "-n", "answer_rules", "-l", "production", typed=CTRL_C)
    assert code == 130
    assert langfuse.project.prompts == []


def test_a_table_fits_its_terminal(langfuse: RecordingLangfuse) -> None:
    code, seen = in_terminal(langfuse, "list")
    assert code == 0
    assert max(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in seen.splitlines()) <= 100


def test_help_is_plain_and_imports_nothing_heavy() -> None:
    program = (
        "import sys; sys.argv = ['nomad-spec-prompt', '--help']\n"
        "from muster.nomad.prompt_cli import main\n"
        "try: main()\n"
        "except SystemExit: print(sorted({'langgraph', 'pydantic', 'httpx', 'rich', 'langfuse'} & set(sys.modules)))\n"
    )
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert out.startswith("Usage: nomad-spec-prompt")
    assert out.splitlines()[-1] == "[]"


def test_the_entry_points_are_declared() -> None:
    import tomllib

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    assert project["scripts"]["nomad-spec-prompt"] == "muster.nomad.prompt_cli:main"
    assert PromptFolder(PROMPTS.folder.path).names()


def test_a_new_project_is_filled_by_the_script(langfuse: RecordingLangfuse) -> None:
    script = Path(__file__).parents[2] / "scripts" / "bootstrap_prompts.py"
    command = [sys.executable, str(script), "--label", "development"]
    done = subprocess.run(command, env=environment(langfuse), capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    labelled = [one.name for one in langfuse.project.prompts if "development" in one.labels]
    assert sorted(labelled) == sorted(EVERY)
