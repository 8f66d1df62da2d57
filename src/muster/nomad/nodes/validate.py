"""Checks the spec before anybody is asked: offline by the schema, then by the cluster, then what it needs around it."""

from langgraph.runtime import Runtime

from muster.core.runs.events import RunEvent
from muster.nomad.context import Context
from muster.nomad.domain.existing.projection import project_job
from muster.nomad.domain.findings import Finding
from muster.nomad.domain.hcl.checks import check_job
from muster.nomad.domain.outcomes import Cause, Failed, Observation
from muster.nomad.domain.review.kinds import is_confirmable, of_review
from muster.nomad.domain.review.table import findings_table
from muster.nomad.domain.routing.asked import asked_routes, known_routes
from muster.nomad.domain.routing.findings import ROUTE_CONFLICTS, route_findings
from muster.nomad.domain.spec import JobSpec
from muster.nomad.domain.submission import Submission
from muster.nomad.ports import Cluster
from muster.nomad.state import State, Update, needed
from muster.nomad.submitting import submission_of
from muster.nomad.surveying.review import review_job


def validate_spec(state: State, runtime: Runtime[Context]) -> Update:
    """Collect every complaint; an invalid job is a failure that no rule repairs, and so is a route of somebody else."""
    spec, cluster = needed(state.spec), needed(runtime.context.cluster)
    complaints = _missing(spec) or _complaints(submission_of(state, runtime.context), cluster)
    if complaints:
        return _failed(_invalid(complaints), complaints, runtime.context)
    findings = (*_check_routes(state, spec, cluster), *_review(state, spec, runtime.context))
    blocking = _blocking(findings, runtime.context.policy.allow_route_conflict)
    if blocking:
        failed = _failed(_conflict(blocking), [one.text for one in findings], runtime.context)
        return failed | {"findings": list(findings)}
    said = runtime.context.say("validate_spec", "observed", "the job is valid")
    told = _told(findings, runtime.context)
    return {"outcome": None, "findings": list(findings), "events": [said, *told]}


def _failed(cause: Cause, lines: list[str], context: Context) -> Update:
    text = "\n".join(lines)
    said = context.say("validate_spec", "failed", cause.summary, detail=text)
    return {"outcome": Failed(cause=cause, observation=Observation(refusal=text)), "events": [said]}


def _invalid(complaints: list[str]) -> Cause:
    return Cause(
        kind="invalid_job",
        remedy="none",
        summary=f"the job is invalid: {complaints[0]}",
        advice="Change what the message names: in the repository, by the prompt, or by an answer.",
        quotes=tuple(complaints),
    )


def _missing(spec: JobSpec) -> list[str]:
    missing = spec.missing_variables()
    return [f"no value for variable {one.name}: {one.missing or one.description}" for one in missing]


def _complaints(job: Submission, cluster: Cluster) -> list[str]:
    """The first kind of complaint that there is: the schema's, the cluster's own."""
    found = check_job(job.hcl, filename=f"{job.name}.nomad.hcl") if job.hcl else ()
    return [str(one) for one in found if one.severity == "error"] or list(cluster.validate(job))


def _check_routes(state: State, spec: JobSpec, cluster: Cluster) -> tuple[Finding, ...]:
    """What is wrong with its routes; the cluster is asked only where it has any."""
    services = [one for group in spec.groups for one in group.services]
    if not any(asked_routes(one.name, one.tags) for one in services):
        return ()
    estate = state.estate
    routes = known_routes(estate.routes, estate.services) if estate else ()
    return route_findings(spec, routes, _own_services(spec, cluster), estate.conventions if estate else None)


def _own_services(spec: JobSpec, cluster: Cluster) -> frozenset[str]:
    """The services of the job as it runs now: their routes are its own."""
    running = cluster.running(spec.name, namespace=spec.namespace)
    groups = project_job(running).groups if running else ()
    return frozenset(service.name for group in groups for service in group.services)


def _review(state: State, spec: JobSpec, context: Context) -> tuple[Finding, ...]:
    estate = context.estate.without(state.without)
    return review_job(spec, estate, state.cluster, from_running=state.job_file is None)


def _blocking(findings: tuple[Finding, ...], allowed: str) -> tuple[Finding, ...]:
    """The errors that nobody may confirm; a reason lets conflicts with other routes pass, and nothing else."""
    errors = (one for one in findings if one.severity == "error" and not is_confirmable(one))
    return tuple(one for one in errors if not (allowed and one.kind in ROUTE_CONFLICTS))


def _conflict(blocking: tuple[Finding, ...]) -> Cause:
    first = blocking[0]
    way_out = " If it is meant so: --allow-route-conflict REASON." if first.kind in ROUTE_CONFLICTS else ""
    return Cause(
        kind="route_conflict",
        remedy="none",
        summary=first.text,
        advice=f"{first.advice}{way_out}",
        quotes=tuple(one.text for one in blocking),
    )


def _told(findings: tuple[Finding, ...], context: Context) -> list[RunEvent]:
    """Each finding, and why one that is an error is let pass."""
    reason = context.policy.allow_route_conflict
    passed = [one for one in findings if one.kind in ROUTE_CONFLICTS and one.severity == "error"]
    allowed = [context.say("validate_spec", "decided", f"--allow-route-conflict: {reason}")] if passed else []
    review = of_review(findings)
    routes = [one for one in findings if one not in review]
    told = [context.say("validate_spec", "warned", one.text, detail=one.advice) for one in routes]
    if review:
        text = f"found before the plan: {len(review)}"
        told.append(context.say("validate_spec", "warned", text, detail=findings_table(review)))
    return [*told, *allowed]
