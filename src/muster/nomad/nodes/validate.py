"""Checks the spec before anybody is asked: offline by the schema, then by the cluster."""

from langgraph.runtime import Runtime

from muster.nomad.context import Context
from muster.nomad.domain.hcl.checks import check_job
from muster.nomad.domain.outcomes import Cause, Failed, Observation
from muster.nomad.domain.spec import JobSpec
from muster.nomad.domain.submission import Submission
from muster.nomad.ports import Cluster
from muster.nomad.state import State, Update, needed
from muster.nomad.submitting import submission_of


def validate_spec(state: State, runtime: Runtime[Context]) -> Update:
    """Collect every complaint; an invalid job is a failure that no rule repairs."""
    spec, cluster = needed(state.spec), needed(runtime.context.cluster)
    complaints = _missing(spec) or _complaints(submission_of(state, runtime.context), cluster)
    if not complaints:
        return {"outcome": None, "events": [runtime.context.say("validate_spec", "observed", "the job is valid")]}
    text = "\n".join(complaints)
    cause = Cause(
        kind="invalid_job",
        remedy="none",
        summary=f"the job is invalid: {complaints[0]}",
        advice="Change what the message names: in the repository, by the prompt, or by an answer.",
        quotes=tuple(complaints),
    )
    said = runtime.context.say("validate_spec", "failed", cause.summary, detail=text)
    return {"outcome": Failed(cause=cause, observation=Observation(refusal=text)), "events": [said]}


def _missing(spec: JobSpec) -> list[str]:
    missing = spec.missing_variables()
    return [f"no value for variable {one.name}: {one.missing or one.description}" for one in missing]


def _complaints(job: Submission, cluster: Cluster) -> list[str]:
    """The first kind of complaint that there is: the schema's, the cluster's own."""
    found = check_job(job.hcl, filename=f"{job.name}.nomad.hcl") if job.hcl else ()
    return [str(one) for one in found if one.severity == "error"] or list(cluster.validate(job))
