"""What a variable's name alone says about its value: where a program binds, in which mode a framework runs."""

import re
from collections.abc import Callable

from muster.nomad.domain.env.cells import Cell, Suggestion
from muster.nomad.domain.env.surroundings import Surroundings

BINDS = frozenset({"HOST", "APP_HOST", "BIND_HOST", "LISTEN_HOST"})
"""Variables that say on which address a program listens."""

_PORTS = frozenset({"PORT", "APP_PORT", "LISTEN_PORT", "HTTP_PORT", "SERVER_PORT"})
_MODES = {
    "NODE_ENV": "production",
    "RAILS_ENV": "production",
    "RACK_ENV": "production",
    "FLASK_ENV": "production",
    "FLASK_DEBUG": "0",
    "DJANGO_DEBUG": "0",
    "ASPNETCORE_ENVIRONMENT": "Production",
    "DOTNET_ENVIRONMENT": "Production",
    "MIX_ENV": "prod",
    "GIN_MODE": "release",
    "PYTHONUNBUFFERED": "1",
}
_CONSUL = {
    "CONSUL_HOST": "consul.service.consul",
    "CONSUL_ADDR": "http://consul.service.consul:8500",
    "CONSUL_URL": "http://consul.service.consul:8500",
    "CONSUL_HTTP_ADDR": "http://consul.service.consul:8500",
}
_ADDRESS = re.compile(r"\w+_(?:URL|URI|ADDR|ADDRESS|ENDPOINT)")
_WSGI = re.compile(r"\b(\w+)\.[aw]sgi\b")


def suggest_by_name(name: str, around: Surroundings) -> Suggestion | None:
    """The first pattern that knows the name."""
    return next((found for pattern in _PATTERNS if (found := pattern(name, around))), None)


def _stored(name: str, around: Surroundings) -> Suggestion | None:
    spelled = (_config_key(one, around) for one in (name.lower(), name, *_with_dashes(name)))
    key = next((one for one in spelled if one in around.estate.config_keys), None)
    if key is None:
        return None
    return Suggestion(cell=Cell(place=f"consul:{key}"), confidence=0.7, reason="Consul has that key")


def _port(name: str, around: Surroundings) -> Suggestion | None:
    if name not in _PORTS or not around.service.ports:
        return None
    return Suggestion(cell=Cell(assigned=True), confidence=0.8, reason="the port that it listens on is Nomad's to give")


def _bind(name: str, around: Surroundings) -> Suggestion | None:
    quiet = around.service.listens is not None and not around.service.listens.value
    if name not in BINDS or quiet:  # what listens nowhere has somebody else's address there
        return None
    return _fixed("0.0.0.0", 0.8, "it is reached from outside its container")


def _mode(name: str, around: Surroundings) -> Suggestion | None:
    return _fixed(_MODES[name], 0.8, "how its framework runs in earnest") if name in _MODES else None


def _settings(name: str, around: Surroundings) -> Suggestion | None:
    """Django's settings beside the module that the command serves."""
    if name != "DJANGO_SETTINGS_MODULE":
        return None
    words = [*(around.service.entrypoint.value if around.service.entrypoint else ())]
    words += around.service.command.value if around.service.command else ()
    found = _WSGI.search(" ".join(words))
    return _fixed(f"{found[1]}.settings", 0.6, f"the command serves {found[0]}") if found else None


def _consul(name: str, around: Surroundings) -> Suggestion | None:
    return _fixed(_CONSUL[name], 0.6, "Consul's own name, where nodes resolve it") if name in _CONSUL else None


def _address(name: str, around: Surroundings) -> Suggestion | None:
    if not around.stores.consul or not _ADDRESS.fullmatch(name):
        return None
    place = f"consul:{_config_key(name.lower(), around)}"
    return Suggestion(cell=Cell(place=place), confidence=0.4, reason="an address is configuration; is the key there?")


def _with_dashes(name: str) -> tuple[str, str]:
    dashed = name.replace("_", "-")
    return dashed.lower(), dashed


def _config_key(spelled: str, around: Surroundings) -> str:
    return f"{around.app}/config/{spelled}"


def _fixed(value: str, confidence: float, reason: str) -> Suggestion:
    return Suggestion(cell=Cell(value=value), confidence=confidence, reason=reason)


# Order is important: what the stores hold goes before what a name lets one think.
_PATTERNS: tuple[Callable[[str, Surroundings], Suggestion | None], ...] = (
    _stored,
    _port,
    _bind,
    _mode,
    _settings,
    _consul,
    _address,
)
