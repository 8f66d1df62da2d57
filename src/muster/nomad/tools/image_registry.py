"""Registries of images, asked whether they have one: by `HEAD` of its manifest, which pulls nothing.

Source: the OCI distribution specification 1.1, and Docker's token authentication for registries.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import httpx

from muster.core.errors import ServiceError, SettingsError, TlsError
from muster.core.http import Service, connect
from muster.core.observability.tracing import span
from muster.nomad.domain.estate.images import (
    ImageDenied,
    ImageLookup,
    ImageMissing,
    ImageName,
    ImageThere,
    ImageUnknown,
    parse_image,
)
from muster.nomad.tools.docker_config import DockerLogin, login_for, read_logins

ANSWER_S = 3.0
_HUB_HOST = "registry-1.docker.io"
_INDEXES = ("application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json")
_MANIFESTS = ("application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json")
_ACCEPT = {"Accept": ", ".join((*_INDEXES, *_MANIFESTS))}
_PARAMETER = re.compile(r'(\w+)="([^"]*)"')
_ACCEPTED, _NOT_FOUND, _REFUSED = 200, 404, (401, 403)


class DockerRegistry:
    """Satisfies `Registry`. Reads the credentials of `docker login`, and runs no credential helper."""

    def __init__(self, config: Path, *, timeout_s: float = ANSWER_S) -> None:
        self._config = config
        self._timeout_s = timeout_s

    def look_up(self, image: str) -> ImageLookup:
        """Whether the image's registry has it. Raises nothing that a registry did wrong: that is ImageUnknown."""
        with span("look_up_image", kind="tool", input=image) as current:
            try:
                found = self._look_up(image)
            except (ServiceError, SettingsError) as error:
                found = ImageUnknown(image=image, reason=error.message)
            current.output(found)
            return found

    def _look_up(self, image: str) -> ImageLookup:
        name = parse_image(image)
        login = login_for(read_logins(self._config), name.registry)
        scheme = "http" if name.is_local else "https"
        try:
            return self._ask(image, name, login, scheme)
        except TlsError:
            if login.basic or name.registry == "docker.io":
                raise
            return self._ask(image, name, login, "http")  # an insecure registry; nothing secret is sent

    def _ask(self, image: str, name: ImageName, login: DockerLogin, scheme: str) -> ImageLookup:
        host = _HUB_HOST if name.registry == "docker.io" else name.registry
        base = f"{scheme}://{host}"
        answer = self._head(base, name, {})
        headers: Mapping[str, str] = {}
        if answer.status_code in _REFUSED:
            headers = self._credentials(answer, name, login, is_local=name.is_local)
            answer = self._head(base, name, headers) if headers else answer
        if answer.status_code == _ACCEPTED:
            return self._there(image, base, name, headers, answer)
        return _absent(image, name, login, answer.status_code)

    def _head(self, base: str, name: ImageName, headers: Mapping[str, str]) -> httpx.Response:
        return self._send("HEAD", base, f"/v2/{name.repository}/manifests/{name.reference}", {**_ACCEPT, **headers})

    def _there(
        self, image: str, base: str, name: ImageName, headers: Mapping[str, str], answer: httpx.Response
    ) -> ImageThere:
        digest = answer.headers.get("Docker-Content-Digest", "")
        kind = answer.headers.get("Content-Type", "").partition(";")[0]
        if kind not in _INDEXES:
            return ImageThere(image=image, digest=digest)
        path = f"/v2/{name.repository}/manifests/{digest or name.reference}"
        index = self._send("GET", base, path, {**_ACCEPT, **headers})
        return ImageThere(image=image, digest=digest, architectures=_architectures(index))

    def _credentials(
        self, answer: httpx.Response, name: ImageName, login: DockerLogin, *, is_local: bool
    ) -> Mapping[str, str]:
        """The header that the registry asks for; none where there is none to be had."""
        scheme, _, told = answer.headers.get("WWW-Authenticate", "").partition(" ")
        basic = {"Authorization": f"Basic {login.basic.get_secret_value()}"} if login.basic else {}
        if scheme.lower() == "basic":
            return basic
        asked: dict[str, str] = dict(_PARAMETER.findall(str(told)))
        realm = urlsplit(asked.get("realm", ""))
        if scheme.lower() != "bearer" or not realm.hostname or (realm.scheme != "https" and not is_local):
            return {}
        scope = asked.get("scope") or f"repository:{name.repository}:pull"
        wanted = {"scope": scope, **({"service": asked["service"]} if "service" in asked else {})}
        got = self._send("GET", f"{realm.scheme}://{realm.netloc}", realm.path, basic, wanted)
        token = _object(got).get("token") or _object(got).get("access_token")
        return {"Authorization": f"Bearer {token}"} if token else {}

    def _send(
        self,
        method: str,
        base: str,
        path: str,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        service = Service(f"the registry {urlsplit(base).netloc}", "the image's name")
        with connect(base, service=service, timeout_s=self._timeout_s, headers=headers) as client:
            return client.request(method, path, params=params, judge=False)


def _absent(image: str, name: ImageName, login: DockerLogin, status: int) -> ImageLookup:
    if status == _NOT_FOUND:
        advice = f"Push it, or name one that {name.registry} has: its tag may be wrong."
        return ImageMissing(image=image, advice=advice)
    if status in _REFUSED:
        return ImageDenied(image=image, advice=_login_advice(name, login))
    return ImageUnknown(image=image, reason=f"{name.registry} answered with {status}")


def _login_advice(name: ImageName, login: DockerLogin) -> str:
    if login.helper:
        return f"The credential helper {login.helper} has the login for {name.registry}, and helpers are not asked."
    if login.basic:
        return f"The login for {name.registry} in ~/.docker/config.json may not pull it, or it does not exist."
    return f"`docker login {name.registry}` lets us look; the nodes need credentials of their own. Is the name right?"


def _architectures(index: httpx.Response) -> tuple[str, ...]:
    """What the index of a manifest list names; attestations are `unknown`."""
    listed = _object(index).get("manifests")
    rows = cast("list[Any]", listed) if isinstance(listed, list) else []
    platforms = (_table(_table(row).get("platform")) for row in rows)
    named = (str(platform.get("architecture", "")) for platform in platforms)
    return tuple(dict.fromkeys(name for name in named if name not in ("", "unknown")))


def _object(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        return _table(answer.json())
    except ValueError:
        return {}


def _table(value: object) -> Mapping[str, Any]:
    """A JSON object as it is; an empty one for anything else."""
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}
