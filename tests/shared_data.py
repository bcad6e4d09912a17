"""Where the real test data lies, which is kept beside the project and never inside it."""

import os
from pathlib import Path

import pytest

ROOT = Path(os.environ.get("REVIEW_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))


def shared(path: str) -> Path:
    """The file or folder `path` of the shared data; skips the test where it is absent."""
    found = ROOT / path
    if not found.exists():
        pytest.skip(f"needs the real data file {path}, which is not beside this checkout")
    return found
