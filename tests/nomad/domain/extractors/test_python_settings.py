"""Environment variables behind pydantic-settings classes."""

import pytest

from muster.nomad.domain.extractors.python.extractor import EXTRACTOR
from muster.nomad.domain.facts import EnvFact
from nomad.domain.extractors.code_snippets import facts, need, ports

HEAD = "from pydantic_settings import BaseSettings, SettingsConfigDict\nfrom pydantic import Field, AliasChoices\n"

FIELDS = [
    ("a field without a default is needed", "class S(BaseSettings):\n    xx: str", "required"),
    ("a default", "class S(BaseSettings):\n    xx: str = 'a'", "=a"),
    ("None is optional", "class S(BaseSettings):\n    xx: str | None = None", "optional"),
    ("Field with a default", "class S(BaseSettings):\n    xx: int = Field(default=5)", "=5"),
    ("Field with dots is needed", "class S(BaseSettings):\n    xx: int = Field(..., gt=1)", "required"),
    ("Field without a default is needed", "class S(BaseSettings):\n    xx: int = Field(gt=1)", "required"),
    ("an alias names the variable", "class S(BaseSettings):\n    y: str = Field(alias='XX')", "required"),
    ("a validation alias does too", "class S(BaseSettings):\n    y: str = Field('a', validation_alias='XX')", "=a"),
    (
        "of several the first",
        "class S(BaseSettings):\n    y: str = Field(validation_alias=AliasChoices('XX', 'Y'))",
        "required",
    ),
    ("pydantic 1's env", "class S(BaseSettings):\n    y: str = Field('a', env='XX')", "=a"),
    (
        "a prefix in model_config",
        "class S(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='x')\n    x: str",
        "required",
    ),
    ("a prefix in a dict", "class S(BaseSettings):\n    model_config = {'env_prefix': 'x'}\n    x: str", "required"),
    (
        "a prefix in class Config",
        "class S(BaseSettings):\n    x: str\n    class Config:\n        env_prefix = 'X'",
        "required",
    ),
    (
        "an inherited prefix",
        "class A(BaseSettings, env_prefix='x'):\n    z: str = ''\nclass B(A):\n    x: str",
        "required",
    ),
    ("a ClassVar is no field", "class S(BaseSettings):\n    xx: ClassVar[str] = 'a'", "absent"),
    ("a plain model is no settings", "class S(BaseModel):\n    xx: str", "absent"),
]


@pytest.mark.parametrize(("code", "expected"), [pytest.param(code, need, id=name) for name, code, need in FIELDS])
def test_a_field_is_a_variable(code: str, expected: str) -> None:
    assert need(EXTRACTOR, {"config.py": HEAD + code}, "XX") == expected


def test_a_nested_model_is_not_one_variable() -> None:
    code = HEAD + "class D(BaseModel):\n    host: str\nclass S(BaseSettings):\n    db: D"
    assert facts(EXTRACTOR, EnvFact, {"config.py": code}) == []


def test_a_secret_field_is_a_secret() -> None:
    code = HEAD + "class S(BaseSettings):\n    api_key: SecretStr = SecretStr('abc')"
    assert facts(EXTRACTOR, EnvFact, {"config.py": code}) == [EnvFact(name="API_KEY", secret=True)]


def test_a_port_field_of_another_module_is_the_port() -> None:
    files = {
        "app/config.py": HEAD + "class S(BaseSettings):\n    port: int = 8123\n\nsettings = S()",
        "app/main.py": "import uvicorn\nfrom app.config import settings\nuvicorn.run('app:app', port=settings.port)",
    }
    assert ports(EXTRACTOR, files) == [(8123, "PORT")]
