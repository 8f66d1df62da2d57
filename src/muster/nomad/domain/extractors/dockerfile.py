"""Reads Dockerfiles: what the image of the final stage listens on, runs, keeps and needs."""

import re
from collections.abc import Iterator
from posixpath import basename

from muster.nomad.domain.extractors.dockerfile_facts import image_facts
from muster.nomad.domain.extractors.dockerfile_image import follow
from muster.nomad.domain.extractors.dockerfile_parse import Broken, escape_of, parse_dockerfile
from muster.nomad.domain.extractors.dockerfile_speaker import SOURCE, Speaker
from muster.nomad.domain.extractors.dockerfile_stages import split_stages
from muster.nomad.domain.extractors.extractor import Extractor, Files, SourceFile, problem
from muster.nomad.domain.facts import BuildFact, Evidence

# Named like a Dockerfile and none that builds this application, with what it is instead.
_LEFT_OUT: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("a backup", re.compile(r".*(?:~|\.(?:bak|backup|orig|old|save|swp|tmp|disabled|rej)\d*)", re.IGNORECASE)),
    ("documentation", re.compile(r".*\.(?:md|rst|txt|adoc|html?|pdf|png|svg|json|ya?ml|lock)", re.IGNORECASE)),
    ("a template", re.compile(r".*\.(?:j2|jinja2?|tmpl|tpl|template|erb|in|mustache|gotmpl|example|sample|dist)")),
    ("a list of ignored files", re.compile(r".*\.dockerignore")),
    ("a script or a patch", re.compile(r".*\.(?:sh|py|patch|diff|go|js|ts|rb)")),
)
_DEVELOPMENT_FOLDER = re.compile(r"(?:.*/)?\.devcontainer/.*")
# A Dockerfile that lies in such a folder is built from the folder above it.
_BUILD_FOLDERS = frozenset({"docker", ".docker", "dockerfiles", "build", "deploy", "deployment", "deployments", "ci"})


def extract_dockerfiles(files: Files) -> tuple[Evidence, ...]:
    """What each Dockerfile says; broken ones and those that only are named like one are told as problems."""
    return tuple(evidence for file in files.values() for evidence in _of_file(file))


def left_out(path: str) -> str | None:
    """Why a file that is named like a Dockerfile is none, as a clause; None for a Dockerfile."""
    if _DEVELOPMENT_FOLDER.fullmatch(path):
        return "it is a development container"
    name = basename(path)
    return next((f"by its name it is {what}" for what, pattern in _LEFT_OUT if pattern.fullmatch(name)), None)


def _of_file(file: SourceFile) -> Iterator[Evidence]:
    why = left_out(file.path)
    if why is not None:
        yield problem(SOURCE, file.path, f"{file.path} is left out: {why}")
        return
    instructions = parse_dockerfile(file.text)
    if isinstance(instructions, Broken):
        yield problem(SOURCE, file.path, f"{file.path} is no Dockerfile that can be built: {instructions.why}")
        return
    escape = escape_of(file.text)
    stages = split_stages(instructions, escape)
    speaker = Speaker(file.path)
    yield _build(file, stages.stages[-1].line, speaker)
    yield from image_facts(follow(stages, escape), speaker)


def _build(file: SourceFile, line: int, speaker: Speaker) -> Evidence:
    if basename(file.folder).lower() in _BUILD_FOLDERS:
        above = file.folder.rpartition("/")[0] or "."
        reason = f"a Dockerfile in a folder of build files; built from {above}"
        return speaker.evidence(BuildFact(context=above, dockerfile=file.path), line, reason, confidence=0.6)
    return speaker.evidence(BuildFact(context=file.folder, dockerfile=file.path), line, "a Dockerfile, its final stage")


EXTRACTOR = Extractor(
    name=SOURCE,
    looks_for="Dockerfiles: base image, EXPOSE, ENV, CMD, ENTRYPOINT, USER, VOLUME, WORKDIR, HEALTHCHECK of the final "
    "stage and what it inherits",
    globs=(
        "Dockerfile",
        "dockerfile",
        "Containerfile",
        "Dockerfile?*",
        "*.Dockerfile",
        "*.dockerfile",
        "Containerfile.*",
    ),
    extract=extract_dockerfiles,
    max_bytes=256 * 1024,
    max_files=100,
)
