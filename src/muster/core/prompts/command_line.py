"""The prompt commands, the same for one agent (`nomad-spec-prompt`) and for all (`muster prompts`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:  # `--help` imports this file
    from muster.core.prompts.uses import AgentPrompts

LoadPrompts = Callable[[], "tuple[AgentPrompts, ...]"]

Name = Annotated[str | None, typer.Option("-n", "--name", help="One prompt; otherwise all.", show_default=False)]
Label = Annotated[
    str | None, typer.Option("-l", "--label", help="Instead of LANGFUSE_PROMPT_LABEL.", show_default=False)
]
Labels = Annotated[
    list[str] | None,
    typer.Option("-l", "--label", help="Instead of LANGFUSE_PROMPT_LABEL; two: one against the other."),
]
Version = Annotated[
    int | None, typer.Option("-v", "--version", min=1, help="A version by its number.", show_default=False)
]
AgentName = Annotated[
    str | None, typer.Option("--agent", help="Whose a prompt will be that is new here.", show_default=False)
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done; change nothing, here or in Langfuse.")]


def prompt_app(load: LoadPrompts, help: str) -> typer.Typer:
    """A command line over the prompts that `load` gives."""
    app = typer.Typer(
        help=help,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,  # plain help: importing rich would double the start-up
    )
    _add_showing(app, load)
    _add_changing(app, load)
    return app


def _add_showing(app: typer.Typer, load: LoadPrompts) -> None:
    @app.command("list")
    def list_all(name: Name = None, label: Label = None) -> None:
        """Show versions here and in Langfuse, and drift."""
        from muster.core.prompts.commands import list_prompts

        list_prompts(load(), name, label)

    @app.command()
    def diff(name: Name = None, label: Labels = None, version: Version = None) -> None:
        """Compare file and label, or two labels.

        Shows what a model would be told differently, and the outcomes of the runs that used each version.
        """
        from muster.core.prompts.commands import diff_prompts

        diff_prompts(load(), name, tuple(label or ()), version)


def _add_changing(app: typer.Typer, load: LoadPrompts) -> None:
    @app.command()
    def push(name: Name = None, label: Label = None, dry_run: DryRun = False) -> None:
        """Make files versions in Langfuse.

        What is unchanged makes no new version. What a prompt includes goes first. Asks when the label is production.
        """
        from muster.core.prompts.commands import push_prompts

        push_prompts(load(), name, label, dry_run=dry_run)

    @app.command()
    def pull(
        name: Name = None,
        label: Label = None,
        version: Version = None,
        agent: AgentName = None,
        dry_run: DryRun = False,
    ) -> None:
        """Make Langfuse's versions files.

        Asks before a file that was changed here is replaced.
        """
        from muster.core.prompts.commands import pull_prompts

        pull_prompts(load(), name, label, version, agent, dry_run=dry_run)

    @app.command()
    def promote(name: Name = None, label: Label = None, version: Version = None, dry_run: DryRun = False) -> None:
        """Move a label to the newest version.

        Or to --version. Shows both versions' outcomes first, and asks when the label is production.
        """
        from muster.core.prompts.commands import promote_prompts

        promote_prompts(load(), name, label, version, dry_run=dry_run)
