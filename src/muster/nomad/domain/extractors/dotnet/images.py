"""Where ASP.NET Core listens by its base image: from .NET 8 on Microsoft's images set ASPNETCORE_HTTP_PORTS=8080."""

import re
from collections.abc import Iterable, Iterator

from muster.nomad.domain.extractors.code.findings import CUSTOM, Finding
from muster.nomad.domain.extractors.dotnet.libraries import ASPNET
from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.facts import FrameworkFact

_FROM = re.compile(
    r"\s{0,20}FROM\s{1,9}(?:--platform=\S{1,60}\s{1,9})?(\S{1,200})(?:\s{1,9}AS\s{1,9}(\S{1,80}))?", re.IGNORECASE
)
_IMAGE = re.compile(
    r"(?:.{0,100}/)?dotnet/(?:nightly/)?(?:aspnet|runtime|runtime-deps):([0-9]{1,2})\.[0-9][\w.-]{0,60}"
)
_SINCE, _PORT, _OLD_PORT = 8, 8080, 80
_MOST_STAGES = 50


def base_image_ports(files: Iterable[SourceFile]) -> Iterator[Finding]:
    """The port by the image that the last stage of each Dockerfile comes from."""
    for file in files:
        number, image = _final_image(file)
        found = _IMAGE.fullmatch(image)
        if found:
            port = _PORT if int(found[1]) >= _SINCE else _OLD_PORT
            variable = "ASPNETCORE_HTTP_PORTS" if port == _PORT else "ASPNETCORE_URLS"
            reason = f"the base image {image} sets {variable} to port {port}"
            yield Finding(file.path, number, FrameworkFact(framework=ASPNET, default_port=port), reason, CUSTOM)


def _final_image(file: SourceFile) -> tuple[int, str]:
    """The line and the image of the stage that the last one starts from, through the names of stages."""
    stages = [(number, found) for number, line in enumerate(file.lines, 1) if (found := _FROM.match(line[:400]))]
    named = {found[2].lower(): (number, found[1]) for number, found in stages[:_MOST_STAGES] if found[2]}
    number, image = (stages[-1][0], stages[-1][1][1]) if stages else (1, "")
    for _ in named:
        number, image = named.get(image.lower(), (number, image))
    return number, image
