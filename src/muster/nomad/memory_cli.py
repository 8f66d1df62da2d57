"""The command line of `nomad-spec memory`: parses, and hands over."""

from pathlib import Path
from typing import Annotated

import typer

memory_app = typer.Typer(
    help="What earlier runs learnt, and what you always want: kept in MUSTER_HOME, or in Qdrant.",
    no_args_is_help=True,
)

Text = Annotated[str, typer.Argument(help="In plain English, such as 'always amd64'.", show_default=False)]
Embedded = Annotated[bool, typer.Option("--embedded", help="The embedded cluster, not NOMAD_ADDR.")]
ClusterId = Annotated[
    str | None, typer.Option("--cluster", metavar="ID", help="The cluster of .env.ID, not of .env.", show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@memory_app.command()
def add(text: Text, embedded: Embedded = False, cluster: ClusterId = None) -> None:
    """Remember a preference for every job on a cluster."""
    from muster.nomad.memory_commands import add_preference

    add_preference(text, embedded=embedded, cluster_id=cluster)


@memory_app.command("list")
def list_all(embedded: Embedded = False, cluster: ClusterId = None, as_json: Json = False) -> None:
    """Show everything that is remembered, or what is about one cluster."""
    from muster.nomad.memory_commands import list_memos

    list_memos(embedded=embedded, cluster_id=cluster, as_json=as_json)


@memory_app.command()
def search(text: Text, embedded: Embedded = False, cluster: ClusterId = None, as_json: Json = False) -> None:
    """Show what is nearest in meaning, the nearest first, with how near it is."""
    from muster.nomad.memory_commands import search_memos

    search_memos(text, embedded=embedded, cluster_id=cluster, as_json=as_json)


@memory_app.command()
def forget(memo_id: Annotated[str, typer.Argument(metavar="ID", help="As `list` shows it.")]) -> None:
    """Forget one thing."""
    from muster.nomad.memory_commands import forget_memo

    forget_memo(memo_id)


@memory_app.command("export")
def export_all(file: Annotated[Path, typer.Argument(help="Written as JSON lines.")]) -> None:
    """Write everything that is remembered into a file."""
    from muster.nomad.memory_commands import export_memos

    export_memos(file)


@memory_app.command("import")
def import_all(file: Annotated[Path, typer.Argument(help="JSON lines, as `export` writes them.")]) -> None:
    """Remember what a file holds; what is remembered already is passed over."""
    from muster.nomad.memory_commands import import_memos

    import_memos(file)
