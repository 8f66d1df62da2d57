"""The stages of a Dockerfile, and the chain of them that its final image is made of."""

from dataclasses import dataclass, field

from muster.nomad.domain.extractors.dockerfile_parse import Instruction
from muster.nomad.domain.extractors.dockerfile_words import expand_word
from muster.nomad.domain.extractors.substitution import Expanded


@dataclass(frozen=True)
class Stage:
    """From one FROM to the next. `base` is an image, or the name of an earlier stage."""

    name: str
    base: Expanded
    platform: Expanded
    line: int
    instructions: tuple[Instruction, ...]


@dataclass(frozen=True)
class Stages:
    """What stands before the first FROM, and the stages. `arguments` are the values of the global ARGs, `given` are
    build arguments that somebody asks for, which beat every default."""

    arguments: dict[str, str | None]
    stages: tuple[Stage, ...]
    given: dict[str, str] = field(default_factory=dict[str, str])

    def index_of(self, target: str) -> int | None:
        """The stage of that name or number."""
        names = [number for number, stage in enumerate(self.stages) if stage.name == target.lower()]
        if names:
            return names[-1]
        number = int(target) if target.isascii() and target.isdigit() and len(target) < 5 else -1
        return number if 0 <= number < len(self.stages) else None

    def chain(self, target: int = -1) -> tuple[Stage, ...]:
        """The target, by default the final stage, and the stages that it is built from, the oldest first. Stages that
        only serve files to COPY --from are not in it."""
        chain = [range(len(self.stages))[target]]
        while (parent := self._parent(chain[-1])) is not None:
            chain.append(parent)
        return tuple(self.stages[index] for index in reversed(chain))

    def _parent(self, index: int) -> int | None:
        base = self.stages[index].base.text.lower()
        earlier = [number for number in range(index) if self.stages[number].name == base]
        return earlier[-1] if earlier else None


def split_stages(
    instructions: tuple[Instruction, ...], escape: str = "\\", *, given: dict[str, str] | None = None
) -> Stages:
    """The instructions by stage. `instructions` begins with FROM, or with ARGs and FROM."""
    given = given or {}
    starts = [index for index, one in enumerate(instructions) if one.name == "FROM"]
    arguments: dict[str, str | None] = {}
    for one in instructions[: starts[0]]:
        arguments.update(declared_arguments(one, arguments, escape, given))
    ends = [*starts[1:], len(instructions)]
    stages = [_stage(instructions[start:end], arguments, escape) for start, end in zip(starts, ends, strict=True)]
    return Stages(arguments=arguments, stages=tuple(stages), given=given)


def declared_arguments(
    one: Instruction, known: dict[str, str | None], escape: str, given: dict[str, str]
) -> dict[str, str | None]:
    """The build arguments of one ARG: what is given, else the default; None where that is missing or unknown."""
    declared: dict[str, str | None] = {}
    for word in one.words:
        name, equals, default = word.partition("=")
        value = expand_word(default, {**known, **declared}.get, escape)
        declared[name] = given.get(name, value.text if equals and not value.missing else None)
    return declared


def _stage(instructions: tuple[Instruction, ...], arguments: dict[str, str | None], escape: str) -> Stage:
    first, rest = instructions[0], instructions[1:]
    image, keyword, name = (*first.words, "", "", "")[:3]
    return Stage(
        name=name.lower() if keyword.upper() == "AS" else "",
        base=expand_word(image, arguments.get, escape),
        platform=expand_word(first.flags.get("platform", ""), arguments.get, escape),
        line=first.line,
        instructions=rest,
    )
