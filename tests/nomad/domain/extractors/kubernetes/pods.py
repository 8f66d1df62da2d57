"""Small manifests for tests, and what is said of them."""

from muster.nomad.domain.extractors.kubernetes.extractor import EXTRACTOR
from nomad.domain.extractors.said import Evidences, say

WEB = "kubernetes:web"


def deployment(
    container: str = "", *, kind: str = "Deployment", name: str = "web", pod: str = "", image: str = "a/web:1"
) -> str:
    """A workload of one container; `container` and `pod` are further lines of their YAML."""
    return (
        f"apiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec:\n  template:\n"
        f"    metadata: {{labels: {{app: {name}}}}}\n    spec:\n{_indented(pod, 6)}"
        f"      containers:\n      - name: main\n        image: {image}\n{_indented(container, 8)}"
    )


def service(ports: str, *, name: str = "web", app: str = "web", namespace: str = "") -> str:
    """A Service in front of the pods of that label."""
    where = f", namespace: {namespace}" if namespace else ""
    return (
        f"apiVersion: v1\nkind: Service\nmetadata: {{name: {name}{where}}}\n"
        f"spec: {{selector: {{app: {app}}}, ports: {ports}}}\n"
    )


def read(*documents: str, **others: str) -> Evidences:
    """What is said of one file of documents; `others` are further files, `__` in a name being a slash."""
    files = {f"{name.replace('__', '/')}.yaml": text for name, text in others.items()}
    return say(EXTRACTOR, {"k8s/app.yaml": "---\n".join(documents), **files})


def _indented(text: str, by: int) -> str:
    return "".join(f"{' ' * by}{line}\n" for line in text.strip("\n").split("\n")) if text else ""
