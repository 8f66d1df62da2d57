from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.core.redaction import MASK, redact, redact_json, remember_secrets

SECRETS = (
    "postgres://app:hunter2hunter2@db:5432/x",
    "Authorization: Bearer abcdefgh12345678",
    "hvs.CAESIJxxxxxxxxxxxxxxxxxxxxxx",
    "sk-proj-0123456789abcdefABCDEF",
    "ghp_0123456789abcdefghij0123",
    "github_pat_0123456789abcdefghij0123",
    "glpat-0123456789abcdefghij",
    "xoxb-0123456789-abcdef",
    "AKIAIOSFODNN7EXAMPLE",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----",
    "DB_PASSWORD=hunter2hunter2",
    '{"api_key": "hunter2hunter2"}',
    "client-secret: hunter2hunter2",
)


@pytest.mark.parametrize("text", SECRETS)
def test_a_secrets_shape_is_masked_wherever_it_stands(text: str) -> None:
    shown = redact(f"before {text} after")
    assert MASK in shown
    for part in ("hunter2", "abcdefgh12345678", "0123456789", "IOSFODNN", "c2lnbmF0", "MIIEow", "CAESIJ"):
        assert part not in shown
    assert shown.startswith("before ")


@pytest.mark.parametrize(
    "text",
    [
        "http://127.0.0.1:4646/v1/jobs?namespace=default",
        "exit code 137, OOM killed, memory 64 MB of 64 MB",
        "DB_PASSWORD=${VAULT}",
        'password = "{{ with secret }}"',
        "git@github.com:a/b.git",
        "image: registry.example/app@sha256:0123456789abcdef",
    ],
)
def test_ordinary_text_stays(text: str) -> None:
    assert redact(text) == text


def test_registered_values_are_masked_and_short_ones_ignored() -> None:
    remember_secrets(["quite a plain sentence", "abc"])
    assert redact("say quite a plain sentence, abc") == f"say {MASK}, abc"


@pytest.mark.parametrize(
    "piece", ["x", "password", "a-", "a.", "eyJabcdefghijk-", "eyJabcdefghijk.", "s.", "://u:", "token = ", "=", "a: "]
)
def test_a_line_of_a_megabyte_is_redacted_at_once(piece: str) -> None:
    line = piece * (1_000_000 // len(piece))
    before = process_time()
    redact(line)
    assert process_time() - before < 20  # seconds of this process; quadratic would be hours


def test_a_name_is_found_however_long_the_word_that_it_stands_in() -> None:
    long = "x" * 5000
    assert redact(f"{long}_password_{long}=hunter22") == f"{long}_password_{long}={MASK}"
    assert redact("url=DB_PASSWORD=hunter22") == f"url=DB_PASSWORD={MASK}"
    assert redact("x-eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2ln") == f"x-{MASK}"


@given(st.text())
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    assert redact(redact(text)) == redact(text)


def test_json_is_masked_by_the_names_of_its_keys() -> None:
    assert redact_json({"API_TOKEN": "abcdefgh", "PORT": "8080", "n": 1, "x": None, "l": [True, "plain"]}) == {
        "API_TOKEN": MASK,
        "PORT": "8080",
        "n": 1,
        "x": None,
        "l": [True, "plain"],
    }
    assert redact_json({"key": "JWT_SECRET", "value": "abcdefgh", "where": "f:1"}) == {
        "key": "JWT_SECRET",
        "value": MASK,
        "where": "f:1",
    }
    assert redact_json({"DB_PASSWORD": "${vault}"}) == {"DB_PASSWORD": "${vault}"}


def test_a_value_is_masked_as_it_is_met_in_json_urls_and_base64() -> None:
    remember_secrets(['it "is" ä/b&c'])
    for met in ('it "is" ä/b&c', r"it \"is\" ä/b&c", "it%20%22is%22%20%C3%A4%2Fb%26c", "aXQgImlzIiDDpC9iJmM="):
        assert redact(f"<{met}>") in (f"<{MASK}>", f"<{MASK}=>")


def test_a_value_of_many_lines_is_masked_line_by_line() -> None:
    remember_secrets(["-----BEGIN X-----\nfirst-line-of-it\nsecond-line-of-it\n-----END X-----"])
    assert redact("a first-line-of-it b") == f"a {MASK} b"


def test_a_keys_marker_is_no_value_since_other_keys_have_it_too() -> None:
    marker = "-----BEGIN RSA PRIVATE KEY-----"
    remember_secrets([marker, f"{marker}\nfirst-line-of-one\n-----END RSA PRIVATE KEY-----"])
    assert redact(f"{marker}\nfirst-line-of-another\n-----END RSA PRIVATE KEY-----") == MASK
