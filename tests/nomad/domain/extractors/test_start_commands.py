import pytest

from muster.nomad.domain.extractors.start_commands import CommandPort, command_ports, simple_commands


@pytest.mark.parametrize(
    ("command", "ports"),
    [
        ("gunicorn --bind 0.0.0.0:8001 app", [8001]),
        ("gunicorn -b:8002 app", [8002]),
        ("exec python -m uvicorn a:b --port=8003", [8003]),
        ("poetry run flask --app x run -p 8004", [8004]),
        ("python -m http.server 8005", [8005]),
        ("npm start -- --port 8006", [8006]),
        ("php -S 0.0.0.0:8007", [8007]),
        ("php artisan serve", [8000]),
        ("php artisan octane:start --host=0.0.0.0", [8000]),
        ("php artisan octane:start --port=8016", [8016]),
        ("php-fpm8.2 -F", [9000]),
        ("bundle exec rails server -b 0.0.0.0", [3000]),
        ("bundle exec thin start -p 8017", [8017]),
        ("mix phx.server", [4000]),
        ("bundle exec puma -b tcp://0.0.0.0:8008", [8008]),
        ("npx serve -l 8009", [8009]),
        ("java -Dserver.port=8010 -jar a.jar", [8010]),
        ("/app/server -listen :8011", [8011]),
        ("hypercorn --bind '[::]:8012' app", [8012]),
        ("A=1 env B=2 uvicorn a:b", [8000]),
        ("a & b | c; uvicorn a:b --port 8013 || (d)", [8013]),
        ("uvicorn a:b --uds /tmp/x", []),
        ("uvicorn a:b --port $UNKNOWN", []),
        ("uvicorn a:b --port 99999", []),
        ("curl --port 80", []),
        ("wait-for-it.sh db:5432 --port 1", []),
        ("", []),
        ("'unclosed --port 8014", [8014]),
    ],
)
def test_where_a_command_listens(command: str, ports: list[int]) -> None:
    assert [one.port for one in command_ports(("sh", "-c", command), {}.get)] == ports


def test_a_variable_that_sets_the_port_is_named() -> None:
    (port,) = command_ports(("gunicorn", "-b", ":${PORT:-8000}"), {}.get)
    assert port == CommandPort(port=8000, reason="-b :${PORT:-8000} in the command", env="PORT")


def test_a_server_takes_the_port_of_its_variable_before_its_default() -> None:
    assert command_ports(("gunicorn", "app"), {"PORT": "5000"}.get)[0].port == 5000
    assert command_ports(("gunicorn", "app"), {}.get)[0].default


def test_the_shell_around_a_command_is_looked_through() -> None:
    assert list(simple_commands(("bash", "-ec", "a && b 'c d'"))) == [["a"], ["b", "c d"]]
    assert list(simple_commands(("a", "b"))) == [["a", "b"]]
