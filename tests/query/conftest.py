"""A workspace with one definition, made anew for each test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

SMALL = '''
title = "A small review"
databases = ["pubmed"]
[concepts.population]
terms = ["left-behind children"]
[screening]
reviewers = ["AB", "CD"]
adjudicator = "EF"
'''


@pytest.fixture
def definition_file(tmp_path: Path) -> Callable[..., Path]:
    """Writes a definition (and blocks, by name) into a workspace, and gives its path."""
    def write(text: str = SMALL, id: str = "small", **blocks: str) -> Path:
        path = tmp_path / "queries" / f"{id}.toml"
        (path.parent / "blocks").mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        for name, block in blocks.items():
            (path.parent / "blocks" / f"{name}.toml").write_text(block, encoding="utf-8")
        return path
    return write
