"""Metrics as a file and over HTTP; off they cost nothing."""

import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from core.observability.test_metrics import finished
from muster.core.errors import SettingsError
from muster.core.observability.publishing import published_metrics
from muster.core.observability.settings import MetricsSettings


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def test_the_file_is_written_when_a_run_has_ended(tmp_path: Path) -> None:
    file = tmp_path / "muster.prom"
    with published_metrics(MetricsSettings(metrics_textfile=file), tmp_path):
        finished(tmp_path, "a")
        assert not file.exists()
    assert 'muster_runs_total{agent="nomad",outcome="finished"} 1.0' in file.read_text()


def test_the_file_is_written_when_the_run_ends_by_an_error(tmp_path: Path) -> None:
    file = tmp_path / "muster.prom"
    with pytest.raises(KeyError), published_metrics(MetricsSettings(metrics_textfile=file), tmp_path):
        raise KeyError
    assert file.exists()


def test_metrics_are_served_on_this_machine_while_a_run_goes_on(tmp_path: Path) -> None:
    port = free_port()
    with published_metrics(MetricsSettings(metrics_port=port), tmp_path):
        finished(tmp_path, "a")
        text = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text
    assert 'muster_runs_total{agent="nomad",outcome="finished"} 1.0' in text
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False)


def test_a_second_run_goes_on_where_the_port_is_taken(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    settings = MetricsSettings(metrics_port=free_port())
    with published_metrics(settings, tmp_path), published_metrics(settings, tmp_path):
        pass
    assert "is taken" in caplog.text


def test_a_file_without_a_folder_is_refused_before_anything_happens(tmp_path: Path) -> None:
    settings = MetricsSettings(metrics_textfile=tmp_path / "none" / "muster.prom")
    with pytest.raises(SettingsError, match="METRICS_TEXTFILE"), published_metrics(settings, tmp_path):
        pytest.fail("it went on")


def test_a_file_that_can_not_be_written_spoils_no_run(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "muster.prom").mkdir()
    with published_metrics(MetricsSettings(metrics_textfile=tmp_path / "muster.prom"), tmp_path):
        pass
    assert "could not be written" in caplog.text


def test_off_nothing_is_loaded_and_nothing_written(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from muster.core.observability.publishing import published_metrics\n"
        "from muster.core.observability.settings import MetricsSettings\n"
        "with published_metrics(MetricsSettings(), Path('home')): pass\n"
        "assert not any(name.startswith('prometheus_client') for name in sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path)
    assert list(tmp_path.iterdir()) == []
