import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.nomad.domain.env_vars import env_fact, is_placeholder, looks_secret


@pytest.mark.parametrize(
    "name",
    [
        "DB_PASSWORD", "POSTGRES_PASSWORD", "PGPASSWORD", "MYSQL_PWD", "DB_PW", "SMTP_PASS", "SECRET_KEY", "SECRET_KEY_BASE",
        "API_KEY", "STRIPE_API_KEY", "APP_KEY", "DISCORD_TOKEN", "TOKEN", "githubToken", "AWS_SECRET_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID", "JWT_SECRET", "clientSecret", "GOOGLE_APPLICATION_CREDENTIALS", "apikey", "OPENAI_APIKEY",
    ],
)  # fmt: skip
def test_a_secret_is_known_by_its_name(name: str) -> None:
    assert looks_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        "PORT", "DEBUG", "DB_PASSWORD_FILE", "TOKEN_TTL", "MAX_TOKENS", "NEXT_PUBLIC_API_KEY", "PUBLIC_KEY", "PWD", "KEY",
        "TOKENIZERS_PARALLELISM", "MONKEY", "KEYCLOAK_URL", "PASSTHROUGH", "OAUTH_TOKEN_URL", "CACHE_KEY", "COMPASS",
        "DATABASE_URL", "PASSWORD_MIN_LENGTH", "KEY_VAULT_NAME", "",
    ],
)  # fmt: skip
def test_a_name_that_only_speaks_about_a_secret_is_none(name: str) -> None:
    assert not looks_secret(name)


@pytest.mark.parametrize(
    "value",
    [
        "postgres://app:hunter2@db/app",
        "redis://:pw@cache:6379",
        "AKIA" + "ABCDEFGHIJKLMNOP",
        "-----BEGIN RSA PRIVATE KEY-----\nx",
        "ghp_" + "a1" * 12,
        "https://hooks.slack.com/services/T0/B0/x",
    ],
)
def test_a_secret_is_known_by_its_shape(value: str) -> None:
    assert looks_secret("SETTING", value)


@pytest.mark.parametrize(
    "value",
    ["postgres://db/app", "postgres://app@db/app", "http://localhost:8080/a@b", "postgres://a:${PW}@db", "plain"],
)
def test_a_url_without_a_password_is_no_secret(value: str) -> None:
    assert not looks_secret("SETTING", value)


def test_a_switch_is_no_secret_whatever_it_is_called() -> None:
    assert not looks_secret("CHECK_TOKEN", "true")


@pytest.mark.parametrize(
    "value",
    [
        "", " ", "changeme", "change-me-in-production", "<your key>", "your-api-key", "xxx", "sk-xxxxxxxxxxxx", "...",
        "TODO", "replace_with_real", "https://your-domain.com", "me@example.com", "/path/to/file", "{{ secret }}",
    ],
)  # fmt: skip
def test_a_placeholder_is_no_value(value: str) -> None:
    assert is_placeholder(value)


@pytest.mark.parametrize(
    "value", ["8080", "redis://localhost:6379/0", "info", "0", "a-b", "postgres", "additive", "settings"]
)
def test_an_ordinary_value_is_no_placeholder(value: str) -> None:
    assert not is_placeholder(value)


def test_the_value_of_a_secret_is_never_kept() -> None:
    fact = env_fact("DB_PASSWORD", "hunter2")
    assert fact.secret
    assert fact.value is None


@given(st.text(), st.text())
def test_any_text_can_be_asked_about(name: str, value: str) -> None:
    assert looks_secret(name, value) in (True, False)
    assert is_placeholder(value) in (True, False)
