"""The command line of threads: parses, and hands over. Nothing heavy is imported before a command runs."""

from enum import StrEnum
from typing import Annotated

import typer

from muster.core.cli import run_cli
from muster.core.extras import require

app = typer.Typer(
    name="threads",
    help="From a topic to one published post: written in a persona's voice, moderated, compared, published once.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: importing rich would double the start-up
)
database_app = typer.Typer(help="The database's shape.", no_args_is_help=True, rich_markup_mode=None)
keys_app = typer.Typer(help="Keys of the API.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(database_app, name="db")
app.add_typer(keys_app, name="keys")
EXTRA_MODULES = (
    "alembic", "celery", "fastapi", "numpy", "onnxruntime", "prometheus_client", "profanity_check", "psycopg",
    "qdrant_client", "rapidfuzz", "sqlalchemy", "tokenizers", "uvicorn",
)  # fmt: skip


class ServiceChoice(StrEnum):
    """The services that have an address; workers have a command of their own."""

    orchestrator = "orchestrator"
    persona_runtime = "persona-runtime"
    fake_threads = "fake-threads"
    embedded_qdrant = "embedded-qdrant"


class PoolChoice(StrEnum):
    """How a worker does several things at once."""

    threads = "threads"
    prefork = "prefork"


class StateChoice(StrEnum):
    """Every state of a task."""

    queued = "queued"
    drafted = "drafted"
    moderated = "moderated"
    deduplicated = "deduplicated"
    approved = "approved"
    container_created = "container_created"
    published = "published"
    blocked = "blocked"
    duplicate = "duplicate"
    rejected = "rejected"
    unknown = "unknown"
    failed = "failed"
    cancelled = "cancelled"


class RedriveChoice(StrEnum):
    """The states that somebody may have tried again."""

    failed = "failed"
    unknown = "unknown"


TaskId = Annotated[str, typer.Argument(metavar="ID", help="Of a task, or its first digits.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Why = Annotated[str, typer.Option("--reason", help="Why; the story tells it.", show_default=False)]
Port = Annotated[int | None, typer.Option(min=1, max=65535, help="Instead of its own.", show_default=False)]
MetricsPort = Annotated[
    int | None, typer.Option("--metrics-port", min=1, max=65535, help="Instead of METRICS_PORT.", show_default=False)
]
Pool = Annotated[PoolChoice, typer.Option(help="Threads of one process, or processes.")]
Concurrency = Annotated[int, typer.Option(min=1, max=256, help="Tasks at once, of one worker.")]


@app.callback()
def check_installation() -> None:
    """Say what is missing before a command fails half way."""
    require("threads", *EXTRA_MODULES)


@app.command()
def demo(
    minutes: Annotated[float, typer.Option(min=0, max=1440, help="Stay so long, to look around.")] = 0,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Of the API; 0 takes a free one.")] = 0,
) -> None:
    """Show it all in one process, with nothing but this machine: ten tasks, two personas, a board."""
    from muster.threads.demo import run_demo

    run_demo(minutes, port)


@app.command()
def up(
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that work on tasks.")] = 1,
    pool: Pool = PoolChoice.threads,
    concurrency: Concurrency = 8,
    qdrant_port: Annotated[
        int, typer.Option(min=1, max=65535, help="Of the embedded Qdrant, where QDRANT_URL names no other.")
    ] = 6333,
    demo_data: Annotated[bool, typer.Option("--demo-data", help="Ask for the demo's posts once all is ready.")] = False,
) -> None:
    """Run every service as a process of its own until Ctrl-C: on this machine alone, or on what the settings name."""
    from muster.threads.up import UpOptions, run_services

    run_services(UpOptions(workers, pool.value, concurrency, qdrant_port, demo_data))


@app.command()
def serve(
    service: Annotated[ServiceChoice, typer.Argument(show_default=False)],
    port: Port = None,
    metrics_port: MetricsPort = None,
) -> None:
    """Run one service until a signal ends it."""
    from muster.threads.serving import serve_service

    serve_service(service.value, port, metrics_port)


@app.command()
def worker(pool: Pool = PoolChoice.threads, concurrency: Concurrency = 8, metrics_port: MetricsPort = None) -> None:
    """Work on tasks until a signal ends it; what is begun is finished, the rest handed back."""
    from muster.threads.serving import run_worker

    run_worker(pool.value, concurrency, metrics_port)


@app.command()
def post(
    persona: Annotated[str, typer.Argument(help="As `threads personas` lists them.", show_default=False)],
    topic: Annotated[str, typer.Argument(help="What it is to be about.", show_default=False)],
    pain: Annotated[str, typer.Option(help="What hurts those who read it.", show_default=False)] = "",
    trend: Annotated[str, typer.Option(help="What is talked about just now.", show_default=False)] = "",
    when: Annotated[str, typer.Option(help="now, next_slot, or a time.")] = "now",
    approval: Annotated[bool, typer.Option("--approval", help="Publish it only after `threads approve`.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Tell its story until it ends or waits.")] = False,
) -> None:
    """Ask for a post, and print the task's id."""
    from muster.threads.task_commands import ask_for_post

    asked = {"persona_id": persona, "topic": topic, "pain_statement": pain, "trend_snippet": trend}
    ask_for_post({**asked, "needs_approval": True if approval else None}, when=when, wait=wait)


@app.command()
def tasks(
    state: Annotated[StateChoice | None, typer.Option(help="Only those.", show_default=False)] = None,
    persona: Annotated[str | None, typer.Option(help="Only its.", show_default=False)] = None,
    most: Annotated[int, typer.Option(min=1, max=10_000, help="The latest so many.")] = 50,
    as_json: Json = False,
) -> None:
    """List tasks."""
    from muster.threads.task_commands import list_tasks

    list_tasks(state.value if state else None, persona, most, as_json=as_json)


@app.command()
def show(task_id: TaskId, as_json: Json = False) -> None:
    """Show a task and its story."""
    from muster.threads.task_commands import show_task

    show_task(task_id, as_json=as_json)


@app.command()
def approve(
    task_id: TaskId,
    hook: Annotated[str | None, typer.Option(help="Another first line.", show_default=False)] = None,
    body: Annotated[str | None, typer.Option(help="Another text below it.", show_default=False)] = None,
) -> None:
    """Say yes to a post that waits for it; other words are judged again."""
    from muster.threads.task_commands import decide_task

    given = {"hook": hook, "body": body}
    decide_task(task_id, "approve", {name: text for name, text in given.items() if text is not None})


@app.command()
def reject(task_id: TaskId, reason: Why = "") -> None:
    """Say no to a post that waits for approval."""
    from muster.threads.task_commands import decide_task

    decide_task(task_id, "reject", {"reason": reason})


@app.command()
def cancel(task_id: TaskId, reason: Why = "") -> None:
    """Stop a task, while its publication was not tried."""
    from muster.threads.task_commands import decide_task

    decide_task(task_id, "cancel", {"reason": reason})


@app.command()
def retry(task_id: TaskId) -> None:
    """Try a failed task again from where it stood, or look an unknown one up again."""
    from muster.threads.task_commands import decide_task

    decide_task(task_id, "retry", {})


@app.command()
def settle(
    task_id: TaskId,
    published: Annotated[bool, typer.Option("--published/--not-published", help="Is it out?", show_default=False)],
    media_id: Annotated[
        str | None, typer.Option("--media-id", help="Of the platform, with --published.", show_default=False)
    ] = None,
) -> None:
    """Say whether an unknown post is out, where nobody could find out but you."""
    from muster.threads.task_commands import decide_task

    decide_task(task_id, "settle", {"published": published, "media_id": media_id})


@app.command()
def redrive(
    state: Annotated[RedriveChoice, typer.Option(help="Which.")] = RedriveChoice.failed,
    most: Annotated[int, typer.Option(min=1, max=10_000, help="The latest so many.")] = 1000,
) -> None:
    """Try every task of a state again: the dead letters. `threads tasks --state failed` shows them."""
    from muster.threads.task_commands import redrive_tasks

    redrive_tasks(state.value, most)


@app.command()
def personas(as_json: Json = False) -> None:
    """List who may be asked for a post."""
    from muster.threads.inspections import show_personas

    show_personas(as_json=as_json)


@app.command()
def doctor(as_json: Json = False) -> None:
    """Ask every service how it is."""
    from muster.threads.inspections import examine_services

    examine_services(as_json=as_json)


@database_app.command("upgrade")
def database_upgrade() -> None:
    """Bring it to the last revision; the orchestrator does so itself when it starts."""
    from muster.threads.database_commands import upgrade

    upgrade()


@database_app.command("downgrade")
def database_downgrade(
    revision: Annotated[str, typer.Argument(help="A revision; `base` removes every table.", show_default=False)],
) -> None:
    """Take it back."""
    from muster.threads.database_commands import downgrade

    downgrade(revision)


@database_app.command("check")
def database_check() -> None:
    """Compare it with what this version wants."""
    from muster.threads.database_commands import check

    check()


@keys_app.command("new")
def keys_new(
    name: Annotated[str, typer.Argument(help="Whose it is; told in stories.", show_default=False)],
    scope: Annotated[list[str], typer.Option(help="What it may do; several by repeating it.", show_default=False)],
) -> None:
    """Make a key: it is printed once, with the entry for the file of THREADS_API_KEYS."""
    from muster.threads.inspections import make_key

    make_key(name, scope)


@app.command()
def version() -> None:
    """Print the version."""
    from muster.core.version import muster_version

    typer.echo(f"threads {muster_version()}")


def main() -> None:
    """Entry point `threads`."""
    run_cli(app)
