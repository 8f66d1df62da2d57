"""Code in a folder that has its own Dockerfile, or that compose builds from, is about that image alone."""

import pytest

from muster.nomad.domain.candidates import find_candidates
from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.extractors.registry import run_extractors
from muster.nomad.domain.merge.evidence import merge_evidence

API = "import os\nfrom flask import Flask\napp = Flask(__name__)\nDSN = os.environ['DSN']\n@app.get('/healthz')\ndef f(): pass\n"
BOT = "import os\nTOKEN = os.environ['TELEGRAM_TOKEN']\nDSN = os.environ['DSN']\n"
CODE = {"Dockerfile": "FROM nginx\n", "api/main.py": API, "worker/bot.py": BOT}
IMAGES = {"api/Dockerfile": "FROM python\nCMD python main.py", "worker/Dockerfile": "FROM python\nCMD python bot.py"}
BY_COMPOSE = {"compose.yaml": "services: {site: {build: .}, api: {build: ./api}, worker: {build: worker/}}"}


def profiles(files):
    evidence = run_extractors({path: SourceFile(path, text) for path, text in files.items()})
    candidates = find_candidates(evidence, name="site")
    return {one.name: one for one in merge_evidence(evidence, candidates, [one.id for one in candidates]).services}


def needed(profile):
    return {one.name for one in profile.env if one.required}


@pytest.mark.parametrize("more", [IMAGES, BY_COMPOSE, IMAGES | BY_COMPOSE])
def test_the_root_takes_no_health_language_or_environment_from_other_images_folders(more):
    site = profiles(CODE | more)["site"]
    assert (site.health, site.language, site.env, site.frameworks) == (None, None, (), ())
    assert [one.value.port for one in site.ports] == [80]


@pytest.mark.parametrize("more", [IMAGES, BY_COMPOSE, IMAGES | BY_COMPOSE])
def test_each_image_has_what_its_own_folder_says_even_where_another_says_the_same(more):
    found = profiles(CODE | more)
    assert found["api"].health.value.path == "/healthz"
    assert needed(found["api"]) == {"DSN"}
    assert needed(found["worker"]) == {"DSN", "TELEGRAM_TOKEN"}
    assert found["worker"].health is None
    assert found["worker"].language.value.language == "python"


def test_an_image_below_a_package_file_shares_it_and_the_code_that_no_image_owns():
    found = profiles(
        {
            "go.mod": "module m\n",
            "internal/config.go": 'package config\nvar Dsn = os.Getenv("DSN")\nvar Addr = env("ADDR", ":8081")\n',
            "cmd/api/Dockerfile": "FROM golang\nCMD /api",
            "cmd/api/main.go": 'package main\nimport "net/http"\nfunc main() { http.ListenAndServe(config.Addr, nil) }',
            "cmd/bot/Dockerfile": "FROM golang\nCMD /bot",
            "cmd/bot/main.go": 'package main\nvar token = os.Getenv("TELEGRAM_TOKEN")',
        }
    )
    assert [one.value.port for one in found["api"].ports] == [8081]
    assert "DSN" in {one.name for one in found["api"].env}
    assert "TELEGRAM_TOKEN" not in {one.name for one in found["api"].env}
    assert "TELEGRAM_TOKEN" in {one.name for one in found["bot"].env}
    assert found["bot"].ports == ()


def test_a_variant_for_development_owns_no_folder():
    found = profiles(
        {"Dockerfile": "FROM python\nCMD python api/main.py", "api/Dockerfile.dev": "FROM x", "api/main.py": API}
    )
    assert found["site"].health.value.path == "/healthz"


def test_a_dockerfile_in_the_only_folder_of_code_keeps_the_roots_package_file():
    found = profiles({"requirements.txt": "flask\n", "api/Dockerfile": "FROM python", "api/main.py": API})
    assert found["api"].health.value.path == "/healthz"
    assert found["api"].language.value.package_manager == "pip"
