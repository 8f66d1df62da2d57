"""The ports that Ruby code listens on."""

import pytest

from muster.nomad.domain.extractors.ruby.extractor import EXTRACTOR
from muster.nomad.domain.facts import FrameworkFact, PortFact
from nomad.domain.extractors.code_snippets import facts, ports

PORTS = [
    ("puma with a block", "config/puma.rb", 'port ENV.fetch("PORT") { 3000 }', (3000, "PORT")),
    ("puma with a default", "config/puma.rb", 'port ENV.fetch("PORT", 3000)', (3000, "PORT")),
    ("puma with an alternative", "config/puma.rb", 'port        ENV["PORT"] || 3000', (3000, "PORT")),
    ("puma with a number", "config/puma.rb", "port 4000", (4000, None)),
    ("puma with an address", "config/puma.rb", 'bind "tcp://0.0.0.0:9293"', (9293, None)),
    ("puma with a filled address", "config/puma.rb", "bind \"tcp://#{ENV.fetch('HOST', '0.0.0.0')}:#{ENV.fetch('PORT', '9294')}\"", (9294, "PORT")),
    ("puma with a variable of its own", "config/puma.rb", 'my_port = ENV.fetch("APP_PORT", 3001)\nport my_port', (3001, "APP_PORT")),
    ("puma with an open variable", "config/puma.rb", 'port ENV["PORT"]', (9292, "PORT")),
    ("puma for production", "config/puma/production.rb", "port 3002", (3002, None)),
    ("unicorn", "config/unicorn.rb", 'listen ENV["PORT"] || 8081, backlog: 64', (8081, "PORT")),
    ("unicorn with an address", "config/unicorn.rb", 'listen "0.0.0.0:8082"', (8082, None)),
    ("sinatra", "app.rb", "require 'sinatra'\nset :port, 8080", (8080, None)),
    ("sinatra with a variable", "app.rb", "set :port, ENV['PORT'] || 4567", (4567, "PORT")),
    ("sinatra in words", "app.rb", "set port: 8083, bind: '0.0.0.0'", (8083, None)),
    ("run with a port", "app.rb", "App.run! host: '0.0.0.0', port: 8084", (8084, None)),
    ("a rack handler", "app.rb", "Rack::Handler::Puma.run(App, Port: 8085)", (8085, None)),
    ("webrick", "app.rb", "server = WEBrick::HTTPServer.new(:Port => 8086)", (8086, None)),
    ("a socket", "app.rb", "server = TCPServer.new('0.0.0.0', 2000)", (2000, None)),
    ("a socket by number", "app.rb", "server = TCPServer.new 2001", (2001, None)),
    ("grpc", "app.rb", "s.add_http2_port('0.0.0.0:50051', :this_port_is_insecure)", (50051, None)),
    ("async", "falcon.rb", 'e = Async::HTTP::Endpoint.parse("http://0.0.0.0:9295")', (9295, None)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "code", "expected"), [pytest.param(path, code, port, id=name) for name, path, code, port in PORTS]
)
def test_where_ruby_listens(path: str, code: str, expected: tuple[int, str | None]) -> None:
    assert ports(EXTRACTOR, {path: code}) == [expected]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("config/puma.rb", 'bind "unix:///tmp/puma.sock"'),
        ("config/puma.rb", "# port 3000"),
        ("config/unicorn.rb", 'listen "/tmp/unicorn.sock"'),
        ("config/unicorn.rb", "listen 'unix:/tmp/a.sock'"),
        ("config/initializers/email.rb", "Server.new(port: ENV.fetch('SMTP_PORT', 25))"),
        ("spec/app.rb", "set :port, 1"),
        ("app.rb", "Net::SMTP.start(host, port: 25)"),
    ],
)
def test_what_is_no_port_of_its_own(path: str, code: str) -> None:
    assert ports(EXTRACTOR, {path: code}) == []


def test_loopback_counts_only_where_nothing_else_is() -> None:
    assert ports(EXTRACTOR, {"a.rb": "TCPServer.new('127.0.0.1', 2000)\nx\nTCPServer.new('0.0.0.0', 2001)"})[0] == (
        2001,
        None,
    )


def test_udp_is_told_apart() -> None:
    code = "s = UDPSocket.new\ns.bind('0.0.0.0', 5353)"
    assert facts(EXTRACTOR, PortFact, {"a.rb": code}) == [PortFact(port=5353, protocol="udp")]


@pytest.mark.parametrize(
    ("gem", "framework"),
    [
        ("rails", FrameworkFact(framework="rails", default_port=3000)),
        ("sinatra", FrameworkFact(framework="sinatra", default_port=4567)),
        ("hanami", FrameworkFact(framework="hanami", default_port=2300)),
        ("grape", FrameworkFact(framework="grape", default_port=9292)),
        ("sidekiq", FrameworkFact(framework="sidekiq", listens=False)),
        ("discordrb", FrameworkFact(framework="discordrb", listens=False)),
    ],
)
def test_a_gem_stands_for_a_framework(gem: str, framework: FrameworkFact) -> None:
    assert framework in facts(EXTRACTOR, FrameworkFact, {"Gemfile": f'gem "{gem}"'})


def test_rails_comes_before_the_server_that_it_runs_in() -> None:
    gemfile = 'gem "puma"\ngem "sidekiq"\ngem "rails"\n'
    assert facts(EXTRACTOR, FrameworkFact, {"Gemfile": gemfile})[0].framework == "rails"
