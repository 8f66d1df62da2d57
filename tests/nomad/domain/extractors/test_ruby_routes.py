"""Health routes in Ruby code."""

import pytest

from muster.nomad.domain.extractors.ruby.extractor import EXTRACTOR
from nomad.domain.extractors.code_snippets import evidence, routes

ROUTES = [
    ("rails' own", 'Rails.application.routes.draw do\n  get "up" => "rails/health#show", as: :a\nend', "/up"),
    ("rails", "draw do\n  get '/health', to: 'health#show'\nend", "/health"),
    ("a symbol", "draw do\n  get :healthz, to: 'a#b'\nend", "/healthz"),
    ("a namespace", "draw do\n  namespace :api do\n    get 'health'\n  end\nend", "/api/health"),
    ("a scope", "draw do\n  scope '/v1' do\n    get 'health'\n  end\nend", "/v1/health"),
    ("a scope by path", "draw do\n  scope path: '/v1', module: 'x' do\n    get 'health'\n  end\nend", "/v1/health"),
    ("behind a namespace", "draw do\n  namespace :api do\n    get 'a'\n  end\n  get 'health'\nend", "/health"),
    ("behind a condition", "draw do\n  namespace :api do\n    if a\n      b\n    end\n    get 'health'\n  end\nend", "/api/health"),
    ("a resource", "draw do\n  resource :health, only: :show\nend", "/health"),
    ("mounted", 'draw do\n  mount OkComputer::Engine, at: "/healthcheck"\nend', "/healthcheck"),
    ("mounted by an arrow", 'draw do\n  mount Health => "/health"\nend', "/health"),
    ("the gem health_check", "draw do\n  health_check_routes\nend", "/health_check"),
    ("sinatra", "get '/health' do\n  'ok'\nend", "/health"),
    ("sinatra in a namespace", "namespace '/api' do\n  get '/health' do\n    'ok'\n  end\nend", "/api/health"),
    ("grape", "class A < Grape::API\n  resource :system do\n    get :health do\n    end\n  end\nend", "/system/health"),
    ("roda", "route do |r|\n  r.on 'api' do\n    r.get 'health' do\n    end\n  end\nend", "/api/health"),
    ("rack", "map '/healthz' do\n  run A\nend", "/healthz"),
    ("a compared path", "if env['PATH_INFO'] == '/health'\n  a\nend", "/health"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "expected"), [pytest.param(code, path, id=name) for name, code, path in ROUTES])
def test_a_route_that_tells_the_health(code: str, expected: str) -> None:
    assert routes(EXTRACTOR, {"config/routes.rb": code}) == [expected]


@pytest.mark.parametrize(
    "code",
    [
        "get '/users/:id/health'",
        "post '/health'",
        "# get '/health' do",
        "get '/articles' do\nend",
        "resources :statuses",
    ],
)
def test_other_routes_do_not_count(code: str) -> None:
    assert routes(EXTRACTOR, {"config/routes.rb": code}) == []


def test_a_route_keeps_its_place() -> None:
    (found,) = (one for one in evidence(EXTRACTOR, {"app.rb": "\nget '/health' do\nend"}) if one.fact.kind == "health")
    assert (found.where, found.reason) == ("app.rb:2", "the code has a route /health")


def test_a_path_with_a_parameter_is_no_route_of_its_beginning() -> None:
    assert (
        routes(EXTRACTOR, {"config/routes.rb": 'draw do\n  get "/@:status", to: a\n  get "/up/:id", to: b\nend'}) == []
    )


@pytest.mark.parametrize(
    "code", ["draw do\n  root 'home#index'\nend", "get '/' do\n  'hi'\nend", "draw do\n  root to: 'a#b'\nend"]
)
def test_an_answer_at_the_root_counts_a_little(code: str) -> None:
    (found,) = (one for one in evidence(EXTRACTOR, {"app.rb": code}) if one.fact.kind == "health")
    assert found.confidence < 0.4
