"""Every fault of the services, at every call: the right set, or an open search that says why. Never a
wrong record, a silent gap or a duplicate; and the next run completes it.

`make proof` runs the whole matrix and prints it as a table; `make test` a part of it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from review.model import ReviewError
from review.sources import DirectoryStore, Outcome, Request, pubmed, scholar
from review.sources.pubmed_search import Changed, Search
from review.sources.pubmed_service import Failed, Service
from tests.sources.conftest import EMAIL, KEY, Table, kept_pmids, records, silent, written
from tests.standins import eutils
from tests.standins import scholar as scholar_standin
from tests.standins.corpus import Synthetic

MADE = Synthetic(450, small=True)
SLOW = ("slow-headers", "slow-drip")
Point = Callable[..., None]

# A service that goes on answering another query, each time the same, can't be told from one that is right.
ONCE = [
    (endpoint, number, kind)
    for kind in eutils.FAULTS
    for endpoint, numbers in (("esearch", (1, 2)), ("efetch", (1, 2, 3)))
    for number in numbers
]
FOR_EVER = [case for case in ONCE if case[0] != "esearch" or case[2] != "other-query"]


def attempt(store: DirectoryStore) -> Outcome | ReviewError:
    """One run, whatever comes of it."""
    try:
        return pubmed.run(Request("all"), store, progress=silent)
    except ReviewError as error:
        return error


def check_honest(outcome: Outcome | ReviewError, store: DirectoryStore) -> None:
    """Complete and right, or open with a reason; nothing wrong, nothing twice among what is kept."""
    got = kept_pmids(store.folder)
    assert len(got) == len(set(got)) and set(got) <= set(MADE.pmids)
    if isinstance(outcome, ReviewError):
        assert outcome.status == 3 and len(str(outcome)) > 40 and not got
        return
    assert outcome.read == len(got)
    if outcome.status == "open":
        assert outcome.resume and (outcome.hits is None or len(outcome.missing) == 450 - len(got) > 0)
    else:
        assert outcome.status == "complete" and outcome.hits == 450 and sorted(got) == sorted(MADE.pmids)


def go_through(
    endpoint: str, number: int, kind: str, times: int, store: DirectoryStore, eutils_at: Point, tmp_path: Path
) -> str:
    """A run that meets the fault, then one that does not. What became of the first."""
    slow = kind in SLOW
    with eutils.serve(MADE, slow=1.5 if slow else 0.0, retry_after="1" if times == 1 else "0") as server:
        # A pause is counted in turns of the pace; a service that is down for a moment needs longer ones.
        eutils_at(server.url, rate=50.0 if kind == "refused" else 1000.0, timeout=0.2 if slow else 20.0)
        server.fail(endpoint, number, kind, times=times)
        first = attempt(store)
        check_honest(first, store)
        server.heal()
        mark, kept = len(server.requests), set(kept_pmids(store.folder))
        eutils_at(server.url, timeout=20.0)
        second = attempt(store)
        assert isinstance(second, Outcome) and second.status == "complete", second
        check_honest(second, store)
        later = {p for c in server.requests[mark:] if c.endpoint == "efetch" for p in c.params["id"].split(",")}
        assert not kept & later, "a record that was kept was fetched again"
    said = f"{first} {second}".encode() + written(tmp_path)
    assert KEY.encode() not in said and EMAIL.encode() not in said
    return first.status if isinstance(first, Outcome) else "failed"


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NCBI_EMAIL", EMAIL)
    monkeypatch.setenv("NCBI_API_KEY", KEY)


@pytest.mark.parametrize(("endpoint", "number"), [("esearch", 1), ("efetch", 2)])
@pytest.mark.parametrize("kind", eutils.FAULTS)
def test_a_fault_that_passes_is_overcome(
    kind: str, endpoint: str, number: int, store: DirectoryStore, eutils_at: Point, tmp_path: Path
) -> None:
    assert go_through(endpoint, number, kind, 1, store, eutils_at, tmp_path) == "complete"


@pytest.mark.proof
@pytest.mark.parametrize(("endpoint", "number", "kind"), ONCE)
def test_matrix_of_faults_that_pass(
    endpoint: str, number: int, kind: str, store: DirectoryStore, eutils_at: Point, tmp_path: Path, matrix: Table
) -> None:
    matrix.begin(kind, endpoint)
    became = go_through(endpoint, number, kind, 1, store, eutils_at, tmp_path)
    matrix.end(kind, endpoint, became, completed=True)
    assert became == "complete"


@pytest.mark.proof
@pytest.mark.parametrize(("endpoint", "number", "kind"), FOR_EVER)
def test_matrix_of_faults_that_stay(
    endpoint: str, number: int, kind: str, store: DirectoryStore, eutils_at: Point, tmp_path: Path, matrix: Table
) -> None:
    matrix.begin(f"{kind}, staying", endpoint)
    became = go_through(endpoint, number, kind, 200, store, eutils_at, tmp_path)
    matrix.end(f"{kind}, staying", endpoint, became, completed=True)


LARGE = Synthetic(10_500, small=True)


@pytest.mark.proof
@pytest.mark.parametrize("number", range(1, 7))
@pytest.mark.parametrize("kind", [k for k in eutils.FAULTS if k not in SLOW])
def test_matrix_of_faults_while_a_large_set_is_divided(
    kind: str, number: int, eutils_at: Point, matrix: Table
) -> None:
    matrix.begin(kind, "esearch, dividing")
    with eutils.serve(LARGE) as server:
        eutils_at(server.url, rate=50.0 if kind == "refused" else 1000.0, timeout=20.0)
        server.fail("esearch", number, kind)
        service = Service.from_environment()
        with service.entrez():
            found = Search(service, "all", {}, None, lambda body: None).find(None)
    assert len(found.ids) == 10_500 and set(found.ids) == LARGE.all()
    matrix.end(kind, "esearch, dividing", "complete", completed=True)


@pytest.mark.proof
@pytest.mark.parametrize("kind", ["429", "503", "400", "200-html", "reset", "count-drift", "page-twice"])
def test_a_large_set_that_can_not_be_divided_fails_aloud(kind: str, eutils_at: Point) -> None:
    with eutils.serve(LARGE) as server:
        eutils_at(server.url, timeout=20.0)
        server.fail("esearch", 3, kind, times=100)
        service = Service.from_environment()
        with service.entrez(), pytest.raises((Failed, Changed)):
            Search(service, "all", {}, None, lambda body: None).find(None)


SCHOLAR = [(number, kind, times) for kind in scholar_standin.FAULTS for number in range(1, 6) for times in (1, 60)]


@pytest.mark.proof
@pytest.mark.parametrize(("number", "kind", "times"), SCHOLAR)
def test_matrix_of_scholars_faults(
    number: int, kind: str, times: int, store: DirectoryStore, monkeypatch: pytest.MonkeyPatch, matrix: Table
) -> None:
    expected = [result.cluster for result in scholar_standin.made(45)]
    slow = kind in SLOW
    row = (kind if times == 1 else f"{kind}, staying", "scholar")
    matrix.begin(*row)
    completed = False
    with scholar_standin.serve(scholar_standin.made(45), slow=1.0 if slow else 0.0) as server:
        monkeypatch.setenv("REVIEW_SCHOLAR_URL", server.url)
        monkeypatch.setenv("REVIEW_HTTP_TIMEOUT", "0.2" if slow else "20")
        server.fail("scholar", number, kind, times=times)
        became = "failed"
        try:
            outcome = scholar.run(Request("children"), store, progress=silent)
            became = outcome.status
            ranks = [r.native_id for r in records(store, scholar.RECORD_FILES)]
            assert outcome.read == len(ranks) == len(set(ranks)) and set(ranks) <= set(expected)
            if became == "open":
                assert outcome.resume and (kind == "short-page" or ranks == expected[: len(ranks)])
            elif ranks != expected:  # an estimate is no proof, nor is a service that finds nothing, asked twice
                assert times > 1 and (kind == "no-results" or number == 5)
                assert not ranks or "scholar-fewer" in [w.code for w in outcome.warnings]
        except ReviewError as error:
            assert error.status == 3 and number == 1
        server.heal()
        if became in ("open", "failed") and not (kind == "short-page" and times > 1):  # those pages are kept
            monkeypatch.setenv("REVIEW_HTTP_TIMEOUT", "20")
            outcome = scholar.run(Request("children"), store, progress=silent)
            completed = outcome.status == "complete"
            assert completed and [r.native_id for r in records(store, scholar.RECORD_FILES)] == expected
        matrix.end(*row, became, completed)
