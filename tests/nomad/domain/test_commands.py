import pytest

from muster.nomad.domain.commands import command_kind


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        ("bundle exec rails server -b 0.0.0.0", "server"),
        ("bundle exec rackup", "server"),
        ("mix phx.server", "server"),
        ("apache2-foreground", "server"),
        ("php-fpm8.2", "server"),
        ("php artisan octane:start", "server"),
        ("bundle exec rake resque:work", "worker"),
        ("bin/jobs", "worker"),
        ("php artisan queue:work --tries=3", "worker"),
        ("php artisan horizon", "worker"),
        ("php bin/console messenger:consume async", "worker"),
        ("bundle exec rails db:migrate", "batch"),
        ("mix ecto.migrate", "batch"),
        ("bundle exec rails runner x", None),
    ],
)
def test_a_command_gives_away_the_kind_of_process(command: str, kind: str | None) -> None:
    assert command_kind(command.split()) == kind
