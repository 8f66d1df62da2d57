"""Renders a spec into scripts that run by themselves: Jinja2 templates around modules that are copied in."""

from typing import Any

import jinja2

from muster.aegis.domain.spec import TrainingSpec
from muster.aegis.generators.literals import literal
from muster.aegis.generators.parts_source import imports, source
from muster.core.errors import UsageError


class TemplateGenerator:
    """Satisfies `ports.CodeGenerator`. The values of a spec get into a script as literals, never as code."""

    def __init__(self) -> None:
        self._environment = jinja2.Environment(
            loader=jinja2.PackageLoader("muster.aegis.generators"),
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            autoescape=False,  # Python, no markup: `literal` is what keeps values data
        )
        self._environment.filters["literal"] = literal
        own: dict[str, Any] = {"imports": imports, "source": source}
        self._environment.globals.update(own)

    def training(self, spec: TrainingSpec) -> str:
        """The script that trains. Raises UsageError for a spec that no script does: preferences can't be packed."""
        if spec.objective == "dpo" and spec.shape.packing:
            raise UsageError("objective dpo can't pack rows: set shape.packing to false")
        return self._environment.get_template("train.py.j2").render(spec=spec)

    def evaluation(self, spec: TrainingSpec) -> str:
        """The script that evaluates the artefact against the base model."""
        return self._environment.get_template("evaluate.py.j2").render(spec=spec)
