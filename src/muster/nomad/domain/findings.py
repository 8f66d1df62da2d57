"""What a check before the deployment found, in words for a person: kept with the run, shown, and decided upon."""

from typing import Literal

from muster.nomad.domain.values import Part


class Finding(Part):
    """One thing found. An `error` stands in the way of the deployment, a `warning` is only told."""

    kind: str
    """What was checked and how it failed, `route_taken`: for those who count or filter."""
    severity: Literal["error", "warning"]
    text: str
    """One sentence, with the names and numbers that decided it."""
    where: str = ""
    """The place in the job, or what else it is about, `group.web.service.web`."""
    advice: str = ""
    """What a person would do about it."""
