"""What the final image of a Dockerfile is: its instructions, followed from the oldest stage down, as Docker does."""

from collections.abc import Callable
from dataclasses import dataclass, field
from posixpath import join, normpath

from muster.nomad.domain.extractors.dockerfile_parse import Instruction
from muster.nomad.domain.extractors.dockerfile_stages import Stage, Stages, declared_arguments
from muster.nomad.domain.extractors.dockerfile_users import created_users
from muster.nomad.domain.extractors.dockerfile_words import expand_word
from muster.nomad.domain.extractors.shell.scripts import StartScript
from muster.nomad.domain.extractors.substitution import Expanded, expand

_SHELL = ("/bin/sh", "-c")


@dataclass(frozen=True)
class Said:
    """Words of an instruction with its line. `stage` is the earlier stage that it is inherited from, or empty."""

    words: tuple[Expanded, ...]
    line: int
    stage: str = ""
    exec: bool = False
    flags: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def texts(self) -> tuple[str, ...]:
        """The words, unresolved variables as they are written."""
        return tuple(word.text for word in self.words)


@dataclass
class Image:
    """The final image while it is put together: what each instruction left behind."""

    base: Expanded
    platform: Expanded
    line: int
    escape: str = "\\"
    env: dict[str, Said] = field(default_factory=dict[str, Said])
    arguments: dict[str, str | None] = field(default_factory=dict[str, "str | None"])
    ports: list[Said] = field(default_factory=list[Said])
    volumes: list[Said] = field(default_factory=list[Said])
    uids: dict[str, int] = field(default_factory=dict[str, int])
    user: Said | None = None
    workdir: Said | None = None
    health: Said | None = None
    command: Said | None = None
    entrypoint: Said | None = None
    shell: tuple[str, ...] = _SHELL
    stage: str = ""
    command_is_inherited: bool = False
    script: StartScript | None = None
    """The shell script that it starts, where that lies in the repository."""

    def value(self, name: str) -> str | None:
        """A variable's value as an instruction sees it: the environment, then build arguments."""
        given = self.env.get(name)
        if given is not None:
            return None if given.words[0].missing else given.words[0].text
        return self.arguments.get(name)

    def value_at_run_time(self, name: str) -> str | None:
        """A variable's value in the running container: build arguments are gone by then."""
        given = self.env.get(name)
        return None if given is None or given.words[0].missing else given.words[0].text

    def word(self, text: str) -> Expanded:
        """A word with this image's variables replaced."""
        return expand_word(text, self.value, self.escape)


def follow(stages: Stages, escape: str = "\\", *, target: int = -1) -> Image:
    """The image of the target, by default the last stage, with what it inherits."""
    chain = stages.chain(target)
    image = Image(base=chain[0].base, platform=chain[0].platform, line=chain[0].line, escape=escape)
    for stage in chain:
        _enter(image, stage, last=stage is chain[-1])
        for one in stage.instructions:
            step = _STEPS.get(one.name)
            if step is not None:
                step(image, one, stages)
    return image


def _enter(image: Image, stage: Stage, *, last: bool) -> None:
    image.stage = "" if last else stage.name
    image.command_is_inherited = True
    if stage.platform.text:
        image.platform = stage.platform


def _arg(image: Image, one: Instruction, stages: Stages) -> None:
    """An ARG without default takes the value that the same ARG has before the first FROM."""
    known = {**stages.arguments, **image.arguments}
    for name, value in declared_arguments(one, known, image.escape, stages.given).items():
        image.arguments[name] = stages.arguments.get(name) if value is None else value


def _env(image: Image, one: Instruction, stages: Stages) -> None:
    # All variables of one ENV see the values from before it.
    values = [image.word(value) for value in one.words[1::2]]
    for name, value in zip(one.words[::2], values, strict=False):
        image.env[name] = Said((value,), one.line, image.stage)


def _expose(image: Image, one: Instruction, stages: Stages) -> None:
    image.ports.append(_said(image, one))


def _volume(image: Image, one: Instruction, stages: Stages) -> None:
    image.volumes.append(_said(image, one))


def _user(image: Image, one: Instruction, stages: Stages) -> None:
    image.user = _said(image, one)


def _workdir(image: Image, one: Instruction, stages: Stages) -> None:
    """A relative one is below the one before."""
    said = _said(image, one)
    before = image.workdir.texts[0] if image.workdir else "/"
    path = normpath(join(before, " ".join(said.texts)))
    missing = tuple(name for word in said.words for name in word.missing)
    image.workdir = Said((Expanded(path, missing=missing),), one.line, image.stage)


def _healthcheck(image: Image, one: Instruction, stages: Stages) -> None:
    image.health = _as_written(image, one)


def _cmd(image: Image, one: Instruction, stages: Stages) -> None:
    image.command = _as_written(image, one)
    image.command_is_inherited = False


def _entrypoint(image: Image, one: Instruction, stages: Stages) -> None:
    """A new ENTRYPOINT empties a CMD that comes from an earlier stage."""
    image.entrypoint = _as_written(image, one)
    if image.command_is_inherited:
        image.command = None


def _shell(image: Image, one: Instruction, stages: Stages) -> None:
    image.shell = one.words or _SHELL


def _run(image: Image, one: Instruction, stages: Stages) -> None:
    for text in (*one.words, one.heredoc):
        if "useradd" in text or "adduser" in text:
            image.uids.update(created_users(expand(text.replace("\n", " ; "), image.value).text))


def _said(image: Image, one: Instruction) -> Said:
    return Said(tuple(image.word(word) for word in one.words), one.line, image.stage, one.exec)


def _as_written(image: Image, one: Instruction) -> Said:
    """CMD, ENTRYPOINT and HEALTHCHECK: Docker leaves their variables to the shell in the container."""
    words = one.words
    if one.name != "HEALTHCHECK" and not one.exec and words:
        words = (*image.shell, *words)
    return Said(tuple(Expanded(word) for word in words), one.line, image.stage, one.exec, one.flags)


_STEPS: dict[str, Callable[[Image, Instruction, Stages], None]] = {
    "ARG": _arg,
    "ENV": _env,
    "EXPOSE": _expose,
    "VOLUME": _volume,
    "USER": _user,
    "WORKDIR": _workdir,
    "HEALTHCHECK": _healthcheck,
    "CMD": _cmd,
    "ENTRYPOINT": _entrypoint,
    "SHELL": _shell,
    "RUN": _run,
}
