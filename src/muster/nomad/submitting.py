"""What is submitted: the job file with the changes of its spec, or the spec itself. Made anew wherever it is needed,
so that nothing of a job file is ever stored."""

from pydantic import JsonValue

from muster.core.redaction import remember_secrets
from muster.nomad.context import Context
from muster.nomad.domain.existing.chosen_file import check_unchanged
from muster.nomad.domain.existing.job_file import JobFile, placed_variables, read_job_file
from muster.nomad.domain.existing.kept import without_server_fields
from muster.nomad.domain.existing.projection import json_of, project_job, secret_values
from muster.nomad.domain.existing.questions import given_places, given_variables
from muster.nomad.domain.spec import JobSpec
from muster.nomad.domain.submission import Submission, submission_of_spec
from muster.nomad.ports import Codebase
from muster.nomad.state import State, needed


def read_chosen_file(state: State, codebase: Codebase) -> JobFile:
    """The job file of the run, with the values that were answered. Raises SourceError where it was changed."""
    chosen = needed(state.job_file)
    text = codebase.text(state.source, chosen.path)
    check_unchanged(chosen, text)
    given = given_variables(state.answers)
    file = read_job_file(text, chosen.path, given)
    if placed := placed_variables(file, given_places(state.answers)):
        file = read_job_file(text, chosen.path, given | placed)
    remember_secrets(secret_values(file.job))  # from here on no text of this process shows them
    return file


def submission_of(state: State, context: Context) -> Submission:
    """The job as the cluster is to have it."""
    spec = needed(state.spec)
    if state.job_file is None:
        return _over_running(spec, running_job(spec, state, context))
    file = read_chosen_file(state, context.codebase)
    return Submission(
        name=spec.name,
        namespace=spec.namespace,
        hcl=file.text if file.tree else "",
        job=None if file.tree else file.job,
        before=json_of(file.spec),
        after=json_of(spec),
    )


def running_job(spec: JobSpec, state: State, context: Context) -> dict[str, JsonValue] | None:
    """The job of that name that runs and is not this run's own; None where nothing is to be laid over.

    A written spec says what the repository says, whatever runs."""
    if context.cluster is None or state.goal == "spec" or state.new_job:
        return None
    running = context.cluster.running(spec.name, namespace=spec.namespace)
    if running is None:
        return None
    remember_secrets(secret_values(running))
    return without_server_fields(running)


def _over_running(spec: JobSpec, running: dict[str, JsonValue] | None) -> Submission:
    if running is None:
        return submission_of_spec(spec)
    before = json_of(project_job(running))
    return Submission(name=spec.name, namespace=spec.namespace, job=running, before=before, after=json_of(spec))
