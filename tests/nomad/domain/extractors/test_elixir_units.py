"""mix.exs, ports, health routes and client libraries of Elixir projects."""

import pytest

from muster.nomad.domain.extractors.elixir.extractor import EXTRACTOR
from muster.nomad.domain.facts import CommandFact, DependencyFact, FrameworkFact, LanguageFact, NameFact, PortFact
from nomad.domain.extractors.code_snippets import evidence, facts, ports, routes

MIX = """defmodule Shop.MixProject do
  use Mix.Project

  def project do
    [app: :shop, version: "0.1.0", elixir: "~> 1.15", deps: deps()]
  end

  defp deps do
    [
      {:bandit, "~> 1.5"},
      {:phoenix, "~> 1.7.14"},
      {:postgrex, ">= 0.0.0"},
      {:redix, "~> 1.0", only: [:dev, :test]},
      {:amqp, "~> 3.0", only: :prod},
      {:oban, "~> 2.17"}
    ]
  end
end
"""
RUNTIME = 'port = String.to_integer(System.get_env("PORT") || "4000")\nconfig :shop, ShopWeb.Endpoint,\n  url: [host: "a", port: 443],\n  http: [\n    ip: {0, 0, 0, 0},\n    port: port\n  ]'


def test_mix_has_language_and_name() -> None:
    files = {"mix.exs": MIX}
    assert facts(EXTRACTOR, LanguageFact, files) == [
        LanguageFact(language="elixir", version="1.15", package_manager="mix")
    ]
    assert facts(EXTRACTOR, NameFact, files) == [NameFact(name="shop")]


def test_tools_beat_mix_for_the_version() -> None:
    found = facts(EXTRACTOR, LanguageFact, {"mix.exs": MIX, ".tool-versions": "erlang 26.2\nelixir 1.16.1-otp-26\n"})
    assert found[0].version == "1.16.1"


def test_packages_for_development_do_not_count() -> None:
    assert {fact.service for fact in facts(EXTRACTOR, DependencyFact, {"mix.exs": MIX})} == {"postgres", "rabbitmq"}


def test_a_package_keeps_its_line() -> None:
    (found,) = (
        one
        for one in evidence(EXTRACTOR, {"mix.exs": MIX})
        if isinstance(one.fact, DependencyFact) and one.fact.service == "postgres"
    )
    assert (found.where, found.reason) == ("mix.exs:12", "the package postgrex is listed")


def test_phoenix_comes_before_its_server() -> None:
    frameworks = facts(EXTRACTOR, FrameworkFact, {"mix.exs": MIX})
    assert [one.framework for one in frameworks] == ["phoenix", "plug", "oban"]


@pytest.mark.parametrize(
    ("package", "service"),
    [
        ("postgrex", "postgres"), ("myxql", "mysql"), ("redix", "redis"), ("mongodb_driver", "mongodb"),
        ("amqp", "rabbitmq"), ("kafka_ex", "kafka"), ("brod", "kafka"), ("ex_aws_s3", "s3"), ("ex_aws", "aws"),
    ],
)  # fmt: skip
def test_a_package_shows_the_service(package: str, service: str) -> None:
    files = {"mix.exs": f'def project, do: [app: :a]\ndefp deps, do: [{{:{package}, "~> 1.0"}}]'}
    assert facts(EXTRACTOR, DependencyFact, files) == [DependencyFact(service=service, by=package)]


def test_ectos_adapter_shows_the_database() -> None:
    code = "use Ecto.Repo, otp_app: :a, adapter: Ecto.Adapters.MyXQL"
    assert facts(EXTRACTOR, DependencyFact, {"lib/repo.ex": code}) == [
        DependencyFact(service="mysql", by="Ecto.Adapters.MyXQL")
    ]


@pytest.mark.parametrize(
    ("deps", "command"),
    [('{:phoenix, "~> 1.7"}', ("mix", "phx.server")), ('{:nostrum, "~> 0.8"}', ("mix", "run", "--no-halt"))],
)
def test_how_it_is_started(deps: str, command: tuple[str, ...]) -> None:
    assert facts(EXTRACTOR, CommandFact, {"mix.exs": f"[{deps}]"}) == [CommandFact(command=command)]


def test_a_bot_opens_no_port() -> None:
    assert facts(EXTRACTOR, FrameworkFact, {"mix.exs": '[{:nostrum, "~> 0.8"}]'}) == [
        FrameworkFact(framework="nostrum", listens=False)
    ]


PORTS = [
    ("phoenix", "config/runtime.exs", RUNTIME, (4000, "PORT")),
    ("phoenix in one line", "config/runtime.exs", 'config :a, B, http: [port: String.to_integer(System.get_env("PORT", "4001"))]', (4001, "PORT")),
    ("phoenix with a tuple", "config/prod.exs", 'config :a, B, http: [port: {:system, "PORT"}]', (4000, "PORT")),
    ("a number", "config/prod.exs", "config :a, B, http: [ip: {0, 0, 0, 0}, port: 4002]", (4002, None)),
    ("bandit", "lib/a.ex", "{Bandit, plug: A.Router, scheme: :http, port: 4003}", (4003, None)),
    ("cowboy", "lib/a.ex", "{Plug.Cowboy, scheme: :http, plug: A, options: [port: 4004]}", (4004, None)),
    ("cowboy by function", "lib/a.ex", "Plug.Cowboy.http(A, [], port: 4005)", (4005, None)),
    ("an attribute", "lib/a.ex", "@port 4006\ndef f, do: {Bandit, plug: A, port: @port}", (4006, None)),
    ("a variable with a default", "lib/a.ex", 'port = System.get_env("APP_PORT", "4007") |> String.to_integer()\n{Bandit, plug: A, port: port}', (4007, "APP_PORT")),
    ("grpc", "lib/a.ex", "{GRPC.Server.Supervisor, endpoint: A, port: 50051, start_server: true}", (50051, None)),
    ("a socket", "lib/a.ex", "{:ok, s} = :gen_tcp.listen(4040, [:binary])", (4040, None)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "code", "expected"), [pytest.param(path, code, port, id=name) for name, path, code, port in PORTS]
)
def test_where_elixir_listens(path: str, code: str, expected: tuple[int, str | None]) -> None:
    assert ports(EXTRACTOR, {path: code}) == [expected]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("config/runtime.exs", 'config :a, B, url: [host: "x", port: 443, scheme: "https"]'),
        ("config/runtime.exs", "config :a, A.Repo, hostname: h, port: 5432"),
        ("config/dev.exs", "config :a, B, http: [port: 4000]"),
        ("config/staging.exs", "config :a, B, http: [port: 4043]"),
        ("lib/a.ex", "# {Bandit, plug: A, port: 4003}"),
    ],
)
def test_what_is_no_port_of_its_own(path: str, code: str) -> None:
    assert ports(EXTRACTOR, {path: code}) == []


def test_udp_is_told_apart() -> None:
    assert facts(EXTRACTOR, PortFact, {"lib/a.ex": ":gen_udp.open(5353, [])"}) == [PortFact(port=5353, protocol="udp")]


ROUTES = [
    ("phoenix", 'scope "/", A do\n  pipe_through :browser\n  get "/health", HealthController, :index\nend', "/health"),
    ("in a scope", 'scope "/api", A do\n  get "/health", H, :index\nend', "/api/health"),
    ("in two scopes", 'scope "/api" do\n  scope "/v1" do\n    get "/health", H, :index\n  end\nend', "/api/v1/health"),
    ("behind a scope", 'scope "/api" do\n  get "/a", H, :a\nend\nget "/health", H, :b', "/health"),
    ("plug", 'get "/healthz" do\n  send_resp(conn, 200, "ok")\nend', "/healthz"),
    ("forwarded", 'forward "/health", to: Health', "/health"),
    ("a plug by path", 'plug A.HealthCheck, path: "/healthz"', "/healthz"),
    ("a matched path", 'def call(%Plug.Conn{request_path: "/health"} = conn, _), do: conn', "/health"),
    ("a matched list", 'def call(%Conn{path_info: ["status"]} = conn, _opts) do', "/status"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "expected"), [pytest.param(code, path, id=name) for name, code, path in ROUTES])
def test_a_route_that_tells_the_health(code: str, expected: str) -> None:
    assert routes(EXTRACTOR, {"lib/a_web/router.ex": code}) == [expected]


def test_an_umbrella_is_one_unit() -> None:
    files = {
        "mix.exs": 'def project, do: [apps_path: "apps"]',
        "apps/web/mix.exs": 'def project, do: [app: :web]\n[{:phoenix, "~> 1.7"}]',
        "apps/web/lib/a.ex": 'System.fetch_env!("XX")',
        "tools/mix.exs": "def project, do: [app: :tools]",
    }
    assert {one.unit for one in evidence(EXTRACTOR, files)} == {"folder:.", "folder:tools"}


def test_an_answer_at_the_root_counts_a_little() -> None:
    code = 'scope "/", A do\n  get "/", PageController, :home\nend'
    (found,) = (one for one in evidence(EXTRACTOR, {"lib/a.ex": code}) if one.fact.kind == "health")
    assert found.confidence < 0.4
