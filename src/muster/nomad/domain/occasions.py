"""Files for other occasions than running the application: tests, examples, documentation, packaging."""

import re

_FOLDERS = re.compile(
    r"(?:^|/)\.?(?:[\w.]{0,40}-)?(?:examples?|samples?|demos?|tests?|testing|testdata|fixtures?|docs?|github|e2e|cypress"
    r"|bench(?:marks?)?|hack|contrib|templates?|devcontainer|debian|rpm)(?:-[\w.-]{0,40})?/"
)
_WORD = re.compile(r"(?:^|[._-])(?:ci|tests?|testing|e2e|lint|bench)(?:[._-]|$)")


def is_occasional(path: str) -> bool:
    """Whether a file lies in a folder of tests, examples and the like, or its name says so: `docker-compose.ci.yml`."""
    return _FOLDERS.search(path) is not None or _WORD.search(path.rpartition("/")[2]) is not None
