"""The command line of `nomad-spec doctor`: parses, and hands over."""

from typing import Annotated

import typer

Embedded = Annotated[bool, typer.Option("--embedded", help="Ask the embedded cluster and its services.")]
ClusterId = Annotated[
    str | None, typer.Option("--cluster", metavar="ID", help="Read .env.ID instead of .env.", show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def doctor(embedded: Embedded = False, cluster: ClusterId = None, as_json: Json = False) -> None:
    """Ask every service how it is: the cluster, what is around it, models, memory and Langfuse."""
    from muster.nomad.doctor_command import examine_services

    examine_services(embedded=embedded, cluster_id=cluster, as_json=as_json)
