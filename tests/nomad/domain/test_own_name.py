import pytest

from muster.nomad.domain.own_name import own_name


@pytest.mark.parametrize("repository", ["app", "server", "v2", "src", "tmpx1", "", "nextjs"])
def test_the_package_names_the_application(repository: str) -> None:
    assert own_name(repository, "shop") == "shop"


@pytest.mark.parametrize("package", ["api", "worker", "my-app", "root", ""])
def test_a_package_that_says_nothing_leaves_the_name_to_the_repository(package: str) -> None:
    assert own_name("shop", package) == "shop"


def test_a_repository_that_says_more_than_the_package_names_it() -> None:
    assert own_name("Express-Node-Blog-Sample", "node-blog") == "Express-Node-Blog-Sample"


def test_where_both_say_nothing_it_is_the_repository() -> None:
    assert own_name("v2", "app") == "v2"
