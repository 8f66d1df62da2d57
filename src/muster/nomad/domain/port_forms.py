"""How the variable that says where a program listens is written: `8080`, `:8080`, `0.0.0.0:8080`, `http://+:8080`."""

import re

_NUMBER = "{port}"
_ADDRESS = re.compile(r"((?:[a-z]{1,9}://)?(?:\[[0-9a-fA-F:]{0,40}\]|[\w.*+-]{0,100}):)\d{1,5}(/?)")
_NAMES_ADDRESS = re.compile(
    r"(?:.*_)?(?:ADDR(?:ESS)?|BIND(?:ING)?|LISTEN(?:ER)?|ENDPOINT|HOST_?PORT|URLS?)(?:_(?:ON|TO|HTTP|URLS?))?"
    r"|\w*ADDR(?:ESS)?",
    re.IGNORECASE,
)


def env_form(name: str, value: str | None) -> str | None:
    """The text around the number in a variable's value, e.g. `0.0.0.0:{port}`.

    None where the value is no address with a port, and for a bare number in a variable whose name asks for one.
    """
    text = (value or "").strip()
    found = _ADDRESS.fullmatch(text)
    if found:
        return f"{found[1]}{_NUMBER}{found[2]}"
    return _NUMBER if re.fullmatch(r"\d{1,5}", text, re.ASCII) and names_address(name) else None


def names_address(name: str) -> bool:
    """Whether the name asks for an address (LISTEN_ADDR, GUNICORN_BIND) rather than for a number (PORT, BIND_PORT)."""
    return _NAMES_ADDRESS.fullmatch(name) is not None


def port_text(name: str, form: str | None, port: str) -> str | None:
    """What the variable is set to for a port; None where it wants an address, and nothing shows how it is written."""
    if form is None:
        return None if names_address(name) else port
    return form.replace(_NUMBER, port)
