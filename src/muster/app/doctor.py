"""`muster doctor`: is each agent installed and configured, and do its services answer?"""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from muster.app.agents import load_agent
from muster.core.console import visible
from muster.core.errors import MusterError, WorkFailedError
from muster.core.health import Check, Health, ask_all
from muster.core.observability.logs import set_up_logs


@dataclass(frozen=True)
class Finding:
    """One answer, for one agent."""

    agent: str
    check: str
    health: Health


def examine(agents: Mapping[str, str], *, as_json: bool) -> None:
    """Ask all checks of all agents, at once. Raises WorkFailedError when one of them is unhealthy."""
    asked = [(name, check) for name in agents for check in _checks(name, agents)]
    answers = ask_all([check for _, check in asked])
    findings = [Finding(name, check.name, health) for (name, check), health in zip(asked, answers, strict=True)]
    if as_json:
        rows = [{"agent": one.agent, "check": one.check, "ok": one.health.ok, **asdict(one.health)} for one in findings]
        sys.stdout.write(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write("".join(map(_line, findings)))
    if bad := sum(not finding.health.ok for finding in findings):
        raise WorkFailedError(f"{bad} of {len(findings)} checks failed")


def _checks(name: str, agents: Mapping[str, str]) -> tuple[Check, ...]:
    """The agent's own, after one that says whether it can be used at all."""
    try:
        checks, usable = _own_checks(name, agents), Health("ok", detail="installed and configured")
    except MusterError as error:
        checks, usable = (), Health("misconfigured", detail=error.message, advice=error.advice)
    return (Check("settings", lambda: usable), *checks)


def _own_checks(name: str, agents: Mapping[str, str]) -> tuple[Check, ...]:
    agent = load_agent(name, agents)
    settings = agent.load_settings()
    set_up_logs(settings)
    return agent.checks(settings)


def _line(finding: Finding) -> str:
    health = finding.health
    line = f"{'ok  ' if health.ok else 'FAIL'}  {finding.agent}: {finding.check}: {health.detail}\n"
    return visible(line + (f"      {health.advice}\n" if health.advice and not health.ok else ""))
