"""Shared by the tests of the sources: a clean environment, a folder for a search, real records."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from review import formats
from review.model import Issue, Record
from review.sources import DirectoryStore
from tests.shared_data import shared
from tests.standins.corpus import Corpus

KEY, EMAIL = "0123456789abcdef0123456789abcdef0123", "reviewer@mail.example.org"
VARIABLES = (
    "NCBI_EMAIL",
    "NCBI_API_KEY",
    "REVIEW_EUTILS_URL",
    "REVIEW_EUTILS_RATE",
    "REVIEW_SCHOLAR_URL",
    "REVIEW_HTTP_TIMEOUT",
)


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the machine's own."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def store(tmp_path: Path) -> DirectoryStore:
    """The folder of one search."""
    return DirectoryStore(tmp_path / "search")


@pytest.fixture(scope="session")
def real() -> Corpus:
    """The 247 real records."""
    return Corpus.from_xml(shared("pubmed/china_child_mental.xml"))


@pytest.fixture
def eutils_at(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Point the source at a stand-in, by default at a pace far above the service's terms."""

    def point(url: str, rate: float | None = 1000.0, timeout: float | None = None) -> None:
        monkeypatch.setenv("REVIEW_EUTILS_URL", url)
        if rate:
            monkeypatch.setenv("REVIEW_EUTILS_RATE", str(rate))
        if timeout:
            monkeypatch.setenv("REVIEW_HTTP_TIMEOUT", str(timeout))

    return point


def records(store: DirectoryStore, pattern: str) -> list[Record]:
    """The records in the kept files, in the order of the files' names."""
    return list(_records(store, pattern))


def _records(store: DirectoryStore, pattern: str) -> Iterator[Record]:
    for name in store.names():
        if fnmatch(name, pattern):
            with open(store.folder / name, "rb") as stream:
                for item in formats.read(stream, name=name):
                    assert not isinstance(item, Issue) or item.severity != "error", item
                    if not isinstance(item, Issue):
                        yield item.record


def pmids(store: DirectoryStore) -> list[str]:
    """The PMIDs of the kept records, in order."""
    return [record.ids["pmid"] for record in records(store, "efetch-*.xml")]


def kept_pmids(folder: Path) -> list[str]:
    """The PMIDs of the kept made records, in order, read with no reader of the tool's."""
    store = DirectoryStore(folder)
    data = b"".join(store.read(n) for n in store.names() if n.startswith("efetch"))
    return [found.decode() for found in re.findall(rb"<PMID Version='1'>(\d+)</PMID>", data)]


def written(folder: Path) -> bytes:
    """Every byte in every file under a folder."""
    return b"\n".join(p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file())


def silent(done: int, total: int | None, text: str) -> None:
    """No progress."""


class Table:
    """The matrix of faults as it fills: a row a fault and endpoint. A case that was begun and not ended went wrong."""

    HEADS = ("fault", "endpoint", "cases", "complete at once", "open or failed, with the reason", "next run completes", "wrong")

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Counter[str]] = {}

    def begin(self, fault: str, endpoint: str) -> None:
        """A case begins."""
        self.rows.setdefault((fault, endpoint), Counter())["cases"] += 1

    def end(self, fault: str, endpoint: str, became: str, completed: bool) -> None:
        """What became of its first run, and whether the run after it completed the search."""
        row = self.rows[fault, endpoint]
        row["ended"] += 1
        row["at once" if became in ("complete", "limited") else "stopped"] += 1
        row["completed"] += completed and became not in ("complete", "limited")

    def lines(self) -> Iterator[str]:
        """As it is printed."""
        widths = (30, 18, 6, 17, 33, 20, 6)
        yield "".join(head.ljust(width) for head, width in zip(self.HEADS, widths, strict=True))
        total: Counter[str] = Counter()
        for (fault, endpoint), row in [*sorted(self.rows.items()), (("all", ""), total)]:
            total += row if fault != "all" else Counter()
            cells = (fault, endpoint, row["cases"], row["at once"], row["stopped"], row["completed"],
                     row["cases"] - row["ended"])  # fmt: skip
            yield "".join(str(cell).ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


TABLE = Table()


@pytest.fixture
def matrix() -> Table:
    """The table, printed after the tests."""
    return TABLE


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the matrix of faults where tests filled it."""
    if TABLE.rows:
        terminalreporter.section("matrix of faults")
        for line in TABLE.lines():
            terminalreporter.write_line(line)
