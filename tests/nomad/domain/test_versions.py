from itertools import pairwise

import pytest

from docs.console import ROOT
from docs.tables import table
from muster.nomad.domain.versions import FEATURES, has_feature

PAGE = (ROOT / "docs" / "nomad.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("version", "name", "has"),
    [
        ("1.10.4", "secret-block", False),
        ("1.11.0", "secret-block", True),
        ("v2.0.5+ent", "secret-block", True),
        ("1.9.9", "vault-policies", True),
        ("1.10.0", "vault-policies", False),
        ("2.0.0", "vault-policies", False),
        ("0.12.1", "vault-policies", True),
        ("1.3.0", "native-checks", False),
        ("1.4.0-rc.1", "native-checks", True),
    ],
)
def test_a_feature_is_there_in_the_releases_of_its_row(version, name, has):
    assert has_feature(version, name) is has


@pytest.mark.parametrize("version", [None, "", "nightly"])
def test_an_unknown_version_takes_what_most_versions_take(version):
    assert has_feature(version, "nomad-variables")
    assert not has_feature(version, "secret-block")
    assert not has_feature(version, "vault-policies")


def test_each_row_has_a_source_and_what_is_written_instead():
    assert all(one.source and one.instead for one in FEATURES)


def test_the_table_of_the_documents_is_the_table():
    rows = table(PAGE, "| what | Nomad | instead | known from |")
    said = sorted((one.what, one.releases, one.instead, one.source) for one in FEATURES)
    assert sorted(rows) == said


def test_rows_stand_by_release():
    lines = [one.until or one.since for one in FEATURES]
    assert all(first <= second for first, second in pairwise(lines))
