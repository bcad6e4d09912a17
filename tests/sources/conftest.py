"""Shared by the tests of the sources: a clean environment, a folder for a search, real records."""

from __future__ import annotations

import re
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
    """The matrix of faults as it fills: a row a fault, a column a place."""

    def __init__(self) -> None:
        self.cells: dict[str, dict[str, str]] = {}

    def note(self, fault: str, place: str, became: str) -> None:
        """One case."""
        self.cells.setdefault(fault, {})[place] = became

    def lines(self) -> Iterator[str]:
        """As it is printed."""
        yield f"{sum(map(len, self.cells.values()))} cases of faults; after each, what became of the first run"
        for fault, cells in sorted(self.cells.items()):
            yield f"{fault:26} " + "  ".join(f"{place}: {became}" for place, became in sorted(cells.items()))


TABLE = Table()


@pytest.fixture
def matrix() -> Table:
    """The table, printed after the tests."""
    return TABLE


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the matrix of faults where tests filled it."""
    if TABLE.cells:
        terminalreporter.section("matrix of faults")
        for line in TABLE.lines():
            terminalreporter.write_line(line)
