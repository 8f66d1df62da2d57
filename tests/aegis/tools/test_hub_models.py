"""Models of a hub: fetched whole, checked, gone on with, refused; and what a spec becomes by them."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from aegis.tools.hub_double import SHA, HubDouble, hub
from aegis.worlds import World
from muster.aegis.domain.architecture import Architecture
from muster.aegis.domain.intent.pinning import pin_revision
from muster.aegis.domain.intent.settling import Settled
from muster.aegis.domain.preflight.case import Case
from muster.aegis.domain.preflight.checks import preflight
from muster.aegis.domain.preflight.model_facts import ModelFacts
from muster.aegis.domain.preflight.target_facts import TargetFacts
from muster.aegis.domain.spec import TrainingSpec
from muster.aegis.profilers.architectures import read_architecture
from muster.aegis.tools.hub_client import HubClient
from muster.aegis.tools.hub_inputs import HubInputs
from muster.aegis.tools.hub_models import Fetched, HubModels
from muster.core.errors import AccessDeniedError, ServiceFailureError, SourceError, UnreachableError

WEIGHTS = "model.safetensors"


@pytest.fixture
def files(tmp_path: Path) -> dict[str, bytes]:
    world = World(tmp_path)
    world.edit("config.json", intermediate_size=32)
    return {file.name: file.read_bytes() for file in world.model.iterdir()}


@pytest.fixture
def double(files: dict[str, bytes]) -> HubDouble:
    return HubDouble(files)


@pytest.fixture
def told() -> list[str]:
    return []


Hub = Callable[..., HubModels]


@pytest.fixture
def models(double: HubDouble, tmp_path: Path, told: list[str]) -> Iterator[Hub]:
    with ExitStack() as stack:
        address = stack.enter_context(hub(double))
        yield lambda token="": HubModels(HubClient(address, token), tmp_path / "models", told.append)


def away(tmp_path: Path) -> HubModels:
    return HubModels(HubClient("http://127.0.0.1:9"), tmp_path / "models", lambda line: None)


def fetch(models: HubModels, revision: str | None = None, *, weights: bool = True) -> Fetched:
    return models.fetch("org/tiny", revision, weights=weights)


def names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir() if not file.name.startswith(".")}


def test_a_model_is_fetched_as_it_is(models: Hub, files: dict[str, bytes]) -> None:
    folder = fetch(models()).folder
    assert {name: (folder / name).read_bytes() for name in names(folder)} == files


def test_a_branch_is_pinned_to_its_commit(models: Hub, tmp_path: Path) -> None:
    found = fetch(models(), "main")
    assert (found.sha, found.folder) == (SHA, tmp_path / "models/org--tiny" / SHA)


def test_the_size_is_told_before(models: Hub, told: list[str]) -> None:
    fetch(models())
    assert told[0].startswith("fetching org/tiny at 0123456789ab: 0.1 MiB in 4 files")


def test_a_commit_that_is_whole_here_needs_no_network(models: Hub, tmp_path: Path) -> None:
    fetch(models())
    assert fetch(away(tmp_path), SHA).sha == SHA


def test_a_hub_that_is_away_names_the_commit_that_is_here(models: Hub, tmp_path: Path) -> None:
    fetch(models())
    with pytest.raises(UnreachableError, match=f"model.revision: {SHA} is here"):
        fetch(away(tmp_path))


def test_without_a_network_a_folder_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match=r"HF_ENDPOINT.*name a folder by model\.path"):
        fetch(away(tmp_path))


def test_pickles_and_other_files_are_never_fetched(models: Hub, double: HubDouble) -> None:
    more = ("pytorch_model.bin", "modeling_tiny.py", "../escape.json", "onnx/model.json", ".hidden.json")
    double.files |= dict.fromkeys(more, b"x")
    assert not names(fetch(models()).folder) & {"pytorch_model.bin", "modeling_tiny.py", "escape.json", "model.json"}
    assert not [path for path, _, _ in double.served if any(name in path for name in more)]


def test_a_model_that_is_only_pickled_is_refused(models: Hub, double: HubDouble) -> None:
    double.files["pytorch_model.bin"] = double.files.pop(WEIGHTS)
    with pytest.raises(SourceError, match="pickled"):
        fetch(models())


def test_a_gated_model_wants_a_token(models: Hub, double: HubDouble) -> None:
    double.token = "hf_sample"
    with pytest.raises(AccessDeniedError, match="HF_TOKEN"):
        fetch(models())


def test_the_token_goes_to_the_hub_and_to_nobody_else(models: Hub, double: HubDouble) -> None:
    double.token = "hf_sample"
    fetch(models("hf_sample"))
    assert {given for path, _, given in double.served if not path.startswith("/stored/")} == {"Bearer hf_sample"}
    assert {given for path, _, given in double.served if path.startswith("/stored/")} == {""}


def test_a_revision_that_is_not_there_is_told(models: Hub) -> None:
    with pytest.raises(SourceError, match="no org/tiny at v9"):
        fetch(models(), "v9")


def test_a_file_that_is_cut_off_is_gone_on_with(models: Hub, double: HubDouble, files: dict[str, bytes]) -> None:
    double.cut_after, double.cuts = 1000, 2
    assert (fetch(models()).folder / WEIGHTS).read_bytes() == files[WEIGHTS]
    assert [given for path, given, _ in double.served if path.startswith("/stored/")] == [
        "",
        "bytes=1000-",
        "bytes=2000-",
    ]


def test_what_another_process_had_begun_is_gone_on_with(
    models: Hub, double: HubDouble, files: dict[str, bytes]
) -> None:
    double.cut_after, double.cuts = 500, 99
    with pytest.raises(UnreachableError, match="cut"):
        fetch(models())
    double.cuts, begun = 0, len(double.served)
    assert (fetch(models()).folder / WEIGHTS).read_bytes() == files[WEIGHTS]
    assert [given for path, given, _ in double.served[begun:] if path.startswith("/stored/")] == ["bytes=2500-"]


@pytest.mark.parametrize("name", [WEIGHTS, "config.json"])
def test_a_file_that_is_not_what_the_hub_told_is_dropped(models: Hub, double: HubDouble, name: str) -> None:
    double.damaged = name
    with pytest.raises(SourceError, match=f"{name} of org/tiny is damaged"):
        fetch(models())
    double.damaged = ""
    assert (fetch(models()).folder / name).read_bytes() == double.files[name]


def test_what_does_not_fit_the_disk_is_refused_before_it_is_fetched(
    models: Hub, double: HubDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = shutil.disk_usage("/")._replace(free=2**30)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: full)
    with pytest.raises(SourceError, match=r"takes 0\.1 MiB, and 0\.0 MiB may be used"):
        fetch(models())
    assert len(double.served) == 1


def test_a_hub_that_redirects_in_circles_is_told(models: Hub, double: HubDouble) -> None:
    fetch(models(), weights=False)
    double.stored_at = "/org/tiny/resolve/" + SHA + "/model.safetensors?"
    with pytest.raises(ServiceFailureError, match="redirects more than 5 times"):
        fetch(models())


def spec_of(world: Path) -> TrainingSpec:
    given = {"model": {"path": "org/tiny"}, "data": {"path": str(world / "rows.jsonl")}, "shape": {"seq_len": 128}}
    return TrainingSpec.model_validate(given)


def test_a_plan_fetches_all_but_the_weights_and_counts_the_model(
    models: Hub, tmp_path: Path, double: HubDouble
) -> None:
    facts = HubInputs(models(), weights=False).model(spec_of(tmp_path))
    assert facts.weight_bytes == len(double.files[WEIGHTS])
    assert isinstance(read_architecture(facts.config or {}), Architecture)
    assert preflight(Case(spec=spec_of(tmp_path), model=facts, target=TargetFacts(network=False))) == ()
    assert not [path for path, _, _ in double.served if path.endswith(WEIGHTS)]


def test_a_run_reads_rows_by_the_fetched_tokenizer_and_hands_over_the_folder(models: Hub, tmp_path: Path) -> None:
    inputs = HubInputs(models())
    spec = pin_revision(Settled(spec=spec_of(tmp_path), origins={}), inputs.model(spec_of(tmp_path))).spec
    assert (spec.model.path, spec.model.revision) == ("org/tiny", SHA)
    assert inputs.data(spec).lengths is not None
    assert (Path(inputs.model_folder(spec)) / WEIGHTS).is_file()


def test_a_folder_has_no_revision_to_pin(tmp_path: Path) -> None:
    settled = Settled(spec=spec_of(tmp_path), origins={})
    assert pin_revision(settled, ModelFacts(path="x", place="folder")) == settled
