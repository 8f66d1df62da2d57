"""Docker's command lines in scripts: `docker build`, `tag`, `push`, `run` and their kin, as data.

A script's line is split by shell rules; variables are replaced where the script gives them a value. `cd FOLDER` counts
for what follows it in the same line.
"""

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import dropwhile
from posixpath import join, normpath

from muster.nomad.domain.extractors.docker_cli.options import Options, split_options
from muster.nomad.domain.extractors.substitution import Lookup, expand

_TOOLS = frozenset({"docker", "podman", "buildah", "nerdctl", "${DOCKER}", "$DOCKER"})
_KANIKO = ("/kaniko/executor", "executor")
_MENTIONS = re.compile("docker|podman|buildah|nerdctl|DOCKER|executor")
_BEFORE = frozenset({"sudo", "time", "exec", "then", "do", "!", "command", "if", "else"})
_MAKE_MARKS = "@-+"
_SEPARATORS = frozenset({"&&", "||", ";", "|", "&", "(", ")", "{", "}"})
_LONGEST = 4000
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)
_HERE = re.compile(r"\$\{PWD\}|\$PWD\b|\$\{CURDIR\}|\$\((?:shell )?pwd\)|`pwd`")
_CHECKOUT = re.compile(r"^\$\{?\w+\}?/")
_OUTPUT = re.compile(r"\$\([^()]{0,300}(?:\([^()]{0,300}\)[^()]{0,300})?\)|`[^`]{0,300}`")


@dataclass(frozen=True)
class Line:
    """One line of a script, where it stands, and what it is part of (a make target, a CI job)."""

    text: str
    where: str
    part: str = ""


@dataclass(frozen=True)
class Build:
    """`docker build`: `dockerfile` and `context` are relative to the root of the repository."""

    dockerfile: str
    context: str
    where: str
    images: tuple[str, ...] = ()
    arguments: Mapping[str, str] = field(default_factory=dict[str, str])
    target: str | None = None
    pushed: bool = False


@dataclass(frozen=True)
class Tag:
    """`docker tag SOURCE TARGET`."""

    source: str
    target: str
    where: str


@dataclass(frozen=True)
class Push:
    """`docker push IMAGE`."""

    image: str
    where: str


@dataclass(frozen=True)
class Run:
    """`docker run`: its options, the image, and the words after it."""

    options: Options
    image: str
    command: tuple[str, ...]
    where: str
    part: str = ""


Command = Build | Tag | Push | Run


def docker_commands(lines: Iterable[Line], lookup: Lookup, *, folder: str = ".") -> Iterator[Command]:
    """Docker's commands in the lines of a script that runs in `folder`, in their order."""
    for line in lines:
        if len(line.text) > _LONGEST or not _MENTIONS.search(line.text):
            continue
        here, text = folder, _OUTPUT.sub("${_}", _HERE.sub(".", line.text))  # what a command prints is not known
        for words in _simple_commands(expand(text, lookup).text):
            if words[0] == "cd" and len(words) == 2:
                here = normpath(join(here, words[1]))
            elif command := _command(words, line, here):
                yield command


def _simple_commands(text: str) -> Iterator[list[str]]:
    """The commands between `&&`, `;` and the like, without what stands before a command's name."""
    words: list[str] = []
    for word in (*_words(text), ";"):
        if word not in _SEPARATORS:
            words.append(word)
            continue
        named = list(dropwhile(_before_name, words))
        if named:
            yield [named[0].lstrip(_MAKE_MARKS), *named[1:]]
        words = []


def _before_name(word: str) -> bool:
    bare = word.lstrip(_MAKE_MARKS)
    return not bare or bare in _BEFORE or _ASSIGNMENT.fullmatch(bare) is not None


def _words(text: str) -> list[str]:
    """Words by shell rules; none where a quote is left open."""
    lexer = shlex.shlex(text, posix=True, punctuation_chars=";&|")
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        return list(lexer)
    except ValueError:
        return []


def _command(words: list[str], line: Line, folder: str) -> Command | None:
    if words[0] in _KANIKO:
        return _kaniko(words[1:], line, folder)
    if words[0] not in _TOOLS:
        return None
    match words[1:]:
        case ["build" | "bud", *rest] | ["image" | "builder", "build", *rest] | ["buildx", "build", *rest]:
            return _build(rest, line, folder)
        case ["tag", source, target, *_] | ["image", "tag", source, target, *_]:
            return Tag(source, target, line.where)
        case ["push", *rest] | ["image", "push", *rest]:
            images = split_options(rest).words
            return Push(images[0], line.where) if images else None
        case ["run" | "create", *rest] | ["container", "run" | "create", *rest]:
            return _run(rest, line)
        case _:
            return None


def _build(words: list[str], line: Line, folder: str) -> Build | None:
    options = split_options(words)
    context = options.words[0] if options.words else "."
    if "://" in context or context == "-":
        return None
    context = normpath(join(folder, context))
    file = options.one("-f", "--file")
    pairs = (text.partition("=") for text in options.every("--build-arg"))
    return Build(
        dockerfile=normpath(join(folder, file)) if file else normpath(join(context, "Dockerfile")),
        context=context,
        where=line.where,
        images=options.every("-t", "--tag"),
        arguments={name: value for name, equals, value in pairs if equals and "$" not in value},
        target=options.one("--target"),
        pushed=options.has("--push") or "type=registry" in (options.one("-o", "--output") or ""),
    )


def _kaniko(words: list[str], line: Line, folder: str) -> Build | None:
    """Kaniko's executor pushes what it builds to each `--destination`."""
    options = split_options(words)
    context = (options.one("-c", "--context") or ".").removeprefix("dir://")
    if "://" in context:
        return None
    context = "." if context.startswith(("$", "/")) else context  # the checkout, wherever the runner has put it
    file = _CHECKOUT.sub("", options.one("-f", "--dockerfile") or "Dockerfile")
    return Build(
        dockerfile=normpath(join(folder, context, file)),
        context=normpath(join(folder, context)),
        where=line.where,
        images=options.every("-d", "--destination"),
        pushed=True,
    )


def _run(words: list[str], line: Line) -> Run | None:
    options = split_options(words, until_word=True)
    if not options.words:
        return None
    return Run(options, options.words[0], options.words[1:], line.where, line.part)
