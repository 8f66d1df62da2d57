"""The commands that need no run: analyze, validate, verify; and those that mind the embedded cluster."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from pydantic import JsonValue
from rich.table import Table
from rich.text import Text

from muster.core.clock import SystemClock
from muster.core.console import make_console, visible
from muster.core.errors import UsageError, WorkFailedError
from muster.core.gates.draft import Draft
from muster.core.gates.fronts import pick_front
from muster.core.gates.questions import ConfirmQuestion, Form
from muster.core.observability.logs import set_up_logs
from muster.core.runs.listening import Progress
from muster.core.runs.terminal_view import TerminalView
from muster.nomad.agent import load
from muster.nomad.domain.analysis_table import AnalysisRow, analysis_table
from muster.nomad.domain.board import board_lines
from muster.nomad.domain.candidates import chosen, find_candidates
from muster.nomad.domain.hcl.checks import check_job
from muster.nomad.domain.hcl.diagnostics import Diagnostic
from muster.nomad.domain.hcl.fixes.fix import fix_job
from muster.nomad.domain.merge.evidence import merge_evidence
from muster.nomad.domain.nothing_found import nothing_found
from muster.nomad.domain.outcomes import Observation, Unpromoted
from muster.nomad.embedded.announced import EmbeddedCluster
from muster.nomad.embedded.http.types import type_error
from muster.nomad.embedded.launch import ensure_cluster, find_cluster, stop_cluster
from muster.nomad.embedded.state.registered import completed
from muster.nomad.embedded.validation.jobs import validate_job
from muster.nomad.ports import Watched
from muster.nomad.settings import NomadSettings, Options
from muster.nomad.state import needed
from muster.nomad.tools.git_codebase import GitCodebase
from muster.nomad.tools.job_file import ApiJob, read_job_file
from muster.nomad.tools.spec_file import show_change, write_spec
from muster.nomad.wiring import embedded_home, open_cluster, settings_of

_HINT = "{file} holds what Nomad no longer takes, or never took: `nomad-spec validate --fix {file}` translates it"


def show_analysis(source: str, *, as_json: bool) -> None:
    """Print what the repository says."""
    codebase = GitCodebase()
    evidence = codebase.evidence(source)
    name = codebase.name(source)
    candidates = find_candidates(evidence, name=name)
    if not candidates:
        raise nothing_found(source, evidence)
    analysis = merge_evidence(evidence, candidates, chosen(candidates), name=name)
    if as_json:
        _say(analysis.model_dump_json(indent=2))
    else:
        make_console().print(_table(analysis_table(analysis)))


def validate_files(files: Sequence[Path], *, as_json: bool, fix: bool, ask: bool) -> None:
    """Print every complaint about the files; with `fix` translate HCL1 first, each file after a yes.

    Raises WorkFailedError where one of the complaints is an error, UsageError for `fix` with `as_json`.
    """
    if fix and as_json:
        raise UsageError("--fix shows a diff, and --json prints only JSON", advice="Give one of them.")
    for file in files if fix else ():
        _fix(file, ask=ask)
    found = [diagnostic for file in files for diagnostic in _check(file)]
    if as_json:
        _say(json.dumps([asdict(one) for one in found], indent=2))
    else:
        hints = () if fix else (_HINT.format(file=file) for file in files if _outdated(file))
        _say_each((*map(str, found), *hints))
    errors = sum(one.severity == "error" for one in found)
    if errors:
        raise WorkFailedError(f"{errors} error{'s' if errors > 1 else ''} in {len(files)} file(s)")
    if not as_json:
        _say(f"{len(files)} file(s) valid")


def verify_registered(job: str, options: Options, *, as_json: bool) -> None:
    """Watch a registered job. Raises UsageError for an unknown one, WorkFailedError when it is not healthy."""
    settings = settings_of(_settings(), options.cluster_id)
    view = TerminalView(make_console(stderr=as_json))

    def see(observation: Observation) -> None:
        view(Progress("verify", {"lines": list(board_lines(observation))}))

    with closing(view), open_cluster(settings, options, SystemClock()) as cluster:
        registration = needed(cluster).find(job)
        if registration is None:
            raise UsageError(f"there is no job {job} on this cluster", advice="`nomad job status` lists them.")
        watched = needed(cluster).watch(registration, timeout_s=settings.verification_timeout, see=see)
    words = f"{job} {_verdict(watched, registration.namespace)}: {watched.reason}"
    _say(watched.model_dump_json(indent=2) if as_json else words)
    if not watched.healthy:
        raise WorkFailedError(words)


def start_embedded(*, images: Path | None, nodes: Path | None, acl: bool) -> None:
    """Start the embedded cluster where it does not run."""
    cluster = ensure_cluster(embedded_home(_settings()), images=images, nodes=nodes, acl=acl)
    for name, value in cluster.variables().items():
        _say(f"{name}={value}")


def serve_embedded(*, port: int, real_time: bool, acl: bool, images: Path | None, nodes: Path | None) -> None:
    """Run the embedded cluster in the foreground, for Nomad's own command line. Raises UsageError where one runs."""
    from muster.nomad.embedded.server import Options as ServerOptions  # the HTTP server is slow to load
    from muster.nomad.embedded.server import serve

    home = embedded_home(_settings())
    running = find_cluster(home)
    if running is not None:
        raise UsageError(
            f"the embedded cluster runs already at {running.address}", advice="`nomad-spec embedded stop` ends it."
        )
    options = ServerOptions(home, port, images, nodes, real_time=real_time, acl=acl)
    serve(options, lambda cluster: _say_how_to_reach(cluster, real_time=real_time))


def _say_how_to_reach(cluster: EmbeddedCluster, *, real_time: bool) -> None:
    for name, value in cluster.variables().items():
        _say(f"export {name}={value}")
    _say("# The commands job, alloc, deployment, eval, node, namespace, acl, var, service, volume, scaling, system and")
    _say("# operator scheduler work as with Nomad; exec, snapshots, Sentinel, quotas and federation do not.")
    if not real_time:
        _say(
            "# Time is virtual: it passes while a client waits in a blocking query. With --real-time it passes always."
        )
    _say("# Ctrl-C ends it; what it was told is kept.")


def stop_embedded() -> None:
    """Stop it."""
    _say("stopped" if stop_cluster(embedded_home(_settings())) else "it was not running")


def show_embedded(*, as_json: bool) -> None:
    """Say whether it runs, and where."""
    cluster = find_cluster(embedded_home(_settings()))
    variables = cluster.variables() if cluster else {}
    if as_json:
        address = cluster.address if cluster else None
        _say(json.dumps({"running": cluster is not None, "address": address, "variables": variables}))
        return
    _say(f"runs at {cluster.address} (process {cluster.pid})" if cluster else "not running")
    for name, value in variables.items():
        _say(f"{name}={value}")


def _settings() -> NomadSettings:
    settings = load()
    set_up_logs(settings)
    return settings


def _table(rows: Sequence[AnalysisRow]) -> Table:
    table = Table("what", "value", "why", box=None, padding=(0, 2, 0, 0))
    for row in rows:
        what = f"{row.service}.{row.field}" if row.service else row.field
        why = f"{row.reason} ({row.where})" if row.where else row.reason
        table.add_row(*(Text(visible(text)) for text in (what, row.value, why)))
    return table


def _check(file: Path) -> tuple[Diagnostic, ...]:
    match read_job_file(file):
        case str() as text:
            return check_job(text, filename=str(file))
        case ApiJob(job=job):
            return tuple(_judged(str(file), job))


def _judged(file: str, job: JsonValue) -> Iterator[Diagnostic]:
    """What Nomad's server would say to a job in the API's JSON; there is no line to point at."""
    wrong = type_error(job)
    if wrong or not isinstance(job, dict):
        yield Diagnostic("Wrong type", wrong or "", file)
        return
    judged = validate_job(completed(job))
    yield from (Diagnostic("Refused by Nomad", text.strip(), file) for text in judged.errors)
    yield from (Diagnostic("Warning of Nomad", text.strip(), file, severity="warning") for text in judged.warnings)


def _outdated(file: Path) -> bool:
    text = read_job_file(file)
    return isinstance(text, str) and fix_job(text) != text


def _fix(file: Path, *, ask: bool) -> None:
    text = read_job_file(file)
    fixed = fix_job(text) if isinstance(text, str) else text
    if fixed == text or not isinstance(fixed, str):
        _say(f"{file}: nothing to translate")
        return
    show_change(file, fixed)
    question = ConfirmQuestion(id="fix", text=f"Write {file}?", default=True)
    front = pick_front(None, ask=ask, console=make_console())
    if front.ask(Form(title="HCL1 habits translated", questions=[question]), Draft())["fix"]:
        write_spec(file, fixed)


def _verdict(watched: Watched, namespace: str) -> str:
    if watched.promotes:
        waits = Unpromoted(deployment=watched.promotes, namespace=namespace, observation=watched.observation)
        return f"waits for promotion, by `{waits.command}`"
    if not watched.decided:
        return f"is not decided after {watched.deadline_s:.0f} s"
    return "is healthy" if watched.healthy else "is not healthy"


def _say(text: str) -> None:
    sys.stdout.write(f"{text.encode('utf-8', 'replace').decode()}\n")  # JSON may hold halves of a character


def _say_each(lines: Iterable[str]) -> None:
    for line in lines:
        _say(visible(line))
