"""The command line of `nomad-spec embedded`: parses, and hands over."""

from pathlib import Path
from typing import Annotated

import typer

embedded_app = typer.Typer(help="The embedded cluster: Nomad's API on this machine, simulated.", no_args_is_help=True)

Images = Annotated[Path | None, typer.Option(help="Behaviour of images on the embedded cluster.", show_default=False)]
Nodes = Annotated[Path | None, typer.Option(help="Nodes of the embedded cluster, a YAML file.", show_default=False)]
Acl = Annotated[bool, typer.Option("--acl", help="Requests need tokens; the first start decides.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@embedded_app.callback(invoke_without_command=True)
def embedded_serve(
    serve: Annotated[bool, typer.Option("--serve", help="Run it here until Ctrl-C, for Nomad's own CLI.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="With --serve: the port; 0 takes a free one.")] = 0,
    real_time: Annotated[
        bool, typer.Option("--real-time", help="With --serve: time runs with the wall clock.")
    ] = False,
    acl: Acl = False,
    images: Images = None,
    nodes: Nodes = None,
) -> None:
    """The embedded cluster: Nomad's API on this machine, simulated."""
    if not serve:
        return
    from muster.nomad.inspections import serve_embedded

    serve_embedded(port=port, real_time=real_time, acl=acl, images=images, nodes=nodes)
    raise typer.Exit


@embedded_app.command("start")
def embedded_start(images: Images = None, nodes: Nodes = None, acl: Acl = False) -> None:
    """Start it where it does not run, and print its address."""
    from muster.nomad.inspections import start_embedded

    start_embedded(images=images, nodes=nodes, acl=acl)


@embedded_app.command("stop")
def embedded_stop() -> None:
    """Stop it; what it was told is kept for the next start."""
    from muster.nomad.inspections import stop_embedded

    stop_embedded()


@embedded_app.command("status")
def embedded_status(as_json: Json = False) -> None:
    """Say whether it runs, and where."""
    from muster.nomad.inspections import show_embedded

    show_embedded(as_json=as_json)
