"""The command line of `nomad-spec conventions`: parses, and hands over."""

from pathlib import Path
from typing import Annotated

import typer

conventions_app = typer.Typer(
    help="How the company names things on its cluster: kept in Consul, read before anything is guessed.",
    no_args_is_help=True,
)

Embedded = Annotated[bool, typer.Option("--embedded", help="The embedded cluster's Consul, not CONSUL_HTTP_ADDR.")]
ClusterId = Annotated[
    str | None, typer.Option("--cluster", metavar="ID", help="Read .env.ID instead of .env.", show_default=False)
]


@conventions_app.command()
def show(embedded: Embedded = False, cluster: ClusterId = None) -> None:
    """Print the conventions that Consul holds, as YAML, and where they lie."""
    from muster.nomad.convention_commands import show_conventions

    show_conventions(embedded=embedded, cluster_id=cluster)


@conventions_app.command()
def validate(
    file: Annotated[
        Path | None, typer.Argument(help="A YAML or JSON file; without one, what is in Consul.", show_default=False)
    ] = None,
    embedded: Embedded = False,
    cluster: ClusterId = None,
) -> None:
    """Say everything that is wrong with the conventions; exit code 1 where something is."""
    from muster.nomad.convention_commands import validate_conventions

    validate_conventions(file, embedded=embedded, cluster_id=cluster)


@conventions_app.command()
def put(
    file: Annotated[Path, typer.Argument(help="A YAML or JSON file.")],
    yes: Annotated[bool, typer.Option("--yes", help="Write without asking.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change; write nothing.")] = False,
    embedded: Embedded = False,
    cluster: ClusterId = None,
) -> None:
    """Validate a file, show what it changes, and write it into Consul after a yes."""
    from muster.nomad.convention_commands import put_conventions

    put_conventions(file, yes=yes, dry_run=dry_run, embedded=embedded, cluster_id=cluster)
