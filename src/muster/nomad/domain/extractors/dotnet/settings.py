"""appsettings.json and launchSettings.json: where Kestrel listens, connection strings, variables of development."""

import re
from collections.abc import Iterator

from muster.nomad.domain.env_vars import env_fact
from muster.nomad.domain.extractors.code.env import NAME
from muster.nomad.domain.extractors.code.findings import EXPLICIT, GUESS, LISTED, Finding
from muster.nomad.domain.extractors.code.urls import url_finding, url_services
from muster.nomad.domain.extractors.code.values import Value
from muster.nomad.domain.extractors.dotnet.env import variable
from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.extractors.tables import Table, inner_table, json_table, table
from muster.nomad.domain.facts import PortFact

_COMMENT = re.compile(r"\"(?:[^\"\\\n]|\\.)*+\"|(//[^\n]*+|/\*[^*]*+(?:\*(?!/)[^*]*+)*+(?:\*/)?)|(,)(?=\s{0,200}[}\]])")
_PORT = re.compile(r"https?://[^\s;/,]{1,100}?:([0-9]{1,5})/?")
_PLAIN_NAMES = ("ASPNETCORE_", "DOTNET_")
_BASE = "appsettings.json"
_PRODUCTION = "appsettings.production.json"


def setting_findings(file: SourceFile) -> Iterator[Finding]:
    """What a file of settings says; one of development, or of launches by an IDE, only weakly names variables."""
    data = _loaded(file.text)
    if file.name == "launchSettings.json":
        yield from _launches(file, data)
        return
    aside = file.name.lower() not in (_BASE, _PRODUCTION)
    for name in inner_table(data, "ConnectionStrings"):
        env = variable(f"ConnectionStrings:{name}")
        if env:
            reason = f"a connection string in {file.name}; {env} sets it"
            yield Finding(
                file.path, _line(file, name), env_fact(env, None, secret=True), reason, GUESS if aside else LISTED
            )
    if not aside:
        yield from _listening(file, data)
    for number, line in enumerate(file.lines, start=1):
        for _, service, scheme in url_services(line[:2000]) if "://" in line else ():
            yield url_finding(file.path, number, service, scheme)


def _listening(file: SourceFile, data: Table) -> Iterator[Finding]:
    """Kestrel's endpoints, else `Urls`, which they override."""
    endpoints = inner_table(inner_table(data, "Kestrel"), "Endpoints")
    named = [(f"Kestrel:Endpoints:{name}:Url", inner_table(endpoints, name).get("Url")) for name in endpoints]
    for key, value in named or [(key, data[key]) for key in data if key.lower() == "urls"]:
        urls = value.split(";") if isinstance(value, str) else []
        for url in urls[:10]:
            yield from _port(file, key, url.strip(), alone=len(urls) == 1)


def _port(file: SourceFile, key: str, url: str, *, alone: bool) -> Iterator[Finding]:
    found = _PORT.fullmatch(url)
    port = int(found[1]) if found else 0
    if not 0 < port < 65536:
        return
    env = key.replace(":", "__") if alone and ":" in key and re.fullmatch(NAME, key.replace(":", "__")) else None
    fact = PortFact(port=port, env=env, env_form=Value(url, env).env_form)
    yield Finding(file.path, _line(file, url), fact, f"{key} in {file.name} is {url}", EXPLICIT)


def _launches(file: SourceFile, data: Table) -> Iterator[Finding]:
    """The variables that an IDE sets in development: the names are real, the values are not."""
    for profile in inner_table(data, "profiles").values():
        for name in inner_table(table(profile), "environmentVariables"):
            if re.fullmatch(NAME, name) and not name.startswith(_PLAIN_NAMES):
                reason = f"{name} is set for development in {file.name}"
                yield Finding(file.path, _line(file, name), env_fact(name, None), reason, GUESS)


def _loaded(text: str) -> Table:
    """The object in a JSON text with comments and trailing commas; empty where it can't be parsed."""
    plain = _COMMENT.sub(lambda found: "" if found[1] or found[2] else found[0], text.removeprefix("\ufeff"))
    data = json_table(plain)
    return {} if isinstance(data, str) else data


def _line(file: SourceFile, text: str) -> int:
    return next((number for number, line in enumerate(file.lines, start=1) if f'"{text}"' in line), 1)
