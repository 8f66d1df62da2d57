"""How much a file of code counts, by its path."""

import pytest

from muster.nomad.domain.extractors.code.folders import code_weight

WEIGHTS = [
    ("src/main.rs", 1.0),
    ("src/main/java/com/example/demo/App.java", 1.0),
    ("api/src/main/kotlin/org/test/build/App.kt", 1.0),
    ("src/main/java/com/acme/Audit.java", 1.0),
    ("Shop/Latest.cs", 1.0),
    ("demo/src/main/java/com/acme/App.java", 0.5),
    ("src/test/java/com/acme/App.java", 0.0),
    ("src/main/java/com/acme/AppTests.java", 0.0),
    ("src/main/java/com/acme/AppIT.java", 0.0),
    ("Shop.UnitTests/Orders.cs", 0.0),
    ("Shop.Tests/Orders.cs", 0.0),
    ("Shop/OrderTests.cs", 0.0),
    ("src/orders/tests.rs", 0.0),
    ("src/test_helpers/mod.rs", 0.0),
    ("bookmarks/tests_e2e/browser.py", 0.0),
    ("magefile.go", 0.0),
    ("build.rs", 0.0),
    ("benches/a.rs", 0.5),
]


@pytest.mark.parametrize(("path", "weight"), WEIGHTS)
def test_tests_count_nothing_and_names_of_packages_are_no_folders(path: str, weight: float) -> None:
    assert code_weight(path, "folder:.") == weight


def test_a_folder_of_examples_counts_half_only_from_outside() -> None:
    assert code_weight("examples/shop/src/main.rs", "folder:.") == 0.5
    assert code_weight("examples/shop/src/main.rs", "folder:examples/shop") == 1.0
