from pathlib import Path

import pytest
import yaml

from muster.core.errors import SettingsError
from muster.core.web.api_keys import LOCAL, ApiKey, caller_of, check_binding, is_loopback, new_key, read_keys


def a_file(tmp_path: Path, *keys: dict[str, object]) -> Path:
    file = tmp_path / "keys.yaml"
    file.write_text(yaml.safe_dump({"keys": list(keys)}))
    return file


def entry(key: ApiKey) -> dict[str, object]:
    return {"name": key.name, "sha256": key.sha256, "scopes": sorted(key.scopes)}


def test_a_key_is_known_by_its_hash_alone(tmp_path: Path) -> None:
    plain, key = new_key("ci", ["tasks:write"])
    keys = read_keys(a_file(tmp_path, entry(key)))
    caller = caller_of(keys, plain)
    assert caller is not None
    assert (caller.name, caller.may("tasks:write"), caller.may("tasks:read")) == ("ci", True, False)
    assert plain not in (tmp_path / "keys.yaml").read_text()


def test_another_key_is_nobodys(tmp_path: Path) -> None:
    _, key = new_key("ci", ["tasks:write"])
    keys = read_keys(a_file(tmp_path, entry(key)))
    assert caller_of(keys, new_key("ci", ["tasks:write"])[0]) is None
    assert caller_of(keys, key.sha256) is None
    assert caller_of(keys, "") is None


def test_no_file_means_no_keys() -> None:
    assert read_keys(None) == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("keys: []", "at least 1 item"),
        ("keys: [{name: a, sha256: short, scopes: [tasks:read]}]", "sha256"),
        ("keys: [{name: a, sha256: " + "0" * 64 + ", scopes: [everything]}]", "scopes"),
        ("keys: [{name: a, sha256: " + "0" * 64 + ", scopes: [a:b], extra: 1}]", "extra"),
        ("- a", "wrong"),
        ("keys: {", "can't be read"),
    ],
)
def test_each_mistake_of_the_file_is_named(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "keys.yaml"
    file.write_text(text)
    with pytest.raises(SettingsError, match=said):
        read_keys(file)


def test_two_entries_of_one_name_are_refused(tmp_path: Path) -> None:
    entries = [entry(new_key("ci", ["tasks:read"])[1]) for _ in range(2)]
    with pytest.raises(SettingsError, match="names one twice"):
        read_keys(a_file(tmp_path, *entries))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "example.org", ""])
def test_beyond_this_machine_keys_are_needed(host: str) -> None:
    with pytest.raises(SettingsError, match="without API keys"):
        check_binding(host, ())
    check_binding(host, (new_key("ci", ["tasks:read"])[1],))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost"])
def test_this_machine_needs_none(host: str) -> None:
    assert is_loopback(host)
    check_binding(host, ())


def test_local_may_everything() -> None:
    assert LOCAL.may("tasks:decide")
