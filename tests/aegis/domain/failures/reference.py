"""The provoked failures of the reference: how each ended, what it printed, and what it was."""

import re
from typing import NamedTuple

from muster.aegis.domain.workload import Ended
from shared_data import SHARED

FILE = SHARED / "aegis-reference" / "failure_texts.md"

_CASE = re.compile(
    r"^### (?P<name>\w+)\nprovoked: (?P<how>[^\n]*); exit status (?P<status>-?\d+)\n"
    r"right diagnosis: (?P<kind>[^\n]*?); right action: (?P<action>[^\n]*)\n```\n(?P<stderr>.*?)\n?```\n"
    r"(?:stdout:\n```\n(?P<stdout>.*?)\n```)?",
    re.MULTILINE | re.DOTALL,
)
_SEEN = {
    "mem_cgroup": {"oom_kills": 1},
    "timeout_kill": {"stopped_for": "timeout"},
    "cputime": {"cpu_limited": True},
}
"""What the supervisor and the kernel know of the kills, and no text tells."""


class Case(NamedTuple):
    name: str
    kind: str
    """One of ours, or empty for a sound end."""
    action: str
    status: int
    log: str

    @property
    def ended(self) -> Ended:
        return Ended.model_validate({"exit_status": self.status, "log_tail": self.log, **_SEEN.get(self.name, {})})


def read_cases() -> list[Case]:
    text = FILE.read_text() if FILE.is_file() else ""
    return [_case(found) for found in _CASE.finditer(text)]


def _case(found: re.Match[str]) -> Case:
    said = re.split(r"[ :(;/]", found["kind"])[0].lower()
    log = f"{found['stderr']}\n{found['stdout'] or ''}"
    return Case(found["name"], "" if said == "none" else said, found["action"], int(found["status"]), log)
