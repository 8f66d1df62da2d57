"""The folder here that a cluster knows as a host volume: what jobs there read has to lie in it."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from muster.aegis.domain.workload import Workload
from muster.aegis.executors.bubblewrap import visible_files
from muster.core.errors import UsageError

_OURS = "muster-jobs"


@dataclass(frozen=True)
class SharedVolume:
    """`root` holds our folder `muster-jobs`, a folder a job: jobs run as nobody, and read what all may read."""

    root: Path

    def bring(self, workload: Workload) -> dict[str, str]:
        """Where each input lies below the root. One that lies there already and is open to all stays where it is, any
        other is copied. Raises UsageError where the disk has no room for it."""
        return {name: self._place(workload.name, name, Path(path)) for name, path in workload.inputs.items()}

    def clear(self, job: str) -> None:
        """Remove what was copied for the job."""
        shutil.rmtree(self.root / _OURS / job, ignore_errors=True)

    def _place(self, job: str, name: str, path: Path) -> str:
        root, real = self.root.resolve(), path.resolve()
        if real.is_relative_to(root) and _is_reached_by_all(real, root):
            return str(real.relative_to(root))
        target = root / _OURS / job / name
        _copy(real, target)
        for folder in (target.parent, target.parent.parent):
            folder.chmod(0o755)
        return str(target.relative_to(root))


def _copy(source: Path, target: Path) -> None:
    """Over what a copy that was cut off left."""
    files = [
        (one, target / where.lstrip("/") if where else target)
        for real, below in visible_files(source)
        for one, where in _plain(real, below)
    ]
    free, needed = shutil.disk_usage(_there(target)).free, sum(one.stat().st_size for one, _ in files)
    if needed > free:
        raise UsageError(
            f"{needed // 2**20} MB of inputs are to be copied to {target}, and {free // 2**20} MB are free there",
            advice="Free some space, or put the model below the volume yourself, readable for all.",
        )
    for one, copied in files:
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(one, copied)
        copied.chmod(0o644)
        for folder in copied.relative_to(target).parents if copied != target else ():
            (target / folder).chmod(0o755)


def _plain(path: Path, below: str) -> list[tuple[Path, str]]:
    if not path.is_dir():
        return [(path, below)]
    return [(one, f"{below}/{one.relative_to(path)}") for one in sorted(path.rglob("*")) if one.is_file()]


def _there(path: Path) -> Path:
    return next(one for one in (path, *path.parents) if one.is_dir())


def _is_reached_by_all(path: Path, root: Path) -> bool:
    """Folders from the root down can be passed, files read, by everybody; nothing in it is a link."""
    above = [one for one in path.parents if one.is_relative_to(root)]
    below = [path, *path.rglob("*")] if path.is_dir() else [path]
    return all(one.stat().st_mode & 0o1 for one in above) and all(_is_open(one) for one in below)


def _is_open(item: Path) -> bool:
    if item.is_symlink():
        return False
    mode = item.stat().st_mode
    return mode & 0o5 == 0o5 if item.is_dir() else bool(mode & 0o4)
