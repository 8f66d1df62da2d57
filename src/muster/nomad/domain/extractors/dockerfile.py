"""Reads Dockerfiles: what the image of the final stage listens on, runs, keeps and needs."""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from posixpath import basename

from muster.nomad.domain.extractors.compose_builds import asked_builds
from muster.nomad.domain.extractors.compose_files import COMPOSE_GLOBS
from muster.nomad.domain.extractors.dockerfile_facts import image_facts
from muster.nomad.domain.extractors.dockerfile_image import follow
from muster.nomad.domain.extractors.dockerfile_parse import Broken, escape_of, parse_dockerfile
from muster.nomad.domain.extractors.dockerfile_scripts import image_script
from muster.nomad.domain.extractors.dockerfile_speaker import SOURCE, Speaker
from muster.nomad.domain.extractors.dockerfile_stages import split_stages
from muster.nomad.domain.extractors.extractor import Extractor, Files, SourceFile, problem
from muster.nomad.domain.extractors.makefile import MAKEFILE_GLOBS, makefile_builds
from muster.nomad.domain.extractors.shell.scripts import GLOBS as SCRIPT_GLOBS
from muster.nomad.domain.extractors.shell.scripts import is_script
from muster.nomad.domain.facts import BuildFact, Evidence

# Named like a Dockerfile and none that builds this application, with what it is instead.
_LEFT_OUT: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("a backup", re.compile(r".*(?:~|\.(?:bak|backup|orig|old|save|swp|tmp|disabled|rej)\d*)", re.IGNORECASE)),
    ("documentation", re.compile(r".*\.(?:md|rst|txt|adoc|html?|pdf|png|svg|json|ya?ml|lock)", re.IGNORECASE)),
    ("a template", re.compile(r".*\.(?:j2|jinja2?|tmpl|tpl|template|erb|in|mustache|gotmpl|example|sample|dist)")),
    ("a list of ignored files", re.compile(r".*\.dockerignore")),
    ("a script or a patch", re.compile(r".*\.(?:sh|py|patch|diff|go|js|ts|rb)")),
)
_GLOBS = ("Dockerfile", "dockerfile", "Containerfile", "Dockerfile?*", "*.[Dd]ockerfile", "Containerfile.*")
_DEVELOPMENT_FOLDER = re.compile(r"(?:.*/)?\.devcontainer/.*")
# A Dockerfile that lies in such a folder is built from the folder above it.
_BUILD_FOLDERS = frozenset({"docker", ".docker", "dockerfiles", "build", "deploy", "deployment", "deployments", "ci"})


def extract_dockerfiles(files: Files) -> tuple[Evidence, ...]:
    """What each Dockerfile says, about the stage that a compose file or a Makefile asks for, else about the final one;
    broken ones and those that only are named like one are told as problems."""
    asked = {**makefile_builds(files), **asked_builds(files)}
    dockerfiles = [file for path, file in files.items() if is_dockerfile(path)]
    scripts = {path: file for path, file in files.items() if is_script(path)}
    return tuple(evidence for file in dockerfiles for evidence in _of_file(file, asked.get(file.path), scripts))


def is_dockerfile(path: str) -> bool:
    """Whether a file is named like a Dockerfile, be it one or not."""
    return any(fnmatchcase(basename(path), glob) for glob in _GLOBS)


def left_out(path: str) -> str | None:
    """Why a file that is named like a Dockerfile is none, as a clause; None for a Dockerfile."""
    if _DEVELOPMENT_FOLDER.fullmatch(path):
        return "it is a development container"
    name = basename(path)
    return next((f"by its name it is {what}" for what, pattern in _LEFT_OUT if pattern.fullmatch(name)), None)


def _of_file(file: SourceFile, asked: BuildFact | None, scripts: Files) -> Iterator[Evidence]:
    why = left_out(file.path)
    if why is not None:
        yield problem(SOURCE, file.path, f"{file.path} is left out: {why}")
        return
    instructions = parse_dockerfile(file.text)
    if isinstance(instructions, Broken):
        yield problem(SOURCE, file.path, f"{file.path} is no Dockerfile that can be built: {instructions.why}")
        return
    escape, speaker = escape_of(file.text), Speaker(file.path)
    stages = split_stages(instructions, escape, given=asked.args if asked else None)
    target = stages.index_of(asked.target) if asked and asked.target else -1
    if target is None:
        yield speaker.problem(f"what builds it asks for a stage that is not there, {asked and asked.target}", 1)
        target = -1
    yield _build(file, stages.stages[target].line, speaker, asked)
    image = follow(stages, escape, target=target)
    image.script = image_script(image, scripts, file.folder)
    yield from image_facts(image, speaker)


def _build(file: SourceFile, line: int, speaker: Speaker, asked: BuildFact | None) -> Evidence:
    if asked is not None:
        stage = f"stage {asked.target}" if asked.target else "final stage"
        return speaker.evidence(asked, line, f"a Dockerfile, its {stage}, as the compose file or a Makefile builds it")
    if basename(file.folder).lower() in _BUILD_FOLDERS:
        above = file.folder.rpartition("/")[0] or "."
        reason = f"a Dockerfile in a folder of build files; built from {above}"
        return speaker.evidence(BuildFact(context=above, dockerfile=file.path), line, reason, confidence=0.6)
    return speaker.evidence(BuildFact(context=file.folder, dockerfile=file.path), line, "a Dockerfile, its final stage")


EXTRACTOR = Extractor(
    name=SOURCE,
    looks_for="Dockerfiles: base image, EXPOSE, ENV, CMD, ENTRYPOINT, USER, VOLUME, WORKDIR, HEALTHCHECK of the final "
    "stage and what it inherits; ports and environment variables of the shell script that it starts",
    globs=(*_GLOBS, *COMPOSE_GLOBS, *MAKEFILE_GLOBS, *SCRIPT_GLOBS),
    extract=extract_dockerfiles,
    max_bytes=256 * 1024,
    max_files=600,
)
