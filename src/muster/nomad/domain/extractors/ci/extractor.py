"""Reads CI files: the image that they build from a Dockerfile and push.

GitHub Actions, GitLab, CircleCI, Bitbucket, Azure, Drone, Woodpecker, Forgejo, Gitea and Jenkins: what differs is the
file's name, and a few steps that push without a shell line.
"""

import re
from collections.abc import Iterator
from itertools import chain

from muster.nomad.domain.extractors.ci.scripts import jenkins_lines, script_lines, variables_of
from muster.nomad.domain.extractors.ci.steps import pushed_builds
from muster.nomad.domain.extractors.compose_yaml import BrokenYaml, load_yaml
from muster.nomad.domain.extractors.docker_cli.commands import Build, Command, docker_commands
from muster.nomad.domain.extractors.docker_cli.images import Named, builds, named_images
from muster.nomad.domain.extractors.extractor import Extractor, Files, SourceFile, problem
from muster.nomad.domain.facts import Evidence, ImageFact

SOURCE = "ci"
_HINTS = re.compile("docker|kaniko|buildah|podman")
# A cache or a preview of a branch is not what anybody deploys.
_ASIDE = re.compile(r"(?:^|[-_./:])(?:cache|buildcache|test|tests|ci|dev|preview|pr|nightly|base|builder)(?:$|[-_./:])")


def extract_ci(files: Files) -> tuple[Evidence, ...]:
    """The image of each Dockerfile, by the best name that any CI file pushes it under."""
    found: dict[str, list[Named]] = {}
    problems: list[Evidence] = []
    for file in files.values():
        commands = tuple(_commands(file, problems)) if _HINTS.search(file.text) else ()
        for build in builds(commands):
            found.setdefault(build.dockerfile, []).extend(_pushed(commands, build))
    return (*(_say(path, named) for path, named in found.items() if named), *problems)


def _commands(file: SourceFile, problems: list[Evidence]) -> Iterator[Command]:
    if file.name.startswith("Jenkinsfile"):
        yield from docker_commands(jenkins_lines(file), lambda _: None)
        return
    loaded = load_yaml(file.text, file.path)
    if isinstance(loaded, BrokenYaml):
        problems.append(problem(SOURCE, file.path, f"{file.path} is no YAML: {loaded.why}"))
        return
    variables = variables_of(loaded.root)
    yield from chain(pushed_builds(loaded.root, variables), docker_commands(script_lines(loaded.root), variables.get))


def _pushed(commands: tuple[Command, ...], build: Build) -> Iterator[Named]:
    """What is pushed; a name that is only built stays on the machine that ran the build."""
    return (one for one in named_images(commands, build) if not one.reason.startswith("`-t`"))


def _say(dockerfile: str, named: list[Named]) -> Evidence:
    best = min(named, key=lambda one: (_ASIDE.search(one.image) is not None, not one.sure))
    return Evidence(
        unit=f"dockerfile:{dockerfile}",
        fact=ImageFact(image=best.image),
        source=SOURCE,
        where=best.where,
        reason=f"CI: {best.reason}",
        confidence=0.9 if best.sure else 0.6,
    )


EXTRACTOR = Extractor(
    name=SOURCE,
    looks_for="CI files (GitHub, GitLab, CircleCI, Bitbucket, Azure, Drone, Woodpecker, Forgejo, Jenkins): the image "
    "that they push",
    globs=(
        ".github/workflows/*.yml",
        ".github/workflows/*.yaml",
        ".forgejo/workflows/*.y*ml",
        ".gitea/workflows/*.y*ml",
        ".circleci/config.yml",
        ".gitlab-ci.yml",
        ".gitlab/*.yml",
        "bitbucket-pipelines.yml",
        "azure-pipelines.yml",
        ".drone.yml",
        ".woodpecker.y*ml",
        ".woodpecker/*.y*ml",
        "Jenkinsfile*",
    ),
    extract=extract_ci,
    max_bytes=128 * 1024,
    max_files=60,
)
