"""Health routes in Go code."""

import pytest

from muster.nomad.domain.extractors.go.extractor import EXTRACTOR
from nomad.domain.extractors.code_snippets import routes

ROUTES = [
    ("net/http", 'http.HandleFunc("/health", f)', "/health"),
    ("a mux with a method", 'mux.HandleFunc("GET /healthz", f)', "/healthz"),
    ("a mux with an end", 'mux.Handle("GET /ready/{$}", f)', "/ready/"),
    ("gin", 'r.GET("/ping", func(c *gin.Context) {})', "/ping"),
    ("chi", 'r.Get("/livez", f)', "/livez"),
    ("gorilla", 'r.HandleFunc("/status", f).Methods("GET")', "/status"),
    ("httprouter", 'r.Handler("GET", "/health", f)', "/health"),
    ("a group", 'api := r.Group("/api")\napi.GET("/health", f)', "/api/health"),
    ("groups in groups", 'api := r.Group("/api")\nv1 := api.Group("/v1")\nv1.GET("/health", f)', "/api/v1/health"),
    ("a sub-router", 's := r.PathPrefix("/api").Subrouter()\ns.HandleFunc("/health", f)', "/api/health"),
    ("chi's closures", 'r.Route("/api", func(r chi.Router) {\n\tr.Route("/v1", func(r chi.Router) {\n\t\tr.Get("/health", f)\n\t})\n})', "/api/v1/health"),
    ("a compared path", 'if r.URL.Path == "/health" {\n}', "/health"),
    ("a case", 'switch r.URL.Path {\ncase "/healthz":\n}', "/healthz"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "path"), [pytest.param(code, path, id=name) for name, code, path in ROUTES])
def test_a_health_route_is_found(code: str, path: str) -> None:
    assert routes(EXTRACTOR, {"main.go": code}) == [path]


@pytest.mark.parametrize(
    "code",
    [
        pytest.param('r.POST("/health", f)', id="a post"),
        pytest.param('http.Get("http://api/health")', id="a request"),
        pytest.param('client.R().Get("/health")', id="a client"),
        pytest.param('r.GET("/users/:id/status", f)', id="a parameter"),
        pytest.param('// r.GET("/health", f)', id="a comment"),
    ],
)
def test_other_calls_are_no_health_routes(code: str) -> None:
    assert routes(EXTRACTOR, {"main.go": code}) == []


def test_a_closure_ends() -> None:
    code = 'r.Route("/api", func(r chi.Router) {\n\tr.Get("/x", f)\n})\nr.Get("/health", f)'
    assert routes(EXTRACTOR, {"main.go": code}) == ["/health"]


def test_a_group_handed_to_another_package_has_its_prefix() -> None:
    files = {
        "server/router.go": 'func Init() {\n\tv1 := router.Group("v1")\n\tapi.RoutesAdd(v1)\n}',
        "api/routes.go": 'func RoutesAdd(g *gin.RouterGroup) {\n\tr := g.Group("/")\n\tr.GET("/status", f)\n}',
    }
    assert routes(EXTRACTOR, files) == ["/v1/status"]


def test_a_group_made_in_the_call_counts_too() -> None:
    files = {
        "main.go": 'func main() {\n\troutes.Add(r.Group("/api"))\n}',
        "routes/a.go": 'func Add(g *gin.RouterGroup) {\n\tg.GET("/health", f)\n}',
    }
    assert routes(EXTRACTOR, files) == ["/api/health"]


def test_a_mounted_router_has_its_prefix() -> None:
    files = {
        "main.go": 'func main() {\n\tr.Mount("/api", health.Router())\n}',
        "health/a.go": 'func Router() http.Handler {\n\tr := chi.NewRouter()\n\tr.Get("/health", f)\n\treturn r\n}',
    }
    assert routes(EXTRACTOR, files) == ["/api/health"]


def test_the_surest_route_comes_first() -> None:
    code = 'r.GET("/readyz", f)\nr.GET("/ping", f)\nr.GET("/healthz", f)'
    assert routes(EXTRACTOR, {"main.go": code}) == ["/healthz", "/readyz", "/ping"]


def test_a_whole_server_has_no_prefix_whoever_else_has_a_function_of_that_name() -> None:
    files = {
        "routes.go": 'package r\n\nfunc RegisterRoutes(e *echo.Echo) {\n\te.GET("/health", f)\n}\n',
        "migrate.go": 'package r\n\nfunc use(e *echo.Echo, h Handler) {\n\tm := e.Group("/migration")\n\th.RegisterRoutes(m)\n}\n',
    }
    assert routes(EXTRACTOR, files) == ["/health"]
