"""The whole of a diagnosis, as a person asks for it: every count, every check, the ranking."""

import io
import json
import sys
from contextlib import redirect_stdout
from pathlib import Path

from bot.cli import main
from tests.bench.contenders.answer import answer

words = ["diagnose", "bench", "--config", str(Path(sys.argv[1]) / "plummet.toml")]
with redirect_stdout(io.StringIO()) as said:
    main([*words, "--format", "json"], standalone_mode=False)
document = json.loads(said.getvalue())
moved = {
    finding["subject"]["feature"]: finding["strength"]
    for finding in document["findings"]
    if finding["check"] == "data.distribution" and "feature" in finding["subject"]
}
rows = [document[part]["rows"] for part in ("baseline", "current")]
answer(rows=rows, moved=max(moved, key=lambda name: moved[name], default=None))
