"""Commands run inside the test's own process, where only what they say matters: many times faster."""

from __future__ import annotations

import contextlib
import io
import json
import os
from pathlib import Path
from typing import Any

from review.cli import main


def say(folder: Path, *words: str, status: int | None = 0) -> tuple[str, str]:
    """What `review WORDS` prints in `folder`: (standard output, standard error)."""
    before = Path.cwd()
    out, errors = io.StringIO(), io.StringIO()
    os.chdir(folder)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
            ended = main(list(words))
    finally:
        os.chdir(before)
    assert status is None or ended == status, (words, ended, out.getvalue()[-2000:], errors.getvalue()[-2000:])
    return out.getvalue(), errors.getvalue()


def command(folder: Path, *words: str, status: int | None = 0) -> dict[str, Any]:
    """The object that `review WORDS --json` prints."""
    found: dict[str, Any] = json.loads(say(folder, *words, "--json", status=status)[0])
    return found
