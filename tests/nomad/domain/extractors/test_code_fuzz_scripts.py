"""Whatever stands in a file of Ruby, PHP or Elixir, there are facts and no traceback, in time linear in its size."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muster.nomad.domain.extractors.elixir.extractor import EXTRACTOR as ELIXIR
from muster.nomad.domain.extractors.extractor import Extractor
from muster.nomad.domain.extractors.php.extractor import EXTRACTOR as PHP
from muster.nomad.domain.extractors.ruby.extractor import EXTRACTOR as RUBY
from nomad.domain.extractors.code_snippets import evidence

EXTRACTORS = {"ruby": RUBY, "php": PHP, "elixir": ELIXIR}
PATHS = {
    "ruby": ("app.rb", "Gemfile", "config/puma.rb", "config/database.yml", "config.ru", "a.gemspec", ".ruby-version", "config/routes.rb"),
    "php": ("a.php", "composer.json", "config/services.yaml", ".rr.yaml", "config/autoload/server.php", "bootstrap/app.php"),
    "elixir": ("lib/a.ex", "mix.exs", "config/runtime.exs", ".tool-versions"),
}  # fmt: skip
PIECES = {
    "ruby": "ENV [ ] .fetch( ) 'X' \"Y\" , { } || ||= = == raise unless if end do get '/health' namespace :api #{ # =begin \n set :port "
    "port bind TCPServer.new( + nil 3000 gem group %w[ XX .each <%= %> production: : test:",
    "php": "<?php getenv( 'X' ) $_ENV[ ] $_SERVER[ ?: ?? = => . env( , 'a' \"$b {$c} Route::get( '/health' ->group( function () { } ; "
    "// /* */ # #[ @Route( \n %env( )% if ( ! throw port 80 new Swoole Server( address: http:",
    "elixir": 'System.get_env( "X" ) , || |> String.to_integer( raise if unless do end scope "/api" get "/health" #{ # """ \n @doc '
    "port: http: [ ] { } Bandit , = <> {:system, {:phoenix, only: :test apps_path:",
}  # fmt: skip


def near_code(language: str) -> st.SearchStrategy[str]:
    pieces = st.sampled_from(PIECES[language].split(" "))
    return st.lists(st.one_of(pieces, st.sampled_from([" ", "\n", "  "]), st.text(max_size=5)), max_size=60).map(
        "".join
    )


@pytest.mark.parametrize("language", EXTRACTORS)
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_text_gives_a_traceback(language: str, data: st.DataObject) -> None:
    text = data.draw(st.one_of(near_code(language), st.text(max_size=300)))
    path = data.draw(st.sampled_from(PATHS[language]))
    for one in evidence(EXTRACTORS[language], {path: text, "other/" + path: text}):
        assert one.where.startswith((path, "other/"))
        assert 0 <= one.confidence <= 1


HOSTILE = {
    "words": "abc " * 250_000,
    "one word": "a" * 1_000_000,
    "lines of words": ("port" * 1_200 + "\n") * 200,
    "blanks": (" " * 4_000 + "\n") * 250,
    "empty lines": "\n" * 1_000_000,
    "open comments": "/*\n=begin\n" * 100_000,
    "open strings": "\"'`\n" * 250_000,
    "open long strings": '"""\n' * 250_000,
    "here-documents": "a = <<~SQL\n" * 100_000,
    "braces": "{\n" * 500_000,
    "brackets": "(" * 1_000_000,
    "brackets in lines": ("(" * 4_000 + "\n") * 250,
    "blocks": "scope '/a' do\n" * 70_000 + "get '/health' do\n",
    "routes": "get '/health' do\nend\n" * 50_000,
    "holes": '"#{"' * 250_000,
    "names": "port = port || port\n" * 50_000,
    "ruby reads": 'port ENV.fetch("PORT", ENV["PORT"] || port)\n' * 20_000,
    "ruby bare": 'port = ENV["PORT"]\n' * 50_000,
    "ruby listings": "%w[A\n" * 200_000 + "ENV[a]",
    "php reads": "$port = getenv('PORT') ?: ($port ?? env('PORT', $port));\n" * 15_000,
    "php groups": "Route::prefix('a')->group(function () {\nRoute::get('/health', f);\n" * 15_000,
    "php servers": "new Swoole\\Http\\Server('0.0.0.0', \n" * 25_000,
    "php configuration": "when@test:\n  a: %env(X:\n" * 40_000,
    "elixir reads": 'port = System.get_env("PORT") || String.to_integer(System.get_env("PORT"))\n' * 12_000,
    "elixir servers": "http: [port: [[[[ Bandit, port:\n" * 30_000,
    "gems": "gem 'a', group: [\n" * 50_000,
    "packages": "{:a, only: [\n" * 70_000,
    "urls": "redis://" * 100_000,
}  # fmt: skip
SECONDS = 20
"""Of the processor: far above what a MiB takes (below two), far below what a quadratic expression would."""


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize(
    ("extractor", "path", "package"),
    [
        (RUBY, "config/routes.rb", "Gemfile"),
        (PHP, "config/a.php", "config/services.yaml"),
        (ELIXIR, "lib/a.ex", "mix.exs"),
    ],
    ids=["ruby", "php", "elixir"],
)
def test_no_text_takes_long(extractor: Extractor, path: str, package: str, hostile: str) -> None:
    started = time.process_time()
    evidence(extractor, {path: HOSTILE[hostile], package: HOSTILE[hostile], "composer.json": HOSTILE[hostile]})
    assert time.process_time() - started < SECONDS
