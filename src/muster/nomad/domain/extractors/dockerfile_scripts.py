"""What the shell script says that an image starts: `ENTRYPOINT ["./docker-entrypoint.sh"]`."""

from collections.abc import Iterator, Mapping

from muster.nomad.domain.extractors.code.env import unit_env_findings
from muster.nomad.domain.extractors.dockerfile_image import Image
from muster.nomad.domain.extractors.dockerfile_speaker import Speaker
from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.extractors.shell.scripts import SOURCE, StartScript, read_script, started_script
from muster.nomad.domain.facts import Evidence


def image_script(image: Image, scripts: Mapping[str, SourceFile], folder: str) -> StartScript | None:
    """The script that ENTRYPOINT or CMD starts, of those that lie in the repository; `folder` is the Dockerfile's."""
    for said in (image.entrypoint, image.command):
        file = started_script(said.texts, scripts.values(), folder) if said and scripts else None
        if file:
            return read_script(file)
    return None


def script_variables(script: StartScript, speaker: Speaker) -> Iterator[Evidence]:
    """The environment variables that the script reads, about the image that it starts in."""
    folder = script.path.rpartition("/")[0] or "."
    for finding in unit_env_findings([(script.path, script.reads)], f"folder:{folder}"):
        yield finding.evidence(SOURCE, speaker.unit, 1.0)
