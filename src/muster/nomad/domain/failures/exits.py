"""What the exit of a task says by itself: out of memory, not executable, or just a code."""

from muster.nomad.domain.failures.scene import Suspect, overrides_command
from muster.nomad.domain.outcomes import Cause

KILLED = 137
NOT_EXECUTABLE = 126
NOT_FOUND = 127

SIGNALS = {134: "aborted", 136: "arithmetic error", 139: "segmentation fault", 143: "terminated"}
"""Exit codes of 128 and a signal, where the signal tells a human something."""

_NOMADS_OWN = ("Killing", "Restart Signaled", "Restart Signal")


def classify_oom(suspect: Suspect) -> Cause | None:
    """Killed by the kernel at its memory limit, by the driver's own word."""
    return _out_of_memory(suspect) if suspect.report.oom_killed else None


def classify_killed(suspect: Suspect) -> Cause | None:
    """Exit code 137 that neither Nomad nor a failing check asked for.

    The kernel kills like that at the memory limit, and docker's flag misses kills of child processes.
    """
    events = suspect.report.events
    asked_for = any(event.type in _NOMADS_OWN for event in events)
    return _out_of_memory(suspect) if suspect.report.exit_code == KILLED and not asked_for else None


def classify_not_found(suspect: Suspect) -> Cause | None:
    """Exit codes 127 and 126: a shell found no such command, or may not execute it."""
    code = suspect.report.exit_code
    if code not in (NOT_FOUND, NOT_EXECUTABLE):
        return None
    line = next((line for line in suspect.log() if line.strip()), "")
    what = "was not found" if code == NOT_FOUND else "may not be executed"
    return suspect.blame(
        "command_not_found",
        "rule" if overrides_command(suspect) else "human",
        f"{suspect.name}: a command {what} (exit code {code})",
        advice="Correct the command, or leave it out so that the image starts its own.",
        facts={"exit_code": str(code)},
        quotes=_quotes(suspect, line),
    )


def classify_crash(suspect: Suspect) -> Cause | None:
    """The process ended, and nothing says why."""
    code = suspect.report.exit_code
    if code is None or (suspect.report.state == "running" and not suspect.report.restarts):
        return None
    line = next((line for line in suspect.log() if line.strip()), "")
    return suspect.blame(
        "crash",
        "human",
        f"{suspect.name} {_ended(suspect, code)}" + (f"; its last words: {line.strip()}" if line else ""),
        advice=_crash_advice(code),
        facts={"exit_code": str(code), "restarts": str(suspect.report.restarts)},
        quotes=_quotes(suspect, line),
    )


def _out_of_memory(suspect: Suspect) -> Cause:
    resources = suspect.task.resources if suspect.task else None
    limit = (resources.memory_max_mb or resources.memory_mb) if resources else 0
    return suspect.blame(
        "memory",
        "rule",
        f"{suspect.name} was killed at its limit of {limit} MB (exit code {KILLED}){_restarts(suspect)}",
        advice="Give it more memory, or make it need less.",
        facts={"problem": "oom", "limit_mb": str(limit), "restarts": str(suspect.report.restarts)},
        quotes=_quotes(suspect, ""),
    )


def _ended(suspect: Suspect, code: int) -> str:
    if code == 0:
        return f"ended by itself (exit code 0){_restarts(suspect)}, and a service should run on"
    signal = f", {SIGNALS[code]}" if code in SIGNALS else ""
    return f"crashed (exit code {code}{signal}){_restarts(suspect)}"


def _crash_advice(code: int) -> str:
    if code == 0:
        return "Keep the process in the foreground, or make the job a batch job."
    return "Run the image by hand with the same environment; the lines above are all that it said."


def _restarts(suspect: Suspect) -> str:
    count = suspect.report.restarts
    return f" after {count} restart{'s' if count != 1 else ''}" if count else ""


def _quotes(suspect: Suspect, line: str) -> tuple[str, ...]:
    exits = [event for event in suspect.report.events if event.type == "Terminated"]
    return tuple(quote for quote in (*(event.message for event in exits[-1:]), line.strip()) if quote)
