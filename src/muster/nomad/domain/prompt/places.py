"""Reads where variables lie from the user's words: "Use secret/data/shop/db for DB_USER and DB_PASSWORD"."""

import re
from collections.abc import Iterator

from muster.core.evidence import Sourced
from muster.nomad.domain.env.secret_places import field_of
from muster.nomad.domain.env_vars import looks_secret
from muster.nomad.domain.places import Place, parse_place
from muster.nomad.domain.prompt.negation import is_negated

_NAME = r"[A-Z][A-Z0-9_]{1,80}"
_WISH = re.compile(
    r"\b(?i:use|take|read|get)\s+(?i:(?P<store>vault|nomad-var|consul):\s*|vault\s+)?[\"'`]?"
    r"(?P<path>[\w-]+(?:/[\w.-]*\w)+)(?:#(?P<key>[\w.-]*\w))?[\"'`]?\s+(?i:for|as)\s+"
    rf"(?P<names>{_NAME}(?:(?:\s*,\s*(?i:and\s+)?|\s+(?i:and)\s+|\s*&\s*){_NAME})*)"
)


def take_places(text: str, refused: list[str]) -> tuple[str, Sourced[dict[str, str]] | None]:
    """What is left of the text without these wishes, and the place of each variable; the first wish for one counts.

    `vault:` may be left out, and so may the key, which then follows from the variable's name. A secret that is to be
    read from Consul's store goes to `refused`.
    """
    places: dict[str, str] = {}
    quotes: list[str] = []
    wanted = [found for found in _WISH.finditer(text) if not is_negated(text, found.start())]
    for found in wanted:
        quotes.append(f'"{found[0]}"')
        for name, place in _places(found):
            if place.store == "consul" and looks_secret(name):
                refused.append(f"{found[0]}: Consul's store is no place for the secret {name}")
            else:
                places.setdefault(name, str(place))
    for found in reversed(wanted):
        text = f"{text[: found.start()]};{text[found.end() :]}"
    if not places:
        return text, None
    return text, Sourced(value=places, source="user", where=", ".join(quotes), reason="the prompt asks for it")


def _places(found: re.Match[str]) -> Iterator[tuple[str, Place]]:
    store, path = (found["store"] or "vault").lower(), found["path"]
    for name in re.findall(_NAME, found["names"]):
        key = "" if store == "consul" else f"#{found['key'] or field_of(name, path)}"
        place = parse_place(f"{store}:{path}{key}")
        if place:
            yield name, place
