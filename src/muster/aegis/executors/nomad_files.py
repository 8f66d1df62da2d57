"""The files of an allocation, over `/v1/client/fs`: what a job wrote, whose names are not to be trusted either."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from muster.core.errors import ServiceFailureError
from muster.core.http import ServiceClient
from muster.core.redaction import redact

_OUTPUTS = "job/local/job/outputs"
_AT_ONCE = 8 * 2**20
_TAIL = 8000


class AllocationFiles:
    """Reads the outputs and the logs of one allocation."""

    def __init__(self, client: ServiceClient, allocation: str) -> None:
        self._client = client
        self._allocation = allocation

    def read(self, name: str, offset: int) -> bytes:
        """A part of an output, from an offset on; empty where there is none yet (Nomad answers 404 or 500)."""
        size = next((item["Size"] for path, item in self._listed("") if path == name), 0)
        return self._part(name, offset, min(size - offset, _AT_ONCE)) if size > offset else b""

    def collect(self, into: Path) -> tuple[str, ...]:
        """Bring all plain files; returns their paths, sorted."""
        found = sorted(self._walk(""), key=lambda found: found[0])
        for path, size in found:
            (into / path).parent.mkdir(parents=True, exist_ok=True)
            with (into / path).open("wb") as file:
                while (left := size - file.tell()) > 0:
                    if not file.write(self._part(path, file.tell(), min(left, _AT_ONCE))):
                        raise ServiceFailureError(f"Nomad cut {path} of {self._allocation} short by {left} bytes")
        return tuple(path for path, _ in found)

    def log_tail(self) -> str:
        """The end of both logs, standard error last; empty where the task never started."""
        texts = [self._log(name) for name in ("stdout", "stderr")]
        return redact("\n".join(text for text in texts if text)[-_TAIL:])

    def _log(self, name: str) -> str:
        params = {"task": "job", "type": name, "plain": "true", "origin": "end", "offset": str(_TAIL)}
        answer = self._client.get(f"/v1/client/fs/logs/{self._allocation}", params=params, judge=False)
        return answer.text if answer.status_code == 200 else ""

    def _walk(self, folder: str) -> Iterator[tuple[str, int]]:
        for path, item in self._listed(folder):
            if item["IsDir"]:
                yield from self._walk(f"{path}/")
            else:
                yield path, int(item["Size"])

    def _listed(self, folder: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Folders and plain files alone, whose names stay where they are."""
        params = {"path": f"{_OUTPUTS}/{folder}"}
        answer = self._client.get(f"/v1/client/fs/ls/{self._allocation}", params=params, judge=False)
        items = self._client.json(answer) if answer.status_code == 200 else []
        for item in items if isinstance(items, list) else []:
            if isinstance(item, dict) and _is_plain(item):
                yield f"{folder}{item['Name']}", item

    def _part(self, path: str, offset: int, limit: int) -> bytes:
        params = {"path": f"{_OUTPUTS}/{path}", "offset": str(offset), "limit": str(limit)}
        answer = self._client.get(f"/v1/client/fs/readat/{self._allocation}", params=params, timeout_s=120)
        return answer.content


def _is_plain(item: dict[str, Any]) -> bool:
    name = str(item["Name"])
    return str(item["FileMode"])[:1] in "-d" and "/" not in name and name not in ("", ".", "..")
