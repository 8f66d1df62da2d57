"""What an executor calls of Modal's SDK 1.6: the same names and arguments, over folders and containers of this machine.
Not compared with Modal itself."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from aegis.executors.containers import Container


class Error(Exception):
    """`modal.exception.Error`, whose kinds have no other parent that an executor sees."""


class NotFoundError(Error): ...


class AuthError(Error): ...


class PermissionDeniedError(Error): ...


class ConnectionError(Error): ...


class TimeoutError(Error): ...


_KINDS = (Error, NotFoundError, AuthError, PermissionDeniedError, ConnectionError, TimeoutError)


@dataclass(frozen=True)
class Entry:
    path: str
    type: int
    mtime: int
    size: int


class Upload:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put_file(self, local_file: Any, remote_path: str, mode: int | None = None) -> None:
        target = self._folder / remote_path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(local_file.read() if isinstance(local_file, BytesIO) else Path(local_file).read_bytes())

    def put_directory(self, local_path: str, remote_path: str, recursive: bool = True) -> None:
        for file in Path(local_path).rglob("*"):
            self.put_file(file, f"{remote_path}/{file.relative_to(local_path)}")


class Volume:
    def __init__(self, folder: Path, create: bool) -> None:
        self.folder = folder
        if create:
            folder.mkdir(parents=True, exist_ok=True)

    def _known(self) -> Path:
        if not self.folder.is_dir():
            raise NotFoundError(self.folder.name)
        return self.folder

    @contextmanager
    def batch_upload(self, force: bool = False) -> Iterator[Upload]:
        yield Upload(self._known())

    def read_file(self, path: str) -> Iterator[bytes]:
        yield (self._known() / path).read_bytes()

    def listdir(self, path: str, *, recursive: bool = False) -> list[Entry]:
        found = [file for file in self._known().rglob("*") if file.is_file() or file.is_symlink()]
        return [Entry(str(file.relative_to(self.folder)), 3 if file.is_symlink() else 1, 0, 0) for file in found]


class Sandbox:
    def __init__(self, container: Container) -> None:
        self.container = container
        self.stdout = SimpleNamespace(read=lambda: "")
        self.stderr = SimpleNamespace(read=lambda: container.log.read_text())

    def poll(self) -> int | None:
        return self.container.status()

    def exec(self, *args: str) -> None:
        self.container.stop(5.0)

    def terminate(self) -> None:
        self.container.stop(0.0)


class ModalDouble:
    """`import modal`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.sandboxes: dict[str, Sandbox] = {}
        self.created: list[dict[str, Any]] = []
        self.exception = SimpleNamespace(**{kind.__name__: kind for kind in _KINDS})
        self.refuses: Exception | None = None
        self.clients: list[Any] = []
        self.Client = SimpleNamespace(from_credentials=lambda token_id, token_secret: (token_id, token_secret))
        self.App = SimpleNamespace(lookup=self._app)
        self.Image = SimpleNamespace(from_registry=lambda tag: tag)
        self.Volume = SimpleNamespace(from_name=self._volume)
        self.Sandbox = SimpleNamespace(create=self._create, from_name=self._from_name)

    def _app(self, name: str, *, client: Any = None, create_if_missing: bool = False) -> str:
        self.clients.append(client)
        if self.refuses:
            raise self.refuses
        return name

    def _volume(self, name: str, *, client: Any = None, create_if_missing: bool = False) -> Volume:
        self.clients.append(client)
        return Volume(self._folder / "volumes" / name, create_if_missing)

    def _create(self, *args: str, volumes: dict[str, Volume], env: dict[str, str], name: str, **more: Any) -> Sandbox:
        self.created.append({"name": name, "env": env, "args": args, **more})
        binds = [(str(volume.folder), target) for target, volume in volumes.items()]
        container = Container(list(args), env, binds, self._folder / f"{name}.log")
        self.sandboxes[name] = Sandbox(container)
        container.start()
        return self.sandboxes[name]

    def _from_name(self, app_name: str, name: str, *, include_terminated: bool = False, client: Any = None) -> Sandbox:
        self.clients.append(client)
        sandbox = self.sandboxes.get(name)
        if sandbox is None or (sandbox.poll() is not None and not include_terminated):
            raise NotFoundError(name)
        return sandbox


@contextmanager
def modal_cloud(folder: Path) -> Iterator[ModalDouble]:
    folder.mkdir(parents=True, exist_ok=True)
    double = ModalDouble(folder)
    try:
        yield double
    finally:
        kill([sandbox.container for sandbox in double.sandboxes.values()])


def kill(containers: Sequence[Container]) -> None:
    for container in containers:
        if container.process is not None:
            container.process.kill()
            container.process.wait()
