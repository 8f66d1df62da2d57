"""Ports that .NET applications listen on, and those they do not."""

import pytest

from muster.nomad.domain.extractors.dotnet.extractor import EXTRACTOR
from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.extractors.registry import run_extractors
from muster.nomad.domain.facts import FrameworkFact, PortFact, WorkloadFact
from nomad.domain.extractors.code_snippets import evidence, facts, ports

WEB = '<Project Sdk="Microsoft.NET.Sdk.Web">\n<PropertyGroup><TargetFramework>net8.0</TargetFramework></PropertyGroup>\n</Project>'
LISTENERS = [
    ("UseUrls", 'builder.WebHost.UseUrls("http://*:5001");', (5001, None)),
    ("UseUrls with a variable", 'var port = Environment.GetEnvironmentVariable("PORT") ?? "5002";\nbuilder.WebHost.UseUrls($"http://0.0.0.0:{port}");', (5002, "PORT")),
    ("UseUrls with joined text", 'var port = Environment.GetEnvironmentVariable("PORT") ?? "5003";\nbuilder.WebHost.UseUrls("http://*:" + port);', (5003, "PORT")),
    ("UseUrls with a bare variable", 'var port = Environment.GetEnvironmentVariable("PORT");\nbuilder.WebHost.UseUrls($"http://*:{port}");', (8080, "PORT")),
    ("Urls.Add", 'app.Urls.Add("http://0.0.0.0:5004");', (5004, None)),
    ("Run", 'app.Run("http://*:5005");', (5005, None)),
    ("Run with a slash", 'app.Run("http://0.0.0.0:5006/");', (5006, None)),
    ("ListenAnyIP", "options.ListenAnyIP(5007);", (5007, None)),
    ("ListenAnyIP with a variable", 'options.ListenAnyIP(int.Parse(Environment.GetEnvironmentVariable("PORT") ?? "5008"));', (5008, "PORT")),
    ("ListenAnyIP with options", "options.ListenAnyIP(5009, o => o.Protocols = HttpProtocols.Http2);", (5009, None)),
    ("Listen", "options.Listen(IPAddress.Any, 5010);", (5010, None)),
    ("Listen with options", "options.Listen(IPAddress.Any, 5011, o => { });", (5011, None)),
    ("a listener", "var l = new TcpListener(IPAddress.Any, 5012);", (5012, None)),
    ("a listener's prefix", 'listener.Prefixes.Add("http://*:5013/");', (5013, None)),
    ("a constant", "const int Port = 5014;\nvar l = new TcpListener(IPAddress.Any, Port);", (5014, None)),
    ("a property", "class O { public int Port { get; set; } = 5015; }\nnew TcpListener(IPAddress.Any, options.Port);", (5015, None)),
    ("a configured port", 'var port = builder.Configuration.GetValue<int>("PORT", 5016);\noptions.ListenAnyIP(port);', (5016, "PORT")),
]  # fmt: skip


@pytest.mark.parametrize(("code", "expected"), [pytest.param(code, port, id=name) for name, code, port in LISTENERS])
def test_a_call_that_listens_names_the_port(code: str, expected: tuple[int, str | None]) -> None:
    assert ports(EXTRACTOR, {"Program.cs": code}) == [expected]


def test_several_urls_make_several_ports() -> None:
    assert ports(EXTRACTOR, {"Program.cs": 'b.UseUrls("http://*:5000;https://*:5001");'}) == [
        (5000, None),
        (5001, None),
    ]
    assert ports(EXTRACTOR, {"Program.cs": 'b.UseUrls("http://*:5000", "http://*:5001");'}) == [
        (5000, None),
        (5001, None),
    ]


def test_a_port_on_loopback_counts_only_alone() -> None:
    local = "options.ListenLocalhost(6060);\n"
    assert ports(EXTRACTOR, {"Program.cs": local}) == [(6060, None)]
    assert ports(EXTRACTOR, {"Program.cs": local + "options.ListenAnyIP(8080);"}) == [(8080, None)]


def test_kestrels_endpoint_is_set_by_a_variable_that_keeps_the_url() -> None:
    settings = '{\n  "Kestrel": {"Endpoints": {"Http": {\n    "Url": "http://0.0.0.0:5000"\n}}}}'
    (found,) = (
        one for one in evidence(EXTRACTOR, {"a.csproj": WEB, "appsettings.json": settings}) if one.fact.kind == "port"
    )
    form = "http://0.0.0.0:{port}"
    assert found.fact == PortFact(port=5000, env="Kestrel__Endpoints__Http__Url", env_form=form)
    assert found.where == "appsettings.json:3"


def test_urls_in_the_settings_name_the_port() -> None:
    assert ports(EXTRACTOR, {"a.csproj": WEB, "appsettings.json": '{"Urls": "http://*:5000"}'}) == [(5000, None)]


def test_the_settings_of_development_name_none() -> None:
    assert ports(EXTRACTOR, {"a.csproj": WEB, "appsettings.Development.json": '{"Urls": "http://*:5000"}'}) == []


def test_the_port_of_the_sdks_container_is_one() -> None:
    project = WEB.replace("</Project>", '<ItemGroup><ContainerPort Include="8081" Type="tcp" /></ItemGroup></Project>')
    assert ports(EXTRACTOR, {"a.csproj": project}) == [(8081, None)]


SILENT = [
    ("run without a URL", "app.Run();"),
    ("run with a handler", 'app.Run(async context => await context.Response.WriteAsync("8080"));'),
    ("a client", 'new TcpClient("db", 5432);'),
    ("any free port", "new TcpListener(IPAddress.Loopback, 0);"),
    ("a comment", "// options.ListenAnyIP(8080);"),
    ("a base address", 'client.BaseAddress = new Uri("http://api:8080");'),
]


@pytest.mark.parametrize("code", [pytest.param(code, id=name) for name, code in SILENT])
def test_no_port_is_invented(code: str) -> None:
    assert facts(EXTRACTOR, PortFact, {"Program.cs": code}) == []


@pytest.mark.parametrize(("version", "port"), [("8.0", 8080), ("9.0-alpine", 8080), ("6.0", 80)])
def test_the_base_image_says_where_aspnet_listens(version: str, port: int) -> None:
    texts = {"a.csproj": WEB, "Dockerfile": f"FROM mcr.microsoft.com/dotnet/aspnet:{version}\nCOPY a /a\n"}
    files = {path: SourceFile(path, text) for path, text in texts.items()}
    found = [one for one in run_extractors(files) if isinstance(one.fact, PortFact)]
    assert [(one.fact, one.where) for one in found] == [(PortFact(port=port), "Dockerfile:1")]


def test_a_web_project_is_a_server_without_a_port_of_its_own() -> None:
    assert facts(EXTRACTOR, FrameworkFact, {"a.csproj": WEB}) == [FrameworkFact(framework="asp.net core")]
    assert facts(EXTRACTOR, WorkloadFact, {"a.csproj": WEB}) == [WorkloadFact(workload="server")]


def test_a_worker_project_listens_nowhere() -> None:
    files = {"a.csproj": '<Project Sdk="Microsoft.NET.Sdk.Worker"></Project>'}
    assert facts(EXTRACTOR, FrameworkFact, files) == [FrameworkFact(framework="worker service", listens=False)]
    assert facts(EXTRACTOR, WorkloadFact, files) == [WorkloadFact(workload="worker")]


@pytest.mark.parametrize("package", ["Discord.Net", "Discord.Net.WebSocket", "Telegram.Bot", "Quartz.AspNetCore"])
def test_a_bot_listens_nowhere(package: str) -> None:
    project = f'<Project Sdk="Microsoft.NET.Sdk"><ItemGroup>\n<PackageReference Include="{package}" Version="1" />\n</ItemGroup></Project>'
    (found,) = facts(EXTRACTOR, FrameworkFact, {"a.csproj": project})
    assert (found.default_port, found.listens) == (None, False)
