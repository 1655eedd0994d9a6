"""Version bumps out of real diffs of git's, one file of each kind that names dependencies."""

import json
from pathlib import Path

import pytest

from tests.sources.test_git_history import Repository, read

PYPROJECT = """
[build-system]
requires = ["hatchling>=1.26"]

[project]
name = "delays"
version = "{own}"
requires-python = ">=3.11"
dependencies = [
    "numpy>={numpy}",
    "pandas[parquet]>=2.2,<3",  # frames
    'torch @ https://user:t0ken@wheels.example/torch-{torch}-cp311.whl?sig=t0ken',
]

[project.optional-dependencies]
gpu = ["cupy-cuda12x=={cupy}"]

[dependency-groups]
test = ["pytest", {{ include-group = "lint" }}]

[tool.pytest.ini_options]
minversion = "{pytest}"

[tool.mypy]
python_version = "{pytest}"
"""

POETRY = """
[tool.poetry]
name = "delays"
version = "{own}"

[tool.poetry.dependencies]
python = "^3.{minor}"
numpy = "^{numpy}"
xgboost = {{ version = "{xgboost}", extras = ["scikit-learn"] }}
features = {{ git = "https://t0ken@git.example/features.git", rev = "{rev}" }}

[tool.poetry.group.dev.dependencies]
ruff = "*"
"""

POETRY_LOCK = """
[[package]]
name = "Torch_Vision"
version = "{torchvision}"
description = "Images"
optional = false
files = [
    {{file = "torchvision-1.whl", hash = "sha256:{hash}"}},
]

[package.dependencies]
numpy = "*"

[[package]]
name = "typing-extensions"
version = "4.12.2"
description = "Types"

[metadata]
lock-version = "2.0"
content-hash = "{hash}"
"""

REQUIREMENTS = """
# pinned by pip-compile
--index-url https://user:t0ken@index.example/simple
-r base.txt
numpy=={numpy} \\
    --hash=sha256:{hash}
    # via pandas
scikit_learn~=1.{minor}  ; python_version >= "3.11"
uvicorn[standard] == 0.30.{minor}
onnxruntime{pin}
pandas
"""

CONDA = """
name: delays
channels: [conda-forge]
dependencies:
  - python=3.{minor}
  - conda-forge::numpy={numpy}=py311_0
  - scipy >=1.{minor}
  - pip:
    - lightgbm=={numpy}
"""

SETUP_CFG = """
[metadata]
name = delays
version = {own}

[options]
install_requires =
    numpy>={numpy}
    pandas

[options.extras_require]
gpu = cupy=={cupy}

[flake8]
max-line-length = {cupy}
"""

SETUP_PY = """
setup(name="delays", version="{own}", python_requires=">=3.{minor}",
      install_requires=["numpy>={numpy},<3", 'pandas'])
"""

YARN = """
"@tensorflow/tfjs@^4.{minor}.0":
  version "{numpy}"
  resolved "https://registry.example/tfjs.tgz#{hash}"

react@^18.2.0, react@^18:
  version "18.2.0"
"""

PACKAGE = {
    "name": "page", "version": "1.0.0", "engines": {"node": ">=18"},
    "dependencies": {"react": "^17.0.2", "mine": "git+https://t0ken@git.example/mine.git#v1"},
}  # fmt: skip
NEWER = PACKAGE | {
    "version": "1.1.0", "engines": {"node": ">=20"},
    "dependencies": {"react": "^18.2.0", "mine": "git+https://t0ken@git.example/mine.git#v2"},
}  # fmt: skip
LOCK = {
    "name": "page", "version": "1.0.0", "lockfileVersion": 3,
    "packages": {
        "": {"name": "page", "version": "1.0.0"},
        "node_modules/@scope/react": {"version": "17.0.2", "resolved": "https://x/react.tgz"},
        "node_modules/a/node_modules/b": {"version": "2.0.0", "engines": {"node": ">=10"}},
    },
}  # fmt: skip

OLD = {
    "own": "0.1.0", "numpy": "1.26.4", "torch": "2.1.0", "cupy": "13.0.0", "pytest": "8.0",
    "minor": "10", "xgboost": "2.0.3", "rev": "v1", "torchvision": "0.17.0", "hash": "aa11",
    "pin": "",
}  # fmt: skip
NEW = {
    "own": "0.2.0", "numpy": "2.0.1", "torch": "2.4.1", "cupy": "13.3.0", "pytest": "8.2",
    "minor": "11", "xgboost": "2.1.0", "rev": "v2", "torchvision": "0.18.0", "hash": "bb22",
    "pin": "==1.19.2",
}  # fmt: skip

FILES = {
    "pyproject.toml": (PYPROJECT, [
        "cupy-cuda12x 13.0.0 → 13.3.0", "numpy >=1.26.4 → >=2.0.1",
        "torch torch-2.1.0-cp311.whl → torch-2.4.1-cp311.whl",
    ]),
    "svc/pyproject.toml": (POETRY, [
        "features v1 → v2", "numpy ^1.26.4 → ^2.0.1", "xgboost 2.0.3 → 2.1.0",
    ]),
    "poetry.lock": (POETRY_LOCK, ["torch-vision 0.17.0 → 0.18.0"]),
    "requirements-serving.txt": (REQUIREMENTS, [
        "numpy 1.26.4 → 2.0.1", "onnxruntime any version → 1.19.2",
        "scikit-learn ~=1.10 → ~=1.11", "uvicorn 0.30.10 → 0.30.11",
    ]),
    "environment.yml": (CONDA, [
        "lightgbm 1.26.4 → 2.0.1", "numpy 1.26.4 → 2.0.1", "python 3.10 → 3.11",
        "scipy >=1.10 → >=1.11",
    ]),
    "setup.cfg": (SETUP_CFG, ["cupy 13.0.0 → 13.3.0", "numpy >=1.26.4 → >=2.0.1"]),
    "setup.py": (SETUP_PY, ["numpy >=1.26.4,<3 → >=2.0.1,<3"]),
    "yarn.lock": (YARN, ["@tensorflow/tfjs 1.26.4 → 2.0.1"]),
}  # fmt: skip


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repo")


def bumps(repository: Repository, name: str, *versions: str) -> list[str]:
    """What is told of the last of these versions of a file."""
    for day, text in enumerate(versions, start=1):
        file = repository.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        repository.git("add", "-A")
        repository.git("commit", "-q", "-m", f"day {day}", at=f"2026-03-0{day}T00:00:00Z")
    found: list[str] = read(repository)[-1]["details"].get("bumps", [])
    return found


@pytest.mark.parametrize("name", FILES)
def test_the_versions_of_every_kind_of_file_are_read(repository: Repository, name: str) -> None:
    text, expected = FILES[name]

    found = bumps(repository, name, text.format(**OLD), text.format(**NEW))

    assert found == expected
    assert "t0ken" not in str(found)


def test_those_of_npm_are_read_from_manifest_and_lock(repository: Repository) -> None:
    found = bumps(
        repository, "package.json", json.dumps(PACKAGE, indent=2), json.dumps(NEWER, indent=2)
    )
    assert found == ["mine mine.git#v1 → mine.git#v2", "react ^17.0.2 → ^18.2.0"]

    newer = json.dumps(LOCK, indent=2).replace("17.0.2", "18.2.0").replace("1.0.0", "1.1.0")
    found = bumps(repository, "package-lock.json", json.dumps(LOCK, indent=2), newer)
    assert found == ["@scope/react 17.0.2 → 18.2.0"]


def test_where_the_lock_tells_too_its_version_is_the_one(repository: Repository) -> None:
    lock = '[[package]]\nname = "numpy"\nversion = "{numpy}"\n'
    (repository.folder / "uv.lock").write_text(lock.format(**OLD))
    bumps(repository, "pyproject.toml", PYPROJECT.format(**OLD))

    (repository.folder / "uv.lock").write_text(lock.format(**NEW))
    found = bumps(repository, "pyproject.toml", PYPROJECT.format(**OLD | {"numpy": "2.0"}))

    assert found == ["numpy 1.26.4 → 2.0.1"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("b==1\na==1\n", "a==1\nb==1\n", []),
        ("a==1\n", "a==1\nnew==2.0\nany\n", ["any added", "new 2.0 added"]),
        ("a==1\ngone[x]==3.1 ; python_version < '3.12'\n", "a==1\n", ["gone 3.1 removed"]),
        ("a==1\n", "a==1  # the same\n", []),
        ("My_Pkg==1\n", "my-pkg==1\n", []),
        ("a==1; python_version<'3.12'\na==2; python_version>='3.12'\n",
         "a==1; python_version<'3.12'\na==3; python_version>='3.12'\n", ["a 2 → 3"]),
        ("<<<<<<< ours\na==1\n", "=======\na==2\n", ["a 1 → 2"]),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_bump_is_none(
    repository: Repository, old: str, new: str, expected: list[str]
) -> None:
    assert bumps(repository, "requirements.txt", old, new) == expected


@pytest.mark.parametrize("name", ["pyproject.toml", "package.json", "setup.cfg", "environment.yml"])
def test_a_file_that_cannot_be_read_is_a_change_all_the_same(
    repository: Repository, name: str
) -> None:
    assert bumps(repository, name, "{[ broken: 1", "{[ broken: 2") == []
    assert read(repository)[-1]["kind"] in {"config", "dependency"}
