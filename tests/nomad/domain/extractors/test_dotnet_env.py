"""Environment variables that .NET code reads, and keys of its configuration."""

import pytest

from muster.nomad.domain.extractors.dotnet.extractor import EXTRACTOR
from muster.nomad.domain.facts import EnvFact
from nomad.domain.extractors.code_snippets import evidence, facts, need, variable

READS = [
    ("bare", 'var s = Environment.GetEnvironmentVariable("XX");', "required"),
    ("a default", 'var s = Environment.GetEnvironmentVariable("XX") ?? "a";', "=a"),
    ("a default on the next line", 'var s = Environment.GetEnvironmentVariable("XX")\n    ?? "a";', "=a"),
    ("an exception", 'var s = Environment.GetEnvironmentVariable("XX") ?? throw new Exception("no XX");', "required"),
    ("insisted", 'var s = Environment.GetEnvironmentVariable("XX")!;', "required"),
    ("a conversion with a default", 'var s = int.Parse(Environment.GetEnvironmentVariable("XX") ?? "5");', "=5"),
    ("tried", 'var s = int.TryParse(Environment.GetEnvironmentVariable("XX"), out var p) ? p : 5;', "=5"),
    ("a choice when empty", 'var s = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("XX")) ? "a" : "b";', "=a"),
    ("a look", 'if (Environment.GetEnvironmentVariable("XX") != null)\n{\n    Go();\n}', "optional"),
    ("a pattern", 'if (Environment.GetEnvironmentVariable("XX") is { Length: > 0 } s) { Go(s); }', "optional"),
    ("a comparison", 'var s = Environment.GetEnvironmentVariable("XX") == "true";', "optional"),
    ("a call", 'var s = Environment.GetEnvironmentVariable("XX")?.ToLower() == "true";', "optional"),
    ("an exception when empty", 'var s = Environment.GetEnvironmentVariable("XX");\nif (string.IsNullOrWhiteSpace(s))\n{\n    throw new Exception("no");\n}', "required"),
    ("a default when null", 'var s = Environment.GetEnvironmentVariable("XX");\nif (s == null)\n{\n    s = "a";\n}', "=a"),
    ("thrown if null", 'var s = Environment.GetEnvironmentVariable("XX");\nArgumentNullException.ThrowIfNull(s);', "required"),
    ("a constant", 'const string Name = "XX";\nvar s = Environment.GetEnvironmentVariable(Name);', "required"),
    ("a helper", 'var s = GetEnv("XX", "a");', "=a"),
    ("a helper that insists", 'var s = RequireEnv("XX");', "required"),
    ("the configuration in capitals", 'var s = builder.Configuration["XX"];', "required"),
    ("the configuration with a default", 'var s = configuration["XX"] ?? "a";', "=a"),
    ("a value with a default", 'var s = config.GetValue<int>("XX", 5);', "=5"),
    ("a value", 'var s = _configuration.GetValue<string>("XX");', "required"),
    ("what is set is not read", 'Environment.SetEnvironmentVariable("XX", "a");', "absent"),
    ("a comment is no read", '// Environment.GetEnvironmentVariable("XX")', "absent"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "expected"), [pytest.param(code, need, id=name) for name, code, need in READS])
def test_a_read_says_whether_the_variable_is_needed(code: str, expected: str) -> None:
    assert need(EXTRACTOR, {"Program.cs": code}, "XX") == expected


KEYS = [
    ("a key", 'var s = builder.Configuration["Smtp:Host"];', "Smtp__Host", "optional"),
    ("a key with a default", 'var s = config["Smtp:Port"] ?? "25";', "Smtp__Port", "=25"),
    ("a typed key", 'var s = Configuration.GetValue<int>("Smtp:Port", 25);', "Smtp__Port", "=25"),
    ("a key of one word", 'var s = configuration["ApiUrl"];', "ApiUrl", "optional"),
    ("a connection string", 'var s = builder.Configuration.GetConnectionString("Default");', "ConnectionStrings__Default", "optional"),
    ("logging", 'var s = configuration["Logging:LogLevel:Default"];', "Logging__LogLevel__Default", "absent"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "name", "expected"), [pytest.param(code, name, need, id=title) for title, code, name, need in KEYS]
)
def test_a_key_is_set_by_a_variable_with_two_underscores(code: str, name: str, expected: str) -> None:
    assert need(EXTRACTOR, {"Program.cs": code}, name) == expected


def test_a_key_counts_half() -> None:
    files = {
        "Program.cs": 'var s = configuration["Smtp:Host"];\nvar t = Environment.GetEnvironmentVariable("XX") ?? "a";'
    }
    assert {one.fact.name: one.confidence for one in evidence(EXTRACTOR, files) if isinstance(one.fact, EnvFact)} == {
        "XX": 0.9,
        "Smtp__Host": 0.3,
    }


def test_a_connection_string_is_a_secret() -> None:
    code = 'var s = builder.Configuration.GetConnectionString("Default");'
    found = variable(EXTRACTOR, {"Program.cs": code}, "ConnectionStrings__Default")
    assert found == EnvFact(name="ConnectionStrings__Default", secret=True)


SETTINGS = '{\n  // where the data is\n  "ConnectionStrings": {\n    "Default": "Host=db;Password=hunter2",\n  },\n}'


def test_a_connection_string_in_the_settings_has_its_place_and_no_value() -> None:
    files = {"a.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web"></Project>', "appsettings.json": SETTINGS}
    (found,) = (one for one in evidence(EXTRACTOR, files) if one.fact.kind == "env")
    assert (found.fact, found.where) == (EnvFact(name="ConnectionStrings__Default", secret=True), "appsettings.json:4")
    assert "hunter2" not in str(evidence(EXTRACTOR, files))


def test_the_launch_settings_only_name_variables_weakly() -> None:
    launch = '{"profiles": {"a": {"applicationUrl": "http://localhost:5123", "environmentVariables": {"XX": "a", "ASPNETCORE_ENVIRONMENT": "Development"}}}}'
    files = {"a.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web"></Project>', "Properties/launchSettings.json": launch}
    found = [(one.fact, one.confidence) for one in evidence(EXTRACTOR, files) if one.fact.kind in ("env", "port")]
    assert found == [(EnvFact(name="XX"), 0.4)]


def test_a_secrets_default_is_dropped() -> None:
    code = 'var s = Environment.GetEnvironmentVariable("API_TOKEN") ?? "hunter2";'
    assert variable(EXTRACTOR, {"Program.cs": code}, "API_TOKEN") == EnvFact(name="API_TOKEN", secret=True)


@pytest.mark.parametrize("path", ["Shop.Tests/A.cs", "OrderTests.cs", "obj/Debug/A.g.cs", "Migrations/A.cs"])
def test_tests_and_generated_code_need_nothing(path: str) -> None:
    code = 'var s = Environment.GetEnvironmentVariable("XX");'
    assert facts(EXTRACTOR, EnvFact, {path: code}) == []


def test_the_place_is_the_line_of_the_read() -> None:
    code = 'using System;\nvar s = Environment.GetEnvironmentVariable("XX");'
    (found,) = (one for one in evidence(EXTRACTOR, {"Program.cs": code}) if one.fact.kind == "env")
    assert (found.unit, found.where, found.source) == ("folder:.", "Program.cs:2", "dotnet")
