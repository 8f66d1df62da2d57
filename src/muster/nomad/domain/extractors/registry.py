"""The extractors, in one list: the higher an extractor stands, the more its word counts."""

from collections.abc import Iterator, Mapping, Sequence

from muster.nomad.domain.extractors import (
    app_json,
    compose,
    deploy_env,
    dockerfile,
    env_example,
    fly,
    jobforge,
    makefile,
    nomad_job,
    procfile,
)
from muster.nomad.domain.extractors.ci import extractor as ci
from muster.nomad.domain.extractors.dotnet import extractor as dotnet
from muster.nomad.domain.extractors.elixir import extractor as elixir
from muster.nomad.domain.extractors.extractor import Extractor, Extractors, Files, Reading, SourceFile, read_plainly
from muster.nomad.domain.extractors.go import extractor as go
from muster.nomad.domain.extractors.jvm import extractor as jvm
from muster.nomad.domain.extractors.kubernetes import extractor as kubernetes
from muster.nomad.domain.extractors.node import extractor as node
from muster.nomad.domain.extractors.php import extractor as php
from muster.nomad.domain.extractors.plain_secrets import without_secrets
from muster.nomad.domain.extractors.python import extractor as python
from muster.nomad.domain.extractors.ruby import extractor as ruby
from muster.nomad.domain.extractors.rust import extractor as rust
from muster.nomad.domain.extractors.variable_names import check_names
from muster.nomad.domain.facts import Evidence
from muster.nomad.domain.owned_folders import has_package, lies_in, owned_folders

CODE = (
    python.EXTRACTOR,
    node.EXTRACTOR,
    go.EXTRACTOR,
    rust.EXTRACTOR,
    jvm.EXTRACTOR,
    dotnet.EXTRACTOR,
    ruby.EXTRACTOR,
    php.EXTRACTOR,
    elixir.EXTRACTOR,
)

# Order is important: where two extractors disagree about a field, the one that stands first wins. The user's own word
# about the environment goes before all; a compose file says how the authors run the application, a Dockerfile how its
# image starts; code and package files only hint.
EXTRACTORS: tuple[Extractor, ...] = (
    deploy_env.EXTRACTOR,
    nomad_job.EXTRACTOR,
    jobforge.EXTRACTOR,
    makefile.EXTRACTOR,
    compose.EXTRACTOR,
    fly.EXTRACTOR,
    procfile.EXTRACTOR,
    app_json.EXTRACTOR,
    ci.EXTRACTOR,
    kubernetes.EXTRACTOR,
    dockerfile.EXTRACTOR,
    env_example.EXTRACTOR,
    *CODE,
)


def run_extractors(
    files: Mapping[str, SourceFile], extractors: tuple[Extractor, ...] = EXTRACTORS, read: Reading = read_plainly
) -> tuple[Evidence, ...]:
    """Everything that the extractors find in these files, in their order of priority; `read` lets each of them."""
    return tuple(check_names(without_secrets(_found(files, extractors, read))))


def _found(files: Files, extractors: tuple[Extractor, ...], read: Reading) -> tuple[Evidence, ...]:
    wanted = _shared_out(files, Extractors(extractors))
    found = tuple(item for extractor, its in wanted for item in read(extractor, its))
    packaged = {item.unit for item in found if has_package(item)}
    loose = tuple(folder for folder in owned_folders(found) if f"folder:{folder}" not in packaged)
    apart = (item for extractor, its in wanted if extractor in CODE for item in _apart(extractor, its, loose, read))
    return tuple({item.model_dump_json(): item for item in (*found, *apart)}.values()) if loose else found


def _shared_out(files: Files, extractors: Extractors) -> list[tuple[Extractor, Files]]:
    """Each extractor with the files that it asks for, by path."""
    shares: dict[str, dict[str, SourceFile]] = {extractor.name: {} for extractor in extractors.each}
    for path in sorted(files):
        for extractor in extractors.wanting(path):
            shares[extractor.name][path] = files[path]
    return [(extractor, shares[extractor.name]) for extractor in extractors.each]


def _apart(extractor: Extractor, files: Files, loose: Sequence[str], read: Reading) -> Iterator[Evidence]:
    """What the code of each image's own folder says by itself, and what the rest does.

    A folder without a package file is read as a part of the one above, and there each fact is kept in one place only.
    """
    rest = {path: file for path, file in files.items() if not any(lies_in(path, folder) for folder in loose)}
    if len(rest) == len(files):
        return
    yield from read(extractor, rest)
    for folder in loose:
        if folder == ".":  # all files, which were read together before
            continue
        its = {path: file for path, file in files.items() if lies_in(path, folder)}
        for item in read(extractor, its) if its else ():
            yield item.model_copy(update={"unit": f"folder:{folder}"}) if item.unit == "folder:." else item
