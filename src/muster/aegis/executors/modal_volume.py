"""A Modal volume for one job: its inputs, its script, its outputs. Other jobs' are not in it."""

from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any

from muster.aegis.domain.workload import Workload
from muster.aegis.executors.bubblewrap import visible_files
from muster.aegis.executors.modal_account import ModalAccount
from muster.core.errors import SourceError

_FILE = 1  # modal.types.FileEntryType


class JobVolume:
    """The volume of one job, made when something is brought into it."""

    def __init__(self, account: ModalAccount, name: str) -> None:
        self._account = account
        self._name = f"muster-{name}"

    @property
    def handle(self) -> Any:
        """Modal's own."""
        return self._account.volume(self._name, create=True)

    def bring(self, workload: Workload) -> None:
        """Upload the script and the inputs; what was brought before is written over."""
        with self.handle.batch_upload(force=True) as batch:
            batch.put_file(BytesIO(workload.script.encode()), "/script.py")
            for name, path in workload.inputs.items():
                for source, target in visible_files(Path(path)):
                    put = batch.put_directory if source.is_dir() else batch.put_file
                    put(str(source), f"/inputs/{name}{target}")

    def read(self, name: str) -> bytes:
        """An output; empty where there is none yet."""
        try:
            return b"".join(self._known().read_file(f"outputs/{name}"))
        except (FileNotFoundError, self._account.sdk.exception.NotFoundError):
            return b""

    def collect(self, into: Path) -> tuple[str, ...]:
        """Bring all plain files below `outputs`. Raises SourceError where there is no volume."""
        copied: list[str] = []
        for path in self._listed():
            target = into / path
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as file:
                file.writelines(self._known().read_file(f"outputs/{path}"))
            copied.append(path)
        return tuple(sorted(copied))

    def _listed(self) -> list[str]:
        try:
            entries = self._known().listdir("/", recursive=True)
        except self._account.sdk.exception.NotFoundError as error:
            raise SourceError(f"the outputs of {self._name} are gone: Modal has no such volume") from error
        paths = [PurePosixPath(str(entry.path).lstrip("/")) for entry in entries if int(entry.type) == _FILE]
        return [str(path.relative_to("outputs")) for path in paths if _is_output(path)]

    def _known(self) -> Any:
        return self._account.volume(self._name)


def _is_output(path: PurePosixPath) -> bool:
    return path.parts[:1] == ("outputs",) and ".." not in path.parts
