"""Health routes in Rust code."""

import pytest

from muster.nomad.domain.extractors.rust.extractor import EXTRACTOR
from nomad.domain.extractors.code_snippets import routes

ROUTES = [
    ("axum", 'Router::new().route("/health", get(health))', "/health"),
    ("axum's nest", 'fn api() -> Router { Router::new().route("/health", get(h)) }\nfn main() { Router::new().nest("/api", api()) }', "/api/health"),
    ("axum's inner router", 'Router::new().nest("/v1", Router::new().route("/healthz", get(h)))', "/v1/healthz"),
    ("axum's variable", 'let api = Router::new().route("/health", get(h));\nlet app = Router::new().nest("/api", api);', "/api/health"),
    ("actix's attribute", '#[get("/health")]\nasync fn health() -> impl Responder { "ok" }', "/health"),
    ("actix's scope", '#[get("/health")]\nasync fn health() {}\nfn main() { App::new().service(web::scope("/api").service(health)) }', "/api/health"),
    ("actix's route", 'App::new().route("/health_check", web::get().to(check))', "/health_check"),
    ("actix's resource", 'App::new().service(web::resource("/ping").route(web::get().to(p)))', "/ping"),
    ("rocket's mount", '#[get("/health")]\nfn health() -> &\'static str { "ok" }\nfn r() { rocket::build().mount("/api", routes![health]) }', "/api/health"),
    ("rocket's root", '#[get("/healthz")]\nfn health() {}\nfn r() { rocket::build().mount("/", routes![health]) }', "/healthz"),
    ("warp", 'use warp::Filter;\nlet h = warp::path("health").map(|| "ok");', "/health"),
    ("warp's macro", 'use warp::Filter;\nlet h = warp::path!("healthz");', "/healthz"),
    ("tide", 'app.at("/health").get(|_| async { Ok("ok") });', "/health"),
    ("salvo", 'Router::with_path("health").get(health)', "/health"),
    ("hyper", 'use hyper::Method;\nmatch (req.method(), path) { (&Method::GET, "/health") => ok() }', "/health"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "path"), [pytest.param(code, path, id=name) for name, code, path in ROUTES])
def test_a_health_route_is_found(code: str, path: str) -> None:
    assert routes(EXTRACTOR, {"src/main.rs": code}) == [path]


def test_a_router_of_another_file_has_its_prefix() -> None:
    files = {
        "src/main.rs": 'Router::new().nest("/api", routes::api_router())',
        "src/routes.rs": 'pub fn api_router() -> Router {\n    Router::new().route("/health", get(h))\n}',
    }
    assert routes(EXTRACTOR, files) == ["/api/health"]


@pytest.mark.parametrize(
    "code",
    [
        pytest.param('Router::new().route("/health", post(h))', id="a post"),
        pytest.param('#[post("/health")]\nfn health() {}', id="a posting attribute"),
        pytest.param('client.get("http://a/health").send()', id="a request"),
        pytest.param('// .route("/health", get(h))', id="a comment"),
        pytest.param('Router::new().route("/users/{id}/status", get(h))', id="a parameter"),
    ],
)
def test_other_calls_are_no_health_routes(code: str) -> None:
    assert routes(EXTRACTOR, {"src/main.rs": code}) == []
