"""Reads Makefiles: the images that `docker build` and `docker push` lines name, and how `docker run` starts them."""

from collections.abc import Iterator

from muster.nomad.domain.env_vars import looks_secret
from muster.nomad.domain.extractors.docker_cli.commands import Build, Command, Run, docker_commands
from muster.nomad.domain.extractors.docker_cli.images import builds, known_name, named_images
from muster.nomad.domain.extractors.docker_cli.running import is_trial, run_facts
from muster.nomad.domain.extractors.extractor import Extractor, Files, SourceFile
from muster.nomad.domain.extractors.makefile_text import read_makefile
from muster.nomad.domain.facts import BuildFact, Evidence, Fact, ImageFact

SOURCE = "makefile"
MAKEFILE_GLOBS = ("Makefile", "makefile", "GNUmakefile")


def extract_makefiles(files: Files) -> tuple[Evidence, ...]:
    """What each Makefile says about the images of its Dockerfiles."""
    found = (one for file in files.values() for one in _of_commands(makefile_commands(file)))
    return tuple({one.model_dump_json(): one for one in found}.values())


def makefile_builds(files: Files) -> dict[str, BuildFact]:
    """How each Dockerfile is built, by its path: the first build that says a stage or arguments."""
    found: dict[str, BuildFact] = {}
    for file in files.values():
        for build in builds(makefile_commands(file)) if file.name in MAKEFILE_GLOBS else ():
            if build.target or build.arguments:
                found.setdefault(build.dockerfile, _build_fact(build))
    return found


def makefile_commands(file: SourceFile) -> tuple[Command, ...]:
    """Docker's commands in its recipes."""
    makefile = read_makefile(file)
    return tuple(docker_commands(makefile.lines, makefile.lookup, folder=file.folder))


def _build_fact(build: Build) -> BuildFact:
    arguments = {name: value for name, value in build.arguments.items() if not looks_secret(name, value)}
    return BuildFact(context=build.context, dockerfile=build.dockerfile, target=build.target, args=arguments)


def _of_commands(commands: tuple[Command, ...]) -> Iterator[Evidence]:
    for build in builds(commands):
        images = named_images(commands, build)
        for best in images[:1]:
            fact, confidence = ImageFact(image=best.image), 1.0 if best.sure else 0.6
            yield _say(build, fact, best.where, best.reason, confidence)
        yield from _runs(commands, build, {*build.images, *(one.image for one in images)})


def _runs(commands: tuple[Command, ...], build: Build, names: set[str]) -> Iterator[Evidence]:
    """How its image is started, where that is no trial. A name is compared without a tag that is not known."""
    known = {known_name(name) or name for name in names}
    for run in commands:
        if isinstance(run, Run) and not is_trial(run) and (known_name(run.image) or run.image) in known:
            for fact in run_facts(run):
                yield _say(build, fact, run.where, "`docker run` of this image", 0.8)


def _say(build: Build, fact: Fact, where: str, reason: str, confidence: float) -> Evidence:
    unit = f"dockerfile:{build.dockerfile}"
    return Evidence(unit=unit, fact=fact, source=SOURCE, where=where, reason=reason, confidence=confidence)


EXTRACTOR = Extractor(
    name=SOURCE,
    looks_for="Makefiles: the image that docker build and push name, its build arguments, and how docker run starts it",
    globs=MAKEFILE_GLOBS,
    extract=extract_makefiles,
    max_bytes=128 * 1024,
    max_files=30,
)
