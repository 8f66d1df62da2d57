"""Project files: language, name, packages, units."""

import pytest

from muster.nomad.domain.extractors.dotnet.extractor import EXTRACTOR
from muster.nomad.domain.facts import DependencyFact, LanguageFact, NameFact, WorkloadFact
from nomad.domain.extractors.code_snippets import evidence, facts


def project(*packages: str, sdk: str = "Microsoft.NET.Sdk.Web", more: str = "") -> str:
    lines = "".join(f'    <PackageReference Include="{package}" Version="1.0" />\n' for package in packages)
    head = "<PropertyGroup>\n    <TargetFramework>net8.0</TargetFramework>\n" + more + "  </PropertyGroup>"
    return f'\ufeff<Project Sdk="{sdk}">\n  {head}\n  <ItemGroup>\n{lines}  </ItemGroup>\n</Project>\n'


def test_a_project_has_version_and_name() -> None:
    files = {"Shop/Shop.csproj": project()}
    assert facts(EXTRACTOR, LanguageFact, files) == [
        LanguageFact(language="csharp", version="8.0", package_manager="nuget")
    ]
    assert facts(EXTRACTOR, NameFact, files) == [NameFact(name="Shop")]


def test_a_project_may_name_its_program() -> None:
    files = {"a.csproj": project(more="<AssemblyName>shop-api</AssemblyName>")}
    assert facts(EXTRACTOR, NameFact, files) == [NameFact(name="shop-api")]


def test_f_sharp_is_told_from_c_sharp() -> None:
    assert facts(EXTRACTOR, LanguageFact, {"a.fsproj": project()})[0].language == "fsharp"


def test_a_global_file_has_the_version() -> None:
    files = {
        "a.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web"></Project>',
        "global.json": '{"sdk": {"version": "9.0.100"}}',
    }
    assert facts(EXTRACTOR, LanguageFact, files)[0].version == "9.0"


@pytest.mark.parametrize(
    ("package", "service"),
    [
        ("Npgsql.EntityFrameworkCore.PostgreSQL", "postgres"),
        ("Pomelo.EntityFrameworkCore.MySql", "mysql"),
        ("Microsoft.EntityFrameworkCore.SqlServer", "mssql"),
        ("StackExchange.Redis", "redis"),
        ("MongoDB.Driver", "mongodb"),
        ("RabbitMQ.Client", "rabbitmq"),
        ("MassTransit.RabbitMQ", "rabbitmq"),
        ("Confluent.Kafka", "kafka"),
        ("NATS.Net", "nats"),
        ("AWSSDK.S3", "s3"),
        ("Elastic.Clients.Elasticsearch", "elasticsearch"),
        ("VaultSharp", "vault"),
    ],
)
def test_a_package_shows_the_service_with_its_line(package: str, service: str) -> None:
    (found,) = (
        one for one in evidence(EXTRACTOR, {"a.csproj": project(package)}) if isinstance(one.fact, DependencyFact)
    )
    assert (found.fact.service if isinstance(found.fact, DependencyFact) else "", found.where) == (
        service,
        "a.csproj:6",
    )


def test_a_url_shows_the_service() -> None:
    assert [one.service for one in facts(EXTRACTOR, DependencyFact, {"A.cs": 'var u = "amqp://mq";'})] == ["rabbitmq"]


def test_a_browser_is_heavy_computing() -> None:
    assert WorkloadFact(workload="compute") in facts(EXTRACTOR, WorkloadFact, {"a.csproj": project("PuppeteerSharp")})


@pytest.mark.parametrize(
    "text",
    [
        project("Microsoft.NET.Test.Sdk", sdk="Microsoft.NET.Sdk"),
        project(more="<UseMaui>true</UseMaui>", sdk="Microsoft.NET.Sdk"),
        '<Project Sdk="Aspire.AppHost.Sdk/9.0.0"></Project>',
    ],
)
def test_tests_and_what_runs_on_a_desk_are_no_services(text: str) -> None:
    assert evidence(EXTRACTOR, {"a/a.csproj": text, "a/Program.cs": 'app.Run("http://*:5000");'}) == ()


def test_a_project_alone_speaks_for_the_whole() -> None:
    files = {"src/Shop/Shop.csproj": project(), "src/Shop/Program.cs": 'app.Run("http://*:5000");'}
    assert {one.unit for one in evidence(EXTRACTOR, files)} == {"folder:."}


def test_a_solution_with_one_program_is_one_unit() -> None:
    files = {
        "Shop.sln": "",
        "src/Api/Api.csproj": project(),
        "src/Core/Core.csproj": project("Npgsql", sdk="Microsoft.NET.Sdk"),
    }
    assert {one.unit for one in evidence(EXTRACTOR, files)} == {"folder:."}
    assert facts(EXTRACTOR, NameFact, files) == [NameFact(name="Api")]


def test_several_programs_of_a_solution_are_units_of_their_own() -> None:
    files = {"Shop.slnx": "", "a/A.csproj": project(), "b/B.csproj": project(sdk="Microsoft.NET.Sdk.Worker")}
    assert {one.unit for one in evidence(EXTRACTOR, files)} == {"folder:a", "folder:b"}
