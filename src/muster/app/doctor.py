"""`muster doctor`: is each agent installed and configured, and do its services answer?"""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

from muster.app.agents import load_agent
from muster.core.console import visible
from muster.core.errors import MusterError, WorkFailedError
from muster.core.health import Check, Health, ask_health
from muster.core.observability.logs import set_up_logs


@dataclass(frozen=True)
class Finding:
    """One answer, for one agent."""

    agent: str
    check: str
    health: Health


def examine(agents: Mapping[str, str], *, as_json: bool) -> None:
    """Ask all checks of all agents. Raises WorkFailedError when one of them is unhealthy."""
    findings = [finding for name in agents for finding in _findings(name, agents)]
    if as_json:
        rows = [{"agent": one.agent, "check": one.check, **asdict(one.health)} for one in findings]
        sys.stdout.write(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write("".join(map(_line, findings)))
    if bad := sum(not finding.health.ok for finding in findings):
        raise WorkFailedError(f"{bad} of {len(findings)} checks failed")


def _findings(name: str, agents: Mapping[str, str]) -> Iterator[Finding]:
    try:
        checks = _checks(name, agents)
    except MusterError as error:
        yield Finding(name, "settings", Health(ok=False, detail=error.message, advice=error.advice))
        return
    yield Finding(name, "settings", Health(ok=True, detail="installed and configured"))
    yield from (Finding(name, check.name, ask_health(check)) for check in checks)


def _checks(name: str, agents: Mapping[str, str]) -> tuple[Check, ...]:
    agent = load_agent(name, agents)
    settings = agent.load_settings()
    set_up_logs(settings)
    return agent.checks(settings)


def _line(finding: Finding) -> str:
    health = finding.health
    line = f"{'ok  ' if health.ok else 'FAIL'}  {finding.agent}: {finding.check}: {health.detail}\n"
    return visible(line + (f"      {health.advice}\n" if health.advice and not health.ok else ""))
