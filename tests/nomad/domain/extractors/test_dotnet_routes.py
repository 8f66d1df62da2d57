"""Health routes in .NET code."""

import pytest

from muster.nomad.domain.extractors.dotnet.extractor import EXTRACTOR
from nomad.domain.extractors.code_snippets import routes

ROUTES = [
    ("health checks", 'app.MapHealthChecks("/health");', "/health"),
    ("health checks with options", 'app.MapHealthChecks("/healthz", new HealthCheckOptions());', "/healthz"),
    ("the older form", 'app.UseHealthChecks("/hc/health");', "/hc/health"),
    ("a minimal API", 'app.MapGet("/health", () => Results.Ok());', "/health"),
    ("a group", 'var api = app.MapGroup("/api");\napi.MapGet("/health", F);', "/api/health"),
    ("groups in groups", 'var api = app.MapGroup("/api");\nvar v1 = api.MapGroup("/v1");\nv1.MapGet("/health", F);', "/api/v1/health"),
    ("a group in place", 'app.MapGroup("/api").MapGet("/health", F);', "/api/health"),
    ("a controller", '[Route("api/[controller]")]\npublic class HealthController : ControllerBase\n{\n    [HttpGet]\n    public IActionResult Get() => Ok();\n}', "/api/health"),
    ("an action", '[Route("api")]\npublic class A : ControllerBase\n{\n    [HttpGet("health")]\n    public IActionResult Get() => Ok();\n}', "/api/health"),
    ("an absolute action", '[Route("api")]\npublic class A : ControllerBase\n{\n    [HttpGet("/health")]\n    public IActionResult Get() => Ok();\n}', "/health"),
    ("outside of development", 'if (app.Environment.IsDevelopment())\n{\n    app.UseSwagger();\n}\napp.MapHealthChecks("/health");', "/health"),
    ("but in development", 'if (!app.Environment.IsDevelopment())\n{\n    app.MapHealthChecks("/health");\n}', "/health"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "path"), [pytest.param(code, path, id=name) for name, code, path in ROUTES])
def test_a_health_route_is_found(code: str, path: str) -> None:
    assert routes(EXTRACTOR, {"Program.cs": code}) == [path]


@pytest.mark.parametrize(
    "code",
    [
        pytest.param('app.MapPost("/health", F);', id="a post"),
        pytest.param('await client.GetAsync("/health");', id="a request"),
        pytest.param('app.MapGet("/users/{id}/status", F);', id="a parameter"),
        pytest.param('// app.MapHealthChecks("/health");', id="a comment"),
        pytest.param(
            'if (app.Environment.IsDevelopment())\n{\n    app.MapHealthChecks("/health");\n}', id="development"
        ),
        pytest.param(
            "public class HomeController\n{\n    [HttpGet]\n    public string Get() => a;\n}", id="a convention"
        ),
    ],
)
def test_other_code_is_no_health_route(code: str) -> None:
    assert routes(EXTRACTOR, {"Program.cs": code}) == []
