"""What kind of change a path of a repository is."""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

USUAL: Mapping[str, str] = {
    "tests/": "none", "test/": "none", "docs/": "none", "*.md": "none", "*.rst": "none",
    "LICENSE*": "none", ".gitignore": "none",
    "requirements*.txt": "dependency", "*requirements.txt": "dependency",
    "requirements*.in": "dependency", "requirements/": "dependency",
    "constraints*.txt": "dependency", "pyproject.toml": "dependency", "setup.py": "dependency",
    "setup.cfg": "dependency", "*.lock": "dependency", "Pipfile": "dependency",
    "package.json": "dependency", "package-lock.json": "dependency",
    "pnpm-lock.yaml": "dependency",
    "environment*.yml": "dependency", "environment*.yaml": "dependency",
    "conda*.yml": "dependency", "conda*.yaml": "dependency",
    "schema/": "schema", "schemas/": "schema", "migrations/": "schema", "*.avsc": "schema",
    "*.proto": "schema",
    "features/": "pipeline", "feature_store/": "pipeline", "preprocessing/": "pipeline",
    "pipelines/": "pipeline", "pipeline/": "pipeline", "etl/": "pipeline", "dags/": "pipeline",
    "dbt/": "pipeline", "*.sql": "pipeline",
    "labels/": "label", "labeling/": "label", "labelling/": "label",
    "training/": "model", "*.onnx": "model", "*.pkl": "model", "*.joblib": "model",
    "MLmodel": "model",
    "terraform/": "infrastructure", "*.tf": "infrastructure", "helm/": "infrastructure",
    "k8s/": "infrastructure", "kubernetes/": "infrastructure", "deploy/": "infrastructure",
    ".github/": "infrastructure", "Dockerfile*": "infrastructure",
    "docker-compose*": "infrastructure",
    "config/": "config", "configs/": "config", "conf/": "config", "*.toml": "config",
    "*.yaml": "config", "*.yml": "config", "*.ini": "config", "*.cfg": "config", "*.json": "config",
}  # fmt: skip
"""In this order; what none of them names is `code`."""


def kind_of(path: str, own: Mapping[str, str]) -> str:
    """The kind of the first rule that names the path, one's own rules before the usual ones.

    `features/` is a folder of that name wherever it lies, `a/b/*.py` the whole path, and `*.sql`
    the name of a file.
    """
    for rules in (own, USUAL):
        for rule, kind in rules.items():
            if _names(rule, path):
                return kind
    return "code"


def by_kind(paths: Iterable[str], own: Mapping[str, str]) -> dict[str, list[str]]:
    """The paths of each kind, without those of which nothing is told."""
    found: dict[str, list[str]] = {}
    for path in paths:
        kind = kind_of(path, own)
        if kind != "none":
            found.setdefault(kind, []).append(path)
    return found


def _names(rule: str, path: str) -> bool:
    if rule.endswith("/"):
        return f"/{rule}" in f"/{path}"
    return fnmatchcase(path if "/" in rule else path.rpartition("/")[2], rule)
