"""What an expression in code comes to, as far as it can be known without running it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from muster.nomad.domain.port_forms import env_form

_PORT = re.compile(r"(?:.*:)?([0-9]{1,5})", re.DOTALL)
# Variables that hold the address of another service, or of tools, never the one that the code listens on.
_ELSEWHERE = re.compile(
    r"(?:^|_)(?:DB|DATABASE|PG|POSTGRES\w*|MYSQL|MARIADB|MONGO\w*|REDIS|SMTP|MAIL|EMAIL|AMQP|RABBIT\w*|KAFKA|NATS|MQTT"
    r"|ELASTIC\w*|MEMCACHED?|UPSTREAM|REMOTE|TARGET|BROKER|LDAP)(?:_|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Value:
    """A literal's text, None when unknown, and the environment variable that would set it."""

    text: str | None = None
    env: str | None = None
    whole: bool = True
    """No part of the text is missing."""
    part: bool = False
    """The variable is only a part of the text, as in `":" + port`."""
    default: str | None = None
    """Of a variable that is a part: its own default."""

    @property
    def whole_text(self) -> str | None:
        """The text where all of it is known."""
        return self.text if self.whole else None

    @property
    def known(self) -> bool:
        """Whether anything is known of it."""
        return self.text is not None or self.env is not None

    @property
    def port(self) -> int | None:
        """The port in `8080`, `:8080` or `0.0.0.0:8080`; None for other text, and for 0, which asks for any port."""
        found = _PORT.fullmatch(self.text.strip()) if self.text is not None and len(self.text) < 300 else None
        number = int(found[1]) if found else 0
        return number if 0 < number < 65536 else None

    @property
    def env_form(self) -> str | None:
        """How the variable's value is written, by its default: `:{port}` of `getenv("ADDR", ":8080")`."""
        return env_form(self.env, self.default if self.part else self.whole_text) if self.env else None

    @property
    def is_left_open(self) -> bool:
        """Whether a variable sets it and no default is seen; a default of 0 is one: nothing listens then."""
        return self.env is not None and not any(character.isdigit() for character in self.text or "")

    @property
    def is_elsewhere(self) -> bool:
        """Whether the variable speaks of another service (`DB_PORT`, `REDIS_URL`)."""
        return self.env is not None and _ELSEWHERE.search(self.env) is not None

    def set_by(self, name: str) -> "Value":
        """The same as the default of that variable."""
        return Value(self.text, name, self.whole)


UNKNOWN = Value()


def first_known(values: Iterable[Value]) -> Value:
    """Of alternatives (`a or b`, several assignments): the first text and the first variable."""
    chosen = Value()
    for value in values:
        spoken = value if chosen.text is None else chosen
        giver = chosen if chosen.env else value
        another = giver.env is not None and giver.text not in (None, spoken.text)
        default = giver.whole_text if another and not giver.part else giver.default
        chosen = Value(spoken.text, giver.env, spoken.whole, giver.part or another, default)
    return chosen


def joined(values: Iterable[Value]) -> Value:
    """Text put together from parts; an unknown part is left out, e.g. the host in `{host}:8080`."""
    parts = tuple(values)
    known = [part.text for part in parts if part.text is not None]
    giver = next((part for part in reversed(parts) if part.env), UNKNOWN)
    whole = len(known) == len(parts) and all(part.whole for part in parts)
    default = giver.default if giver.part else giver.whole_text
    alone = giver.env is None or (not giver.part and all(one is giver or one.text == "" for one in parts))
    return Value("".join(known) if known else None, giver.env, whole, not alone, None if alone else default)


def agreed(pairs: Iterable[tuple[str, Value]]) -> Mapping[str, Value]:
    """The names that have one value wherever they have a known one."""
    found: dict[str, set[Value]] = {}
    for name, value in pairs:
        if value.known:
            found.setdefault(name, set()).add(value)
    return {name: next(iter(values)) for name, values in found.items() if len(values) == 1}
