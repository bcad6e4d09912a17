"""Sets beyond the 9,999 that PubMed answers, and the pace of requests."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.sources import DirectoryStore, Request, pubmed
from review.sources.pubmed_search import Search, Slice
from review.sources.pubmed_service import Failed, Service
from tests.sources.conftest import KEY, silent
from tests.standins import eutils
from tests.standins.corpus import Growing, Synthetic
from tests.standins.server import Call

Point = Callable[..., None]


def find(string: str = "all", limit: int | None = None, **params: str):  # type: ignore[no-untyped-def]
    """The first half of a search: the PMIDs."""
    service = Service.from_environment()
    with service.entrez():
        return Search(service, string, params, None, lambda body: None).find(limit)


def test_25000_hits_come_once_each_within_the_budget_of_requests(
    store: DirectoryStore, eutils_at: Point
) -> None:
    made = Synthetic(25_000, crowded=400, small=True)
    with eutils.serve(made) as server:
        eutils_at(server.url)
        outcome = pubmed.run(Request("all"), store, progress=silent)
    assert (outcome.status, outcome.hits, outcome.read) == ("complete", 25_000, 25_000)
    assert sum(leaf["count"] for leaf in outcome.params["leaves"]) == 25_000
    assert sorted(p for n in store.names() if n.startswith("pmids") for p in store.read(n).decode().split()) == sorted(
        made.pmids
    )
    asked = [p for call in server.calls("efetch") for p in call.params["id"].split(",")]
    assert sorted(asked) == sorted(made.pmids)
    assert len(server.requests) <= budget(25_000)


@pytest.mark.parametrize(
    ("n", "first", "last"),
    [
        (9_999, date(2001, 3, 1), date(2026, 6, 30)),
        (10_000, date(2001, 3, 1), date(2026, 6, 30)),
        pytest.param(30_000, date(1966, 1, 1), date(2026, 6, 30), marks=pytest.mark.proof),
        (12_000, date(2020, 4, 1), date(2020, 4, 30)),
    ],
)
def test_sets_of_any_size_and_density_are_found_whole(n: int, first: date, last: date, eutils_at: Point) -> None:
    made = Synthetic(n, first=first, last=last)
    with eutils.serve(made) as server:
        eutils_at(server.url)
        found = find()
    assert found.hits == n and len(found.ids) == n
    assert set(found.ids) == made.all()
    if n > 9_999:
        assert sum(len(leaf.ids) for leaf in found.leaves) == n


DENSITIES = {
    "60 years": Synthetic(25_000, first=date(1966, 1, 1)),
    "25 years": Synthetic(25_000),
    "25 years, 400 on a day": Synthetic(25_000, crowded=400),
    "a year": Synthetic(25_000, first=date(2020, 6, 1), last=date(2021, 6, 1)),
    "a month, just over the limit": Synthetic(10_000, first=date(2020, 4, 1), last=date(2020, 4, 30)),
    "a day holds more than is answered": Synthetic(11_000, crowded=10_500),
    "a day holds nearly all": Synthetic(20_500, crowded=20_000),
    "a day holds all": Synthetic(20_500, crowded=20_500),
    "an old day holds all": Synthetic(20_500, crowded=20_500, first=date(1971, 5, 1), last=date(1971, 5, 3)),
    "two days": Synthetic(30_000, first=date(2003, 1, 1), last=date(2019, 1, 1), crowded=15_000),
    "100,000": Synthetic(100_000, first=date(1966, 1, 1)),
}


def budget(n: int) -> float:
    """Requests that a search of n records may take: 200 records each, three a slice, a tenth over."""
    return 1.1 * (n / 200 + 3 * math.ceil(n / 9_999))


@pytest.mark.parametrize("name", DENSITIES)
def test_sets_of_any_density_are_found_within_the_budget(name: str, eutils_at: Point) -> None:
    made = DENSITIES[name]
    with eutils.serve(made) as server:
        eutils_at(server.url)
        found = find()
    n = len(made.pmids)
    assert len(found.ids) == found.hits == n and set(found.ids) == made.all()
    assert sum(len(leaf.ids) for leaf in found.leaves) == n and max(len(leaf.ids) for leaf in found.leaves) <= 9_999
    assert len(server.requests) + math.ceil(n / 200) <= budget(n)


def test_a_set_that_is_listed_in_any_order_is_found_whole(
    eutils_at: Point, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = DENSITIES["a day holds nearly all"]
    shuffled = made.pmids[:]
    random.Random(1).shuffle(shuffled)
    rank = {pmid: i for i, pmid in enumerate(shuffled)}
    monkeypatch.setattr(made, "order", lambda pmids: sorted(pmids, key=rank.__getitem__))
    with eutils.serve(made) as server:
        eutils_at(server.url)
        found = find()
    assert set(found.ids) == made.all() and len(found.ids) == 20_500
    assert len(server.requests) + 103 <= budget(20_500)


def test_a_single_day_beyond_the_limit_is_divided_by_pmid(eutils_at: Point) -> None:
    made = Synthetic(11_000, crowded=10_500)
    with eutils.serve(made) as server:
        eutils_at(server.url)
        found = find()
    assert set(found.ids) == made.all() and len(found.ids) == 11_000
    assert any("pmids" in leaf.as_dict() for leaf in found.leaves)


def test_a_gateway_that_drops_ranges_of_pmids_is_not_believed(eutils_at: Point) -> None:
    class Deaf(Synthetic):
        def search(self, term: str):  # type: ignore[no-untyped-def]
            return super().search("all")

    with eutils.serve(Deaf(20_500, crowded=20_500)) as server:
        eutils_at(server.url)
        with pytest.raises(Failed, match="beyond the range"):
            find()


def test_a_string_with_its_own_dates_is_divided_too(eutils_at: Point) -> None:
    made = Synthetic(12_000)
    with eutils.serve(made) as server:
        eutils_at(server.url)
        found = find(datetype="pdat", mindate="1900", maxdate="2100")
    assert set(found.ids) == made.all()
    assert all(c.params["datetype"] == "pdat" for c in server.requests)


def test_a_gateway_that_drops_date_parameters_is_seen_through(eutils_at: Point) -> None:
    made = Synthetic(12_000)
    with eutils.serve(made, honour_dates=False) as server:
        eutils_at(server.url)
        found = find()
    assert set(found.ids) == made.all() and len(found.ids) == 12_000


def test_a_limit_beyond_the_cap_takes_the_newest(eutils_at: Point) -> None:
    made = Synthetic(12_000)
    with eutils.serve(made) as server:
        eutils_at(server.url)
        found = find(limit=11_000)
    assert found.hits == 12_000
    assert list(found.ids) == made.order(made.all())[:11_000]


@pytest.mark.parametrize("n", [300, 12_000])
def test_a_set_that_keeps_changing_leaves_an_open_search(
    n: int, store: DirectoryStore, eutils_at: Point
) -> None:
    with eutils.serve(Growing(n)) as server:
        eutils_at(server.url)
        outcome = pubmed.run(Request("all"), store, progress=silent)
    assert outcome.status == "open" and outcome.read == 0
    assert "Run the search again" in outcome.resume
    assert not server.calls("efetch")


def most_in_a_second(calls: list[Call]) -> int:
    """The largest number of calls in any window of one second."""
    times = sorted(call.time for call in calls)
    return max(sum(start <= t < start + 1 for t in times) for start in times)


def test_the_pace_holds_without_a_key_also_for_retries(store: DirectoryStore, eutils_at: Point) -> None:
    with eutils.serve(Synthetic(450), rate=3) as server:
        eutils_at(server.url, rate=None)
        server.fail("efetch", 1, "502")
        outcome = pubmed.run(Request("all"), store, progress=silent)
    assert outcome.status == "complete"
    assert most_in_a_second(server.requests) <= 3


def test_the_pace_with_a_key_is_ten_a_second(
    store: DirectoryStore, eutils_at: Point, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NCBI_API_KEY", KEY)
    with eutils.serve(Synthetic(4_000, small=True), rate=10, key=KEY, latency=0.4) as server:
        eutils_at(server.url, rate=None)
        outcome = pubmed.run(Request("all"), store, progress=silent)
    assert (outcome.status, outcome.read) == ("complete", 4_000)
    assert 3 < most_in_a_second(server.requests) <= 10  # the latency is not the limit
    assert len(server.calls("efetch")) == 20  # none was turned away


def test_the_services_own_host_is_never_asked_faster_than_its_terms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEW_EUTILS_RATE", "50")
    assert Service.from_environment().rate == 3
    monkeypatch.setenv("NCBI_API_KEY", KEY)
    assert Service.from_environment().rate == 10
    monkeypatch.setenv("REVIEW_EUTILS_URL", "http://127.0.0.1:1/eutils")
    assert Service.from_environment().rate == 50


def test_retry_after_holds_all_requests(store: DirectoryStore, eutils_at: Point) -> None:
    with eutils.serve(Synthetic(950)) as server:
        eutils_at(server.url)
        server.fail("efetch", 2, "429-retry-after")  # asks for one second
        outcome = pubmed.run(Request("all"), store, progress=silent)
    assert outcome.status == "complete"
    told = server.calls("efetch")[1].time
    again = server.calls("efetch")[-1].time
    assert again - told >= 1.0


def test_a_wait_longer_than_patience_leaves_it_for_later(store: DirectoryStore, eutils_at: Point) -> None:
    with eutils.serve(Synthetic(450, small=True), retry_after="900") as server:
        eutils_at(server.url)
        server.fail("efetch", 2, "429-retry-after")
        outcome = pubmed.run(Request("all"), store, progress=silent)
    assert outcome.status == "open" and outcome.read in (250, 400)
    assert "asks to wait 900 seconds" in outcome.resume


@given(first=st.dates(date(1900, 1, 1), date(2100, 12, 30)), days=st.integers(1, 40_000))
def test_parts_by_date_are_the_whole_without_overlap(first: date, days: int) -> None:
    last = min(first + timedelta(days), date(2100, 12, 31))
    newer, older = Slice(first, last).by_date() or (Slice(), Slice())
    assert (older.first, newer.last) == (first, last)
    assert older.last is not None and older.first is not None and newer.last is not None
    assert newer.first == older.last + timedelta(1)
    assert older.first <= older.last < newer.last


@given(pmids=st.sets(st.integers(1, 10**8 - 1), min_size=2, max_size=50), share=st.sampled_from([0.05, 0.5]))
def test_parts_by_pmid_are_the_whole_without_overlap(pmids: set[int], share: float) -> None:
    day = date(2020, 1, 1)
    upper, lower = Slice(day, day).by_pmid(tuple(map(str, pmids)), share)
    assert (lower.low, upper.high) == (1, 10**8 - 1)
    assert lower.high + 1 == upper.low and lower.first == upper.last == day
    for part in (upper, lower):  # neither is empty, so that dividing comes to an end
        assert any(part.holds(str(pmid)) for pmid in pmids)


def test_a_single_day_has_no_parts_by_date() -> None:
    assert Slice(date(2020, 1, 1), date(2020, 1, 1)).by_date() is None
