"""Ports that Rust code listens on, and those it does not."""

import pytest

from muster.nomad.domain.extractors.rust.extractor import EXTRACTOR
from muster.nomad.domain.facts import FrameworkFact, PortFact, WorkloadFact
from nomad.domain.extractors.code_snippets import evidence, facts, ports

LISTENERS = [
    ("a listener", 'let l = TcpListener::bind("0.0.0.0:3001").await.unwrap();', (3001, None)),
    ("tokio's listener", 'tokio::net::TcpListener::bind("[::]:3002").await?;', (3002, None)),
    ("an address from parts", "let addr = SocketAddr::from(([0, 0, 0, 0], 3003));\nTcpListener::bind(addr).await?;", (3003, None)),
    ("a new address", "let addr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 3004);\nServer::bind(&addr)", (3004, None)),
    ("an address from parts in the call", "axum::Server::bind(&([0, 0, 0, 0], 3005).into())", (3005, None)),
    ("actix", 'HttpServer::new(|| App::new()).bind(("0.0.0.0", 8081))?.run().await', (8081, None)),
    ("actix with text", 'HttpServer::new(|| App::new()).bind("0.0.0.0:8082")?', (8082, None)),
    ("formatted", 'let port = 8083;\nTcpListener::bind(format!("0.0.0.0:{}", port)).await?;', (8083, None)),
    ("formatted by name", 'let port: u16 = 8084;\nTcpListener::bind(format!("0.0.0.0:{port}")).await?;', (8084, None)),
    ("a variable with a default", 'let port = env::var("PORT").unwrap_or_else(|_| "8085".to_string());\nTcpListener::bind(format!("0.0.0.0:{}", port)).await?;', (8085, "PORT")),
    ("a variable in a chain", 'let port: u16 = env::var("PORT").ok().and_then(|p| p.parse().ok()).unwrap_or(8086);\nHttpServer::new(f).bind(("0.0.0.0", port))?', (8086, "PORT")),
    ("a variable without a default", 'let port = env::var("PORT").expect("PORT");\nTcpListener::bind(format!("0.0.0.0:{port}")).await?;', (8080, "PORT")),
    ("an address by a variable", 'let addr = env::var("ADDR").unwrap_or("0.0.0.0:8087".into());\nTcpListener::bind(&addr).await?;', (8087, "ADDR")),
    ("a constant", 'const ADDR: &str = "0.0.0.0:8088";\nTcpListener::bind(ADDR).await?;', (8088, None)),
    ("clap", '#[derive(Parser)]\nstruct Args {\n    #[arg(long, env = "PORT", default_value = "8089")]\n    port: u16,\n}\nfn main() { TcpListener::bind(("0.0.0.0", args.port)); }', (8089, "PORT")),
    ("clap without a variable", "#[derive(Parser)]\nstruct Args {\n    #[clap(short, long, default_value_t = 8090)]\n    port: u16,\n}\nfn main() { TcpListener::bind((host, args.port)); }", (8090, None)),
    ("warp", "warp::serve(routes).run(([0, 0, 0, 0], 3030)).await;", (3030, None)),
    ("tonic", 'let addr = "[::]:50051".parse()?;\ntonic::transport::Server::builder().add_service(s).serve(addr).await?;', (50051, None)),
    ("tide", 'let mut app = tide::new();\napp.listen("0.0.0.0:8091").await?;', (8091, None)),
    ("poem", 'Server::new(TcpListener::bind("0.0.0.0:8092")).run(app).await', (8092, None)),
    ("salvo", 'let acceptor = TcpListener::new("0.0.0.0:5800").bind().await;', (5800, None)),
    ("tiny_http", 'let server = tiny_http::Server::http("0.0.0.0:8093").unwrap();', (8093, None)),
]  # fmt: skip


@pytest.mark.parametrize(("code", "expected"), [pytest.param(code, port, id=name) for name, code, port in LISTENERS])
def test_a_call_that_listens_names_the_port(code: str, expected: tuple[int, str | None]) -> None:
    assert ports(EXTRACTOR, {"src/main.rs": code}) == [expected]


def test_a_field_may_be_set_in_another_file() -> None:
    files = {
        "src/config.rs": 'Config { port: env::var("PORT").unwrap_or("3000".into()).parse()? }',
        "src/main.rs": 'TcpListener::bind(format!("0.0.0.0:{}", config.port)).await?;',
    }
    assert ports(EXTRACTOR, files) == [(3000, "PORT")]


def test_an_address_by_a_variable_keeps_its_form() -> None:
    code = 'let addr = env::var("BIND_ADDR").unwrap_or("0.0.0.0:8080".into());\nTcpListener::bind(addr)'
    assert facts(EXTRACTOR, PortFact, {"src/main.rs": code}) == [
        PortFact(port=8080, env="BIND_ADDR", env_form="0.0.0.0:{port}")
    ]


def test_an_option_called_port_is_the_port_of_a_server_that_hides_where_it_binds() -> None:
    files = {
        "Cargo.toml": '[package]\nname = "a"\n[dependencies]\nactix-web = "4"\n',
        "src/args.rs": '#[derive(Parser)]\nstruct Args {\n    #[arg(env = "MY_PORT", default_value = "8080")]\n    port: u16,\n}',
        "src/main.rs": "for socket in sockets { HttpServer::new(f).listen(socket) }",
    }
    assert ports(EXTRACTOR, files) == [(8080, "MY_PORT")]


def test_packets_are_udp() -> None:
    assert facts(EXTRACTOR, PortFact, {"src/main.rs": 'UdpSocket::bind("0.0.0.0:53")?'}) == [
        PortFact(port=53, protocol="udp")
    ]


def test_a_port_on_loopback_counts_only_alone() -> None:
    local = 'TcpListener::bind("127.0.0.1:6060").await?;\n'
    assert ports(EXTRACTOR, {"src/a.rs": local}) == [(6060, None)]
    assert ports(EXTRACTOR, {"src/a.rs": local + 'TcpListener::bind("0.0.0.0:8080").await?;'}) == [(8080, None)]


ROCKET = {
    "Cargo.toml": '[package]\nname = "a"\n[dependencies]\nrocket = "0.5"\n',
    "src/main.rs": "#[launch]\nfn rocket() -> _ { rocket::build() }",
}


def test_rocket_listens_on_its_own_port() -> None:
    assert ports(EXTRACTOR, ROCKET) == [(8000, "ROCKET_PORT")]


def test_rockets_file_names_the_port_of_a_release() -> None:
    toml = '[default]\naddress = "0.0.0.0"\nport = 8001\n\n[release]\nport = 8002\n'
    (found,) = (one for one in evidence(EXTRACTOR, {**ROCKET, "Rocket.toml": toml}) if isinstance(one.fact, PortFact))
    assert (found.fact, found.where) == (PortFact(port=8002, env="ROCKET_PORT"), "Rocket.toml:6")


SILENT = [
    ("a client", 'reqwest::get("http://api:8080/x").await?;'),
    ("a connection", 'TcpStream::connect("db:5432").await?;'),
    ("any free port", 'TcpListener::bind("127.0.0.1:0").await?;'),
    ("a client's packets", 'UdpSocket::bind("0.0.0.0:0")?;'),
    ("a comment", '// TcpListener::bind("0.0.0.0:8080")'),
    ("a test", '#[cfg(test)]\nmod tests {\n    fn a() { TcpListener::bind("0.0.0.0:8080"); }\n}'),
    ("a query's parameter", 'sqlx::query("select 1").bind(8080).fetch_one(&pool)'),
    ("another service", 'let l = TcpListener::bind(env::var("REDIS_URL").unwrap());'),
]


@pytest.mark.parametrize("code", [pytest.param(code, id=name) for name, code in SILENT])
def test_no_port_is_invented(code: str) -> None:
    assert facts(EXTRACTOR, PortFact, {"src/main.rs": code}) == []


@pytest.mark.parametrize("crate", ["serenity", "teloxide", "twilight-gateway", "tokio-cron-scheduler", "clap"])
def test_a_bot_or_worker_listens_nowhere(crate: str) -> None:
    toml = f'[package]\nname = "a"\n[dependencies]\n{crate} = "1"\n'
    (found,) = facts(EXTRACTOR, FrameworkFact, {"Cargo.toml": toml})
    assert (found.default_port, found.listens) == (None, False)


@pytest.mark.parametrize(("crate", "port"), [("axum", None), ("actix-web", None), ("rocket", 8000), ("poem", None)])
def test_a_framework_has_only_a_port_of_its_own(crate: str, port: int | None) -> None:
    toml = f'[package]\nname = "a"\n[dependencies]\n{crate} = "1"\n'
    (found,) = facts(EXTRACTOR, FrameworkFact, {"Cargo.toml": toml})
    assert (found.default_port, found.listens) == (port, True)


def test_hyper_and_tonic_serve_only_where_the_code_does() -> None:
    toml = '[package]\nname = "a"\n[dependencies]\nhyper = "1"\ntonic = "1"\n'
    assert facts(EXTRACTOR, FrameworkFact, {"Cargo.toml": toml}) == []
    served = {"Cargo.toml": toml, "src/main.rs": "tonic::transport::Server::builder()"}
    assert facts(EXTRACTOR, FrameworkFact, served) == [FrameworkFact(framework="tonic")]
    assert facts(EXTRACTOR, WorkloadFact, served) == [WorkloadFact(workload="server")]
