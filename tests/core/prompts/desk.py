"""Calls the prompt commands as a shell would: words and typed lines in; exit code and output out."""

import io
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from core.prompts.samples import chat_prompt, folder_of, include, text_prompt
from muster.core.cli import run_cli
from muster.core.prompts.command_line import prompt_app
from muster.core.prompts.files import PromptFolder
from muster.core.prompts.stored import StoredPrompt
from muster.core.prompts.uses import AgentPrompts, PromptUse
from muster.core.testing.langfuse_double.prompt_versions import PromptVersion, find_version
from muster.core.testing.langfuse_double.server import RecordingLangfuse

FIX = chat_prompt("fix", ("system", f"Repair. {include('rules')}"), ("user", "{{error}}"))
PLAIN = text_prompt("plain", "Say hello.")
RULES = text_prompt("rules", "Widen nothing.")
USES = (PromptUse("fix", ("error",)), PromptUse("plain", ()))


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Desk:
    """A folder of prompts, a Langfuse, and a person who types."""

    folder: PromptFolder
    langfuse: RecordingLangfuse
    capsys: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch
    others: tuple[AgentPrompts, ...] = ()

    def __call__(self, *words: str, typed: str = "") -> Said:
        """Run a prompt command."""
        self.monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        app = prompt_app(lambda: (AgentPrompts("sample", self.folder, USES), *self.others), "help")
        with pytest.raises(SystemExit) as ended:
            run_cli(lambda: app(list(words), prog_name="prompts"))
        printed = self.capsys.readouterr()
        said = Said(int(ended.value.code or 0), printed.out, printed.err)
        assert "Traceback" not in said.err + said.out
        assert "a fault in muster" not in said.err
        assert "\x1b" not in said.out + said.err
        assert self.langfuse.secret_key not in said.out + said.err
        return said

    def beside(self, agent: str, *prompts: StoredPrompt) -> "Desk":
        """The same desk with one more agent, or with the core."""
        folder = folder_of(self.folder.path.with_name(agent), *prompts)
        return replace(self, others=(*self.others, AgentPrompts(agent, folder, ())))

    def edit(self, prompt: StoredPrompt) -> None:
        """Change a file, as a person would."""
        self.folder.write(prompt)

    def remote(self, name: str, label: str) -> PromptVersion | None:
        """The version in Langfuse with that label."""
        return find_version(self.langfuse.project, name, label=label)

    def writes(self) -> list[str]:
        """The requests that changed something."""
        return [f"{one.method} {one.path}" for one in self.langfuse.requests if one.method != "GET"]

    def versions(self) -> dict[str, int]:
        """How many versions each prompt has in Langfuse."""
        names = [one.name for one in self.langfuse.project.prompts]
        return {name: names.count(name) for name in sorted(set(names))}


def desk_of(
    tmp_path: Path, langfuse: RecordingLangfuse, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Desk:
    for name, value in {
        "LANGFUSE_ENABLED": "true",
        "LANGFUSE_PUBLIC_KEY": langfuse.public_key,
        "LANGFUSE_SECRET_KEY": langfuse.secret_key,
        "LANGFUSE_BASE_URL": langfuse.address,
        "LANGFUSE_PROMPT_LABEL": "staging",
    }.items():
        monkeypatch.setenv(name, value)
    return Desk(folder_of(tmp_path / "prompts", FIX, PLAIN, RULES), langfuse, capsys, monkeypatch)
