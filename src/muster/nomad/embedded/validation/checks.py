"""What Nomad refuses in one service check; it stops at a check's first fault."""

import re

from muster.nomad.embedded.validation.policies import SECOND_NS
from muster.nomad.embedded.validation.reading import Block, flag, inner, number, text
from muster.nomad.embedded.validation.wording import broken, lasting, listed, quoted

_PORT_TYPES = ("grpc", "http", "tcp")
_ON_UPDATE = ("", "ignore", "require_healthy", "ignore_warnings")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.\-]*:")
_UNPARSABLE = re.compile(r"[\x00-\x1f\x7f]|%(?![0-9a-fA-F]{2})|^:")


def requires_port(check: Block) -> bool:
    """Whether the check is made over the network; Nomad compares the type with its case."""
    return text(check, "Type") in _PORT_TYPES


def check_error(check: Block) -> str:
    """The first thing wrong with a check, or an empty text."""
    return next(filter(None, (rule(check) for rule in _RULES)), "")


def _first(*rules: tuple[bool, str]) -> str:
    said = broken(*rules)
    return said[0] if said else ""


def _type_error(check: Block) -> str:
    match text(check, "Type").lower():
        case "http":
            return _path_error(text(check, "Path"))
        case "script":
            return _first((not text(check, "Command"), "script type must have a valid script path"))
        case "grpc" | "tcp":
            return ""
        case _:
            given = quoted(text(check, "Type"), ascii_only=True)
            return f'invalid type ({given}), must be one of "http", "tcp", or "script" type'


def _path_error(path: str) -> str:
    return _first(
        (not path or bool(_UNPARSABLE.search(path)), "http type must have a valid http path"),
        (bool(_SCHEME.match(path)), "http type must have a relative http path"),
    )


def _timing_error(check: Block) -> str:
    interval, timeout = number(check, "Interval"), number(check, "Timeout")
    return _first(
        (interval == 0, "missing required value interval. Interval cannot be less than 1s"),
        (interval < SECOND_NS, f"interval ({lasting(interval)}) cannot be lower than 1s"),
        (timeout == 0, "missing required value timeout. Timeout cannot be less than 1s"),
        (timeout < SECOND_NS, f"timeout ({lasting(timeout)}) is lower than required minimum timeout 1s"),
    )


def _state_error(check: Block) -> str:
    state = text(check, "InitialStatus")
    known = state in ("", "passing", "warning", "critical")
    choices = '"passing", "warning", "critical" or empty'
    return "" if known else f"invalid initial check state ({state}), must be one of {choices}"


def _address_error(check: Block) -> str:
    mode = text(check, "AddressMode")
    return _first(
        (mode == "auto", 'invalid address_mode "auto" - auto only valid for services'),
        (mode not in ("", "host", "driver", "alloc"), f"invalid address_mode {quoted(mode)}"),
    )


def _on_update_error(check: Block) -> str:
    mode = text(check, "OnUpdate")
    choices = '"require_healthy", "ignore_warnings", or "ignore"'
    return _first((mode not in _ON_UPDATE, f"on_update must be {choices}; got {quoted(mode)}"))


def _expose_error(check: Block) -> str:
    exposable = text(check, "Type").lower() in ("grpc", "http")
    return _first((flag(check, "Expose") and not exposable, "expose may only be set on HTTP or gRPC checks"))


def _threshold_error(check: Block) -> str:
    passing, failing = number(check, "SuccessBeforePassing"), number(check, "FailuresBeforeCritical")
    supported = requires_port(check)
    unsupported = f"not supported for check of type {quoted(text(check, 'Type'))}"
    return _first(
        (passing < 0, "success_before_passing must be non-negative"),
        (passing > 0 and not supported, f"success_before_passing {unsupported}"),
        (failing < 0, "failures_before_critical must be non-negative"),
        (failing > 0 and not supported, f"failures_before_critical {unsupported}"),
    )


def _restart_error(check: Block) -> str:
    restart, mode = inner(check, "CheckRestart"), text(check, "OnUpdate")
    if restart is None:
        return ""
    clash = mode == "ignore_warnings" and not flag(restart, "IgnoreWarnings")
    said = _first(
        (mode == "ignore", f"on_update value {quoted(mode)} is not compatible with check_restart"),
        (clash, f'on_update value {quoted(mode)} not supported with check_restart ignore_warnings value "false"'),
    )
    limit, grace = number(restart, "Limit"), number(restart, "Grace")
    return said or listed(
        broken(
            (limit < 0, f"limit must be greater than or equal to 0 but found {limit}"),
            (grace < 0, f"grace period must be greater than or equal to 0 but found {grace}"),
        )
    )


_RULES = (
    _type_error,
    _timing_error,
    _state_error,
    _address_error,
    _on_update_error,
    _expose_error,
    _threshold_error,
    _restart_error,
)
