"""Killed at any moment, run again: nothing is lost, and the review is whole."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import review
from tests.reviewer import books, command, fill, item, nbib, ris, workspace
from tests.standins import eutils
from tests.standins.corpus import Synthetic

Prepared = dict[str, tuple[Path, list[str]]]
STEPS = ("import", "search", "dedupe", "sheets", "collect", "run")


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    """A PubMed stand-in with some thousand records."""
    with eutils.serve(Synthetic(900)) as server:
        yield server.url


def environment(url: str) -> dict[str, str]:
    """What a user sets to search through another address, as fast as it goes."""
    return {**os.environ, "REVIEW_EUTILS_URL": url, "REVIEW_EUTILS_RATE": "1000", "NCBI_EMAIL": "test@example.org"}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """Step -> (a workspace that stands just before it, the command). Made once, in the order of the work."""
    folder = tmp_path_factory.mktemp("kills")
    here = workspace(folder / "work")
    out: Prepared = {}
    ris(here / "b.ris", [item(i) for i in range(150, 450)])

    def keep(step: str, *words: str) -> None:
        shutil.copytree(here, folder / step)
        out[step] = (folder / step, list(words))

    command(here, "import", str(nbib(here / "a.nbib", range(300))), "--database", "medline")
    keep("import", "import", "b.ris", "--database", "scopus")
    command(here, "import", "b.ris", "--database", "scopus")
    keep("search", "search", "--database", "pubmed")
    keep("dedupe", "dedupe")
    command(here, "dedupe")
    keep("sheets", "sheets")
    command(here, "sheets")
    for who in ("AB", "CD"):
        fill(books(here, who)[0], lambda n, _, who=who: {"Decision": "include" if n % 3 == 0 else
                                                         "exclude" if n % 50 or who == "AB" else "maybe"})
    keep("collect", "collect")
    keep("run", "run")
    return out


def outcome(folder: Path) -> dict[str, Any]:
    """What must be the same with and without a kill."""
    log = folder / "outputs" / "test" / "log"
    decisions = (log / "decisions.csv").read_text().splitlines()[1:] if (log / "decisions.csv").exists() else []
    counts = review.open("test", folder).counts().as_dict()
    records = sum(1 for p in (folder / "outputs" / "test" / "searches").glob("*/index.csv")
                  for _ in p.read_text().splitlines()[1:])
    return {"boxes": counts["boxes"], "records": records, "sheets": sorted(p.name for p in books(folder)),
            "decisions": sorted(",".join(d.split(",")[3:8]) for d in decisions)}


def killed(folder: Path, words: list[str], env: dict[str, str], delay: float) -> float | None:
    """Run a command and kill it after `delay` seconds; if it ended by itself, the seconds it took."""
    started = time.monotonic()
    process = subprocess.Popen([sys.executable, "-m", "review", *words], cwd=folder, env=env,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        process.wait(timeout=delay)
        return time.monotonic() - started
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
        return None


def rounds(tmp_path: Path, url: str, before: Path, words: list[str], times: int, seed: int) -> int:
    """Kill `times` times at random moments of one step; after each, run again and compare. Returns the kills."""
    env = environment(url)
    clean = tmp_path / "clean"
    shutil.copytree(before, clean)
    started = time.monotonic()
    assert subprocess.run([sys.executable, "-m", "review", *words], cwd=clean, env=env,
                          capture_output=True).returncode in (0, 1)
    length = time.monotonic() - started
    expected = outcome(clean)
    dice, kills, tries = random.Random(seed), 0, 0
    while kills < times and tries < times * 3:
        tries += 1
        copy = tmp_path / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(before, copy)
        took = killed(copy, words, env, dice.uniform(0.1, 1.0) * length)
        if took is None:
            kills += 1
        else:                       # the machine was busier when the length was measured than it is now
            length = min(length, took)
        again = subprocess.run([sys.executable, "-m", "review", *words], cwd=copy, env=env, capture_output=True, text=True)
        assert again.returncode in (0, 1), again.stderr
        assert outcome(copy) == expected
        assert [i for i in review.open("test", copy).check() if i.severity == "error"] == []
    return kills


@pytest.mark.parametrize("step", ["import", "collect"])
def test_a_few_kills(tmp_path: Path, service: str, prepared: Prepared, step: str) -> None:
    """A taste on every run; `make proof` does a hundred and fifty."""
    assert rounds(tmp_path, service, *prepared[step], times=2, seed=3) >= 1


@pytest.mark.proof
@pytest.mark.parametrize("step", STEPS)
def test_kills_at_random_moments(tmp_path: Path, service: str, prepared: Prepared, step: str) -> None:
    """25 kills a command, unless REVIEW_KILLS says otherwise."""
    times = int(os.environ.get("REVIEW_KILLS", "25"))
    kills = rounds(tmp_path, service, *prepared[step], times=times, seed=7)
    print(f"{step}: {kills} kills")
    assert kills >= times * 0.8
