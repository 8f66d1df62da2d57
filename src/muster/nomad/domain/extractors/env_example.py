"""Reads examples of environment files (`.env.example`): the names an application wants, with values as hints."""

from collections.abc import Iterator

from muster.nomad.domain.env_vars import env_fact, is_placeholder, looks_secret
from muster.nomad.domain.extractors.dotenv import Assignment, parse_dotenv
from muster.nomad.domain.extractors.extractor import Extractor, Files, SourceFile, folder_unit
from muster.nomad.domain.extractors.port_words import listening_port
from muster.nomad.domain.facts import Evidence, PortFact
from muster.nomad.domain.port_forms import env_form

SOURCE = "env example"


def extract_env_examples(files: Files) -> tuple[Evidence, ...]:
    """A fact for each variable, about the folder that the file lies in."""
    return tuple(evidence for file in files.values() for evidence in _of_file(file))


def _of_file(file: SourceFile) -> Iterator[Evidence]:
    seen: set[str] = set()
    # A variable that stands there in earnest and as a comment counts as the former.
    for one in sorted(parse_dotenv(file.text), key=lambda one: one.commented):
        if one.name not in seen:
            seen.add(one.name)
            yield _evidence(file, one)
            yield from _port(file, one)


def _evidence(file: SourceFile, one: Assignment) -> Evidence:
    hint = None if is_placeholder(one.value) else one.value
    fact = env_fact(one.name, hint, secret=looks_secret(one.name, one.value))
    return Evidence(
        unit=folder_unit(file.path),
        fact=fact.model_copy(update={"optional": one.commented}),
        source=SOURCE,
        where=file.at(one.line),
        reason=f"{file.name} names it" + (" in a comment, so it is optional" if one.commented else ""),
        confidence=0.4 if one.commented else 0.8,
    )


def _port(file: SourceFile, one: Assignment) -> Iterator[Evidence]:
    """Where the example says that it listens."""
    port = None if one.commented else listening_port(one.name, one.value)
    if port is not None:
        yield Evidence(
            unit=folder_unit(file.path),
            fact=PortFact(port=port, env=one.name, env_form=env_form(one.name, one.value)),
            source=SOURCE,
            where=file.at(one.line),
            reason=f"{file.name} says {one.name}={one.value}",
            confidence=0.5,
        )


EXTRACTOR = Extractor(
    name=SOURCE,
    looks_for="examples of environment files (.env.example and the like): names, and values as hints",
    globs=(
        *(".env.example", ".env.sample", ".env.template", ".env.dist", ".env.defaults", ".env.local.example"),
        *("env.example", "env.sample", "env.template", "example.env", "sample.env", ".env.example.*", ".env.*.example"),
    ),
    extract=extract_env_examples,
    max_bytes=128 * 1024,
    max_files=50,
)
