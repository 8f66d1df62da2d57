"""A verdict as a small drawing: the measured interval, and the threshold that it is held against."""

from muster.aegis.domain.evaluation.verdicts import MetricName, Verdict

WIDTH, HEIGHT = 180, 26
_MARGIN = 8
AT_LEAST: frozenset[MetricName] = frozenset({"exact_match", "stop_rate"})
"""Of these more is better."""


def draw_verdict(verdict: Verdict) -> str:
    """An `<svg>`; empty where nothing was measured. What is beyond the threshold is shaded."""
    measured, threshold = verdict.measured, verdict.threshold
    if measured is None or threshold is None:
        return ""
    low, high = min(measured.low, threshold), max(measured.high, threshold)
    room = (high - low) * 0.15 or abs(high) * 0.5 or 1.0
    low, high = low - room, high + room

    def place(value: float) -> float:
        return round(_MARGIN + (value - low) / (high - low) * (WIDTH - 2 * _MARGIN), 1)

    limit, begin, middle, end = map(place, (threshold, measured.low, measured.mid, measured.high))
    shade, width = (0.0, limit) if verdict.metric in AT_LEAST else (limit, round(WIDTH - limit, 1))
    said = f"{measured.mid:.4g}, from {measured.low:.4g} to {measured.high:.4g}, against {threshold:g}"
    return (
        f'<svg class="mark {verdict.outcome}" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{said}">'
        f'<rect class="beyond" x="{shade}" y="3" width="{width}" height="20"/>'
        f'<line class="limit" x1="{limit}" y1="2" x2="{limit}" y2="24"/>'
        f'<line class="span" x1="{begin}" y1="13" x2="{end}" y2="13"/>'
        f'<circle cx="{middle}" cy="13" r="4.5"/></svg>'
    )


def shown_number(metric: MetricName, value: float) -> str:
    """With its unit: times the base's, bits, or a share."""
    match metric:
        case "perplexity":
            return f"{value:.3g}×"
        case "canary":
            return f"{value:.3g} bits"
        case _:
            return f"{value:.1%}"
