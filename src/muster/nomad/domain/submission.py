"""What a cluster is given: a job file's text, or the API's JSON job, and the change to lay over either."""

from pydantic import JsonValue

from muster.nomad.domain.existing.overlay import lay_over_job
from muster.nomad.domain.hcl.render import render_hcl
from muster.nomad.domain.spec import JobSpec
from muster.nomad.domain.values import Part

Json = dict[str, JsonValue]


class Submission(Part):
    """A job as it is planned and registered; never stored, since a job file may hold what must not be.

    Either `hcl`, which the cluster's own parser reads, or `job`. What differs between `before` and `after` is laid
    over what it reads.
    """

    name: str
    namespace: str | None = None
    hcl: str = ""
    job: Json | None = None
    before: Json = {}
    after: Json = {}

    def changed(self, job: Json) -> Json:
        """The job as read, with the change."""
        return lay_over_job(job, self.before, self.after)


def submission_of_spec(spec: JobSpec) -> Submission:
    """A spec alone, as its job file."""
    return Submission(name=spec.name, namespace=spec.namespace, hcl=render_hcl(spec))
