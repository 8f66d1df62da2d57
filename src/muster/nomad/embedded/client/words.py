"""The words of task events, as Nomad says them, and Go's way to write a duration."""

from typing import Any

from muster.nomad.embedded.state.values import MILLISECOND, SECOND, TaskEvent


def go_duration(ns: int) -> str:
    """A duration as Go prints it: `2.259365078s`, `1m30s`, `350ms`, `0s`."""
    if ns == 0:
        return "0s"
    if ns < SECOND:
        unit, name = (MILLISECOND, "ms") if ns >= MILLISECOND else (1_000, "µs") if ns >= 1_000 else (1, "ns")
        return f"{_decimal(ns, unit)}{name}"
    minutes, rest = divmod(ns, 60 * SECOND)
    hours, minutes = divmod(minutes, 60)
    seconds = f"{_decimal(rest, SECOND)}s"
    if hours:
        return f"{hours}h{minutes}m{seconds}"
    return f"{minutes}m{seconds}" if minutes else seconds


def _decimal(value: int, unit: int) -> str:
    whole, rest = divmod(value, unit)
    digits = str(rest).zfill(len(str(unit)) - 1).rstrip("0") if rest else ""
    return f"{whole}.{digits}" if digits else str(whole)


def _event(kind: str, message: str, time_ns: int, details: dict[str, str] | None = None, **fields: Any) -> TaskEvent:
    return TaskEvent(kind, message, time_ns, details or {}, fields)


def received(time_ns: int) -> TaskEvent:
    """The client has the allocation."""
    return _event("Received", "Task received by client", time_ns)


def task_setup(time_ns: int) -> TaskEvent:
    """Its directory is being built."""
    text = "Building Task Directory"
    return _event("Task Setup", text, time_ns, {"message": text}, Message=text)


def setup_failure(time_ns: int, error: str) -> TaskEvent:
    """The allocation itself could not be set up."""
    return _event("Setup Failure", f"failed to setup alloc: {error}", time_ns, {"fails_task": "true"}, FailsTask=True)


def failed_validation(time_ns: int, error: str) -> TaskEvent:
    """The driver does not understand the task's config."""
    text = f"2 errors occurred:\n\t* failed to parse config: \n\t* {error}\n\n"
    return _event("Failed Validation", text, time_ns, {"validation_error": text}, ValidationError=text)


def downloading_artifacts(time_ns: int) -> TaskEvent:
    """Artifacts are being fetched."""
    return _event("Downloading Artifacts", "Client is downloading artifacts", time_ns)


def failed_artifact(time_ns: int, source: str, error: str) -> TaskEvent:
    """An artifact could not be fetched."""
    text = f'failed to download artifact "{source}": {error}'
    return _event("Failed Artifact Download", text, time_ns, {"download_error": text}, DownloadError=text)


def template_missing(time_ns: int, dependencies: str) -> TaskEvent:
    """A template waits for what is not there."""
    return _event("Template", f"Missing: {dependencies}", time_ns)


def downloading_image(time_ns: int, image: str) -> TaskEvent:
    """The engine pulls the image."""
    text = "Downloading image"
    return _event("Driver", text, time_ns, {"image": image}, DriverMessage=text)


def driver_failure(time_ns: int, error: str) -> TaskEvent:
    """The driver could not start the task."""
    return _event("Driver Failure", error, time_ns, {"driver_error": error}, DriverError=error)


def started(time_ns: int) -> TaskEvent:
    """It runs."""
    return _event("Started", "Task started by client", time_ns)


def terminated(time_ns: int, code: int, signal: int, message: str, *, oom: bool) -> TaskEvent:
    """It ended."""
    parts = [f"Exit Code: {code}"]
    if signal:
        parts.append(f"Signal: {signal}")
    if message:
        parts.append(f'Exit Message: "{message}"')
    details = {"exit_code": str(code), "signal": str(signal), "oom_killed": "true" if oom else "false"}
    fields: dict[str, Any] = {"ExitCode": code, "Signal": signal, "Message": message}
    if message:
        details["exit_message"] = message
    return _event("Terminated", ", ".join(parts), time_ns, details, **{k: v for k, v in fields.items() if v})


def restarting(time_ns: int, reason: str, delay_ns: int) -> TaskEvent:
    """It will start again after a delay."""
    text = f"Task restarting in {go_duration(delay_ns)}"
    if reason and reason != "Restart within policy":
        text = f"{reason} - {text}"
    details = {"restart_reason": reason, "start_delay": str(delay_ns)}
    return _event("Restarting", text, time_ns, details, RestartReason=reason, StartDelay=delay_ns)


def not_restarting(time_ns: int, reason: str) -> TaskEvent:
    """Its policy gives it up."""
    details = {"fails_task": "true", "restart_reason": reason}
    return _event("Not Restarting", reason, time_ns, details, FailsTask=True, RestartReason=reason)


def restart_signaled(time_ns: int, reason: str) -> TaskEvent:
    """Somebody asked for its restart."""
    return _event("Restart Signaled", reason, time_ns, {"restart_reason": reason}, RestartReason=reason)


def signaling(time_ns: int, signal: str) -> TaskEvent:
    """The task is sent a signal on request."""
    return _event("Signaling", "Task being sent a signal", time_ns, {"signal": signal})


def sibling_failed(time_ns: int, sibling: str) -> TaskEvent:
    """Another task of its group failed."""
    text = f'Task\'s sibling "{sibling}" failed'
    return _event("Sibling Task Failed", text, time_ns, {"failed_sibling": sibling}, FailedSibling=sibling)


def leader_dead(time_ns: int) -> TaskEvent:
    """The task that leads the group ended."""
    return _event("Leader Task Dead", "Leader Task in Group dead", time_ns)


def main_dead(time_ns: int) -> TaskEvent:
    """All main tasks ended, so the sidecars do too."""
    return _event("Main Tasks Dead", "Main tasks in the group died", time_ns)


def killing(time_ns: int, timeout_ns: int) -> TaskEvent:
    """It is asked to stop."""
    wait = go_duration(timeout_ns)
    text = f"Sent interrupt. Waiting {wait} before force killing"
    return _event("Killing", text, time_ns, {"kill_timeout": wait}, KillTimeout=timeout_ns)


def template_failed(time_ns: int, error: str) -> TaskEvent:
    """A template can't be rendered at all."""
    return _event("Killing", f"Template failed: {error}", time_ns, {"fails_task": "true"}, FailsTask=True)


def killed(time_ns: int) -> TaskEvent:
    """It stopped because it was asked to."""
    return _event("Killed", "Task successfully killed", time_ns)


def alloc_unhealthy(time_ns: int, reason: str) -> TaskEvent:
    """Why the allocation did not become healthy."""
    return _event("Alloc Unhealthy", reason, time_ns, {"message": reason}, Message=reason)
