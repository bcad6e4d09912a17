"""The commands in the README run, one after the other, as they stand there."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from tests.reviewer import item, ris
from tests.standins import eutils, scholar
from tests.standins.corpus import Synthetic

ROOT = Path(__file__).resolve().parents[1]


def commands(text: str) -> list[list[str]]:
    """Every `review …` line of the fenced blocks, without its comment."""
    lines = [line for block in re.findall(r"^```\n(.*?)^```", text, re.S | re.M) for line in block.splitlines()]
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("review ")]


def test_commands_of_the_readme_run(tmp_path: Path) -> None:
    """In a copy of the saved definitions, against the stand-ins; exit status 0, or 1 where a person is awaited."""
    shutil.copytree(ROOT / "queries", tmp_path / "queries")
    ris(tmp_path / "embase.ris", [item(i) for i in range(5)])
    ris(tmp_path / "library.ris", [{**item(i), "TI": "Left-behind children in China"} for i in range(5)])
    found = commands((ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(found) > 14
    with eutils.serve(Synthetic(30)) as pubmed, scholar.serve(scholar.made(8)) as scholar_server:
        env = {**os.environ, "REVIEW_EUTILS_URL": pubmed.url, "REVIEW_EUTILS_RATE": "50",
               "REVIEW_SCHOLAR_URL": scholar_server.url}
        for words in found:
            done = subprocess.run([sys.executable, "-m", "review", *words], cwd=tmp_path, env=env, capture_output=True,
                                  text=True, timeout=120)
            assert done.returncode == 0, (words, done.returncode, done.stdout, done.stderr)
            assert "Traceback" not in done.stderr


def test_the_make_targets_of_the_readme_exist() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make (\w+)", text, re.M):
        assert re.search(rf"^{target}:", makefile, re.M), target


def test_pictures_and_folders_of_the_readme_exist() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for path in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", text):
        assert (ROOT / path).exists(), path
