"""Which Dockerfiles a compose file builds, and what it asks of them: a target stage, build arguments."""

from muster.nomad.domain.extractors.compose_files import choose_files
from muster.nomad.domain.extractors.compose_image import image_facts
from muster.nomad.domain.extractors.compose_project import read_project
from muster.nomad.domain.extractors.compose_service import Service
from muster.nomad.domain.extractors.extractor import Files
from muster.nomad.domain.facts import BuildFact


def asked_builds(files: Files) -> dict[str, BuildFact]:
    """By the Dockerfile's path. Where two services build one Dockerfile differently, neither is in it."""
    chosen = choose_files(files)
    if chosen is None:
        return {}
    project = read_project(chosen, files)
    found: dict[str, list[BuildFact]] = {}
    for name, body in project.services.items():
        for one in image_facts(Service(name, body, project)):
            if isinstance(one.fact, BuildFact):
                found.setdefault(one.fact.dockerfile, []).append(one.fact)
    return {path: builds[0] for path, builds in found.items() if all(_same(one, builds[0]) for one in builds)}


def _same(one: BuildFact, other: BuildFact) -> bool:
    return one.target == other.target and one.args == other.args
