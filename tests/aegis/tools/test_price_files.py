import json
from pathlib import Path

import pytest

from muster.aegis.profilers.prices import shipped_prices
from muster.aegis.tools.price_files import read_prices, update_prices
from muster.core.errors import SourceError

ROW = {
    "provider": "Acme", "gpu": "H100 SXM", "gpu_mem_gb": 80, "usd_per_gpu_hour": 1.25,
    "tier": "on-demand", "date": "2026-11-01", "source": "acme.example/prices",
}  # fmt: skip


def written(folder: Path, *rows: object) -> Path:
    file = folder / "mine.json"
    file.write_text(json.dumps(rows))
    return file


def test_prices_of_a_file_stand_beside_those_that_ship(tmp_path: Path):
    update_prices(written(tmp_path, ROW), tmp_path / "prices")
    offers = read_prices(tmp_path / "prices").offers
    assert len(offers) == len(dict.fromkeys(shipped_prices().offers)) + 1


def test_the_same_file_twice_is_kept_once(tmp_path: Path):
    file = written(tmp_path, ROW)
    for _ in range(2):
        update_prices(file, tmp_path / "prices")
    assert len(list((tmp_path / "prices").iterdir())) == 1


def test_a_wrong_row_is_refused_by_its_number_and_nothing_is_kept(tmp_path: Path):
    with pytest.raises(SourceError, match="row 2: usd_per_gpu_hour"):
        update_prices(written(tmp_path, ROW, {**ROW, "usd_per_gpu_hour": -1}), tmp_path / "prices")
    assert not (tmp_path / "prices").exists()


def test_a_file_of_wrong_rows_does_not_flood_the_error(tmp_path: Path):
    with pytest.raises(SourceError, match="and 30 more"):
        update_prices(written(tmp_path, *[{}] * 50), tmp_path / "prices")


@pytest.mark.parametrize("content", [b"\xff\xfe", b"not json", b"[1]"])
def test_a_kept_file_that_broke_is_told_and_the_rest_is_read(tmp_path: Path, content: bytes):
    (tmp_path / "broken.json").write_bytes(content)
    table = read_prices(tmp_path)
    assert table.offers
    assert "broken.json" in table.problems[0]


def test_a_file_that_is_not_there_is_told(tmp_path: Path):
    with pytest.raises(SourceError, match="can't be read"):
        update_prices(tmp_path / "none.json", tmp_path / "prices")


def test_a_folder_that_is_not_there_adds_nothing(tmp_path: Path):
    assert read_prices(tmp_path / "none").problems == ()


def test_a_file_without_a_price_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.json").write_text("[]")
    with pytest.raises(SourceError, match="holds no price"):
        update_prices(tmp_path / "empty.json", tmp_path / "kept")
