"""What `muster metrics` does: counts all runs, and prints what Prometheus would be told."""

import sys

from muster.core.extras import require
from muster.core.observability.logs import set_up_logs
from muster.core.settings import MusterSettings, load_settings


def print_metrics() -> None:
    """All metrics of all runs. Raises MissingExtraError where Prometheus' client is not installed."""
    settings = load_settings(MusterSettings)
    set_up_logs(settings)
    require("trace", "prometheus_client")
    from muster.core.observability.metrics import metrics_text

    sys.stdout.write(metrics_text(settings.muster_home))
