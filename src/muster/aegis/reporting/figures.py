"""Figures of a run as inline SVG. The only module that imports matplotlib: a run that draws nothing never loads it.

Drawn through Figure objects, with no pyplot and no state of the process. Colours are variables of the page's CSS, so
that one drawing is right in light, dark and print.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, StrMethodFormatter

from muster.aegis.reporting.series import Points

_INCHES = (5.4, 3.1)
_INK, _SOFT, _LINE, _BAD = "#000001", "#000002", "#000003", "#000004"
_JOBS = ("#000011", "#000012", "#000013", "#000014", "#000015", "#000016")
_VARIABLES = {_INK: "ink", _SOFT: "soft", _LINE: "line", _BAD: "bad"} | {
    colour: f"c{number}" for number, colour in enumerate(_JOBS, 1)
}
"""Colours that stand for a variable of the page."""
_SPREAD = 100.0
"""Values further apart are drawn by their logarithm."""


@dataclass(frozen=True)
class Curve:
    """`hue` counts attempts from 0. `marked` are single measurements, joined by a dashed line."""

    label: str
    points: Points
    hue: int = 0
    style: Literal["line", "marked", "dotted"] = "line"


@dataclass(frozen=True)
class Limit:
    """A level that is not to be passed."""

    label: str
    y: float
    hard: bool = False


def draw(name: str, x: str, y: str, curves: Sequence[Curve], limits: Sequence[Limit] = ()) -> str:
    """The figure as an `<svg>`; the axes are labelled with their units. `name` keeps its ids apart on a page."""
    # text stays text, in the page's own type; the salt makes ids the same each time
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name, "font.size": 9.5, "text.parse_math": False}):
        figure = Figure(figsize=_INCHES, layout="constrained")
        axes = figure.add_subplot()
        for curve in curves:
            _add_curve(axes, curve)
        for limit in limits:
            _add_limit(axes, limit)
        _dress(axes, x, y)
        _scale(axes, curves, limits)
        if len(curves) > 1 or limits:
            axes.legend(loc="best", frameon=False, labelcolor=_INK, fontsize=8.5)
        return _svg(figure)


def _add_curve(axes: Axes, curve: Curve) -> None:
    xs, ys = [x for x, _ in curve.points], [y for _, y in curve.points]
    line, marker = {"line": ("-", ""), "marked": ("--", "o"), "dotted": (":", "")}[curve.style]
    axes.plot(
        xs,
        ys,
        color=_JOBS[curve.hue % len(_JOBS)],
        linestyle=line,
        marker="o" if len(curve.points) == 1 else marker,
        markersize=4.5,
        linewidth=1.6,
        label=curve.label,
    )


def _add_limit(axes: Axes, limit: Limit) -> None:
    colour, style = (_BAD, "-") if limit.hard else (_SOFT, "-.")
    axes.axhline(limit.y, color=colour, linestyle=style, linewidth=1.2, label=limit.label)


def _dress(axes: Axes, x: str, y: str) -> None:
    axes.set_xlabel(x, color=_SOFT)
    axes.set_ylabel(y, color=_SOFT)
    axes.tick_params(colors=_SOFT, length=0, which="both")
    axes.grid(visible=True, axis="y", color=_LINE, linewidth=0.8)
    axes.patch.set_visible(False)
    axes.margins(x=0.02)
    for side, spine in axes.spines.items():
        spine.set_color(_LINE)
        spine.set_visible(side == "bottom")


def _scale(axes: Axes, curves: Sequence[Curve], limits: Sequence[Limit]) -> None:
    heights = [y for curve in curves for _, y in curve.points]
    if min(heights) > 0 and max(heights) > _SPREAD * min(heights):
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))  # its own writes formulas, which are not read here
        axes.yaxis.set_minor_formatter(NullFormatter())
    elif limits or (min(heights) >= 0 and min(heights) < 0.5 * max(heights)):
        axes.set_ylim(bottom=0)


def _svg(figure: Figure) -> str:
    written = io.StringIO()
    nothing: dict[str, None] = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    figure.patch.set_visible(False)
    FigureCanvasSVG(figure).print_svg(written, metadata=nothing)
    text = written.getvalue()
    text = text[text.index("<svg") :]  # without the header of a file, which names its document type by an address
    for colour, variable in _VARIABLES.items():
        text = text.replace(colour, f"var(--{variable})")
    return text
