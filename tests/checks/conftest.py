from functools import partial
from pathlib import Path

import pytest

from tests.checks.checks_log import Examined, examined_log


@pytest.fixture
def examined(tmp_path: Path) -> Examined:
    """The evidence of a small log that a test breaks in one way."""
    return partial(examined_log, tmp_path)
