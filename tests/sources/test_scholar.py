"""A reviewer searches Google Scholar: pages are kept, blocks end the run, nothing is passed over in silence."""

from __future__ import annotations

import sys
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest

from review.model import ReviewError
from review.sources import DirectoryStore, Request, scholar
from tests.sources.conftest import records, silent
from tests.standins import scholar as standin

STRING = '"left-behind children" China'


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[standin.Scholar]:
    """A service with 45 results."""
    with standin.serve(standin.made(45)) as running:
        monkeypatch.setenv("REVIEW_SCHOLAR_URL", running.url)
        yield running


def clusters(store: DirectoryStore) -> list[str]:
    """Cluster ids of the kept records, in their order."""
    return [record.native_id for record in records(store, scholar.RECORD_FILES)]


def expected(n: int) -> list[str]:
    """The stand-in's cluster ids in rank order."""
    return [result.cluster for result in standin.made(n)]


def test_every_result_is_kept_in_rank_order(server: standin.Scholar, store: DirectoryStore) -> None:
    outcome = scholar.run(Request(STRING), store, progress=silent)
    assert (outcome.status, outcome.hits, outcome.read) == ("complete", 45, 45)
    assert clusters(store) == expected(45)
    assert [c.params.get("start", "0") for c in server.requests] == ["0", "10", "20", "30", "40"]
    assert {c.params["q"] for c in server.requests} == {STRING}


def test_pages_are_kept_byte_for_byte(server: standin.Scholar, store: DirectoryStore) -> None:
    scholar.run(Request(STRING), store, progress=silent)
    sent = [server.answer(call, None).body for call in server.requests]
    assert [store.read(n) for n in store.names() if n.startswith("page-")] == sent


def test_a_record_has_rank_order_snippet_and_address(server: standin.Scholar, store: DirectoryStore) -> None:
    scholar.run(Request(STRING, limit=10), store, progress=silent)
    first = records(store, scholar.RECORD_FILES)[0]
    assert first.title == "Made result 0 on children & policy"
    assert first.year == 1990
    assert "words from the text of result 0" in first.snippet and first.abstract == ""
    assert first.url == "https://example.org/articles/0"


def test_a_limit_stops_early_and_stands_in_the_outcome(server: standin.Scholar, store: DirectoryStore) -> None:
    outcome = scholar.run(Request(STRING, limit=20), store, progress=silent)
    assert (outcome.status, outcome.hits, outcome.read) == ("limited", 45, 20)
    assert outcome.params["limit"] == 20
    assert len(server.requests) == 2


def test_the_limit_is_300_unless_said(monkeypatch: pytest.MonkeyPatch, store: DirectoryStore) -> None:
    with standin.serve(standin.made(1200), about=17_300) as server:
        monkeypatch.setenv("REVIEW_SCHOLAR_URL", server.url)
        outcome = scholar.run(Request(STRING), store, progress=silent)
    assert (outcome.status, outcome.hits, outcome.read) == ("limited", 17_300, 300)
    assert outcome.params["limit"] == 300


@pytest.mark.proof
def test_the_service_shows_a_thousand_at_most(monkeypatch: pytest.MonkeyPatch, store: DirectoryStore) -> None:
    with standin.serve(standin.made(1200), about=17_300) as server:
        monkeypatch.setenv("REVIEW_SCHOLAR_URL", server.url)
        outcome = scholar.run(Request(STRING, limit=5000), store, progress=silent)
    assert (outcome.status, outcome.read) == ("limited", 1000)
    assert "scholar-cap" in [w.code for w in outcome.warnings]


def test_years_go_as_parameters_on_every_page(server: standin.Scholar, store: DirectoryStore) -> None:
    years = {"year_low": 1995, "year_high": 2015}
    outcome = scholar.run(Request(STRING, years), store, progress=silent)
    assert {(c.params["as_ylo"], c.params["as_yhi"]) for c in server.requests} == {("1995", "2015")}
    assert outcome.read == sum(1995 <= int(r.year) <= 2015 for r in standin.made(45) if r.year) > 10


@pytest.mark.parametrize("string", ["留守儿童 政策", '"well-being" café | naïve -"100 %" a&b=c+d #1'])
def test_strings_of_any_letters_and_signs_arrive_as_they_are(
    string: str, server: standin.Scholar, store: DirectoryStore
) -> None:
    assert scholar.run(Request(string), store, progress=silent).read == 45
    assert {c.params["q"] for c in server.requests} == {string}


def test_a_next_link_with_unencoded_letters_is_followed(
    server: standin.Scholar, store: DirectoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = standin.results_page

    def plain(shown: list[standin.Result], start: int, total: int, following: str, query: str) -> str:
        return whole(shown, start, total, urllib.parse.unquote_plus(following), query)

    monkeypatch.setattr(standin, "results_page", plain)  # the service's way of writing a link
    assert scholar.run(Request("留守儿童 政策"), store, progress=silent).read == 45


def test_nothing_found_is_a_result_once_said_twice(
    monkeypatch: pytest.MonkeyPatch, store: DirectoryStore
) -> None:
    with standin.serve([]) as server:
        monkeypatch.setenv("REVIEW_SCHOLAR_URL", server.url)
        outcome = scholar.run(Request(STRING), store, progress=silent)
    assert (outcome.status, outcome.hits, outcome.read) == ("complete", 0, 0)
    assert len(server.requests) == 2


@pytest.mark.parametrize("kind", [*standin.BLOCKS, "layout", "200-empty"])
def test_a_block_on_the_first_page_is_an_error_not_zero_hits(
    kind: str, server: standin.Scholar, store: DirectoryStore
) -> None:
    server.fail("scholar", 1, kind, times=0)
    with pytest.raises(ReviewError, match="not a search with 0 hits") as error:
        scholar.run(Request(STRING), store, progress=silent)
    assert error.value.status == 3
    assert "Publish or Perish" in str(error.value)
    assert len(server.requests) == 1


@pytest.mark.parametrize("kind", [*standin.BLOCKS, "layout", "page-twice", "200-empty"])
def test_a_block_later_keeps_what_came_and_the_next_run_goes_on(
    kind: str, server: standin.Scholar, store: DirectoryStore
) -> None:
    server.fail("scholar", 3, kind)
    outcome = scholar.run(Request(STRING), store, progress=silent)
    assert (outcome.status, outcome.hits, outcome.read) == ("open", 45, 20)
    assert "rank 21" in outcome.resume and "Publish or Perish" in outcome.resume
    assert clusters(store) == expected(20)
    assert len(server.requests) == 3  # it stops at once
    outcome = scholar.run(Request(STRING), store, progress=silent)
    assert (outcome.status, outcome.read, outcome.resume) == ("complete", 45, "")
    assert clusters(store) == expected(45)
    assert [c.params.get("start", "0") for c in server.requests[3:]] == ["20", "30", "40"]


def test_a_page_that_could_not_be_read_is_kept_aside(server: standin.Scholar, store: DirectoryStore) -> None:
    server.fail("scholar", 2, "layout")
    scholar.run(Request(STRING), store, progress=silent)
    assert b"gs_x1" in store.read("unread-00010-1.html")
    assert store.roles["unread-00010-1.html"] == "reply"


def test_a_page_that_shows_the_users_address_is_not_kept(
    server: standin.Scholar, store: DirectoryStore
) -> None:
    server.fail("scholar", 2, "captcha")
    scholar.run(Request(STRING), store, progress=silent)
    assert not any(b"192.0.2.7" in store.read(name) for name in store.names())


def test_a_short_page_is_asked_for_again(server: standin.Scholar, store: DirectoryStore) -> None:
    server.fail("scholar", 2, "short-page")
    outcome = scholar.run(Request(STRING), store, progress=silent)
    assert (outcome.status, clusters(store)) == ("complete", expected(45))


def test_a_page_that_stays_short_leaves_the_search_open(server: standin.Scholar, store: DirectoryStore) -> None:
    server.fail("scholar", 2, "short-page", times=2)
    outcome = scholar.run(Request(STRING), store, progress=silent)
    assert (outcome.status, outcome.hits, outcome.read) == ("open", 45, 41)
    assert len(clusters(store)) == 41
    assert "45 results" in outcome.resume and "Accept" in outcome.resume
    said = {w.code: w.message for w in outcome.warnings}
    assert "rank 11" in said["scholar-short-page"]


def test_an_estimate_that_the_pages_fall_short_of_is_said(
    monkeypatch: pytest.MonkeyPatch, store: DirectoryStore
) -> None:
    with standin.serve(standin.made(38), about=41) as server:
        monkeypatch.setenv("REVIEW_SCHOLAR_URL", server.url)
        outcome = scholar.run(Request(STRING), store, progress=silent)
    assert (outcome.status, outcome.hits, outcome.read) == ("complete", 41, 38)
    said = {w.code: w.message for w in outcome.warnings}
    assert "about 41" in said["scholar-fewer"] and "38" in said["scholar-fewer"]
    assert len(server.requests) == 5  # the last page was asked for twice


def test_an_exact_number_that_the_pages_fall_short_of_leaves_it_open(
    monkeypatch: pytest.MonkeyPatch, store: DirectoryStore
) -> None:
    with standin.serve(standin.made(6), about=8) as server:  # up to ten are said without "about"
        monkeypatch.setenv("REVIEW_SCHOLAR_URL", server.url)
        outcome = scholar.run(Request(STRING), store, progress=silent)
    assert (outcome.status, outcome.hits, outcome.read) == ("open", 8, 6)


def test_no_results_where_a_further_page_was_promised_leaves_it_open(
    server: standin.Scholar, store: DirectoryStore
) -> None:
    server.fail("scholar", 3, "no-results", times=2)
    outcome = scholar.run(Request(STRING), store, progress=silent)
    assert (outcome.status, outcome.read) == ("open", 20)


def test_a_number_of_hits_that_drifts_is_said(server: standin.Scholar, store: DirectoryStore) -> None:
    server.fail("scholar", 3, "count-drift")
    outcome = scholar.run(Request(STRING), store, progress=silent)
    assert (outcome.status, outcome.read) == ("complete", 45)
    assert "scholar-count-drift" in [w.code for w in outcome.warnings]


@pytest.mark.parametrize("kind", ["missing-year", "truncated-authors", "chinese-byline"])
def test_odd_rows_are_read_all_the_same(kind: str, server: standin.Scholar, store: DirectoryStore) -> None:
    server.fail("scholar", 2, kind)
    outcome = scholar.run(Request(STRING), store, progress=silent)
    assert (outcome.status, clusters(store)) == ("complete", expected(45))


def test_a_full_last_page_with_a_page_more_to_come_is_no_end(
    server: standin.Scholar, store: DirectoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The link to the next page has another mark than it had; the next run finds it as it was."""
    whole = standin.results_page
    with monkeypatch.context() as changed:
        changed.setattr(standin, "results_page", lambda *a: whole(*a).replace("gs_ico_nav_next", "gs_ico_forward"))
        outcome = scholar.run(Request(STRING), store, progress=silent)
        assert (outcome.status, outcome.hits, outcome.read) == ("open", 45, 10)
        assert "Accept it" in outcome.resume
    assert scholar.run(Request(STRING), store, progress=silent).status == "complete"
    assert clusters(store) == expected(45)


def test_results_that_are_marked_otherwise_are_not_passed_over(
    server: standin.Scholar, store: DirectoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = standin.results_page
    monkeypatch.setattr(standin, "results_page", lambda *a: whole(*a).replace("gs_r gs_or gs_scl", "gs_r gs_new", 3))
    with pytest.raises(ReviewError, match="layout may have changed"):
        scholar.run(Request(STRING), store, progress=silent)


def test_a_next_link_that_leaves_a_page_out_is_not_followed_nor_ever_after(
    server: standin.Scholar, store: DirectoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = standin.results_page
    with monkeypatch.context() as changed:
        changed.setattr(standin, "results_page", lambda *a: whole(*a).replace("start=10", "start=20"))
        assert scholar.run(Request(STRING), store, progress=silent).status == "open"
    assert scholar.run(Request(STRING), store, progress=silent).status == "complete"
    assert clusters(store) == expected(45)


def test_other_blocks_of_a_page_are_no_results(
    server: standin.Scholar, store: DirectoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Profiles of authors above the results, related searches below, on pages that are otherwise as ever."""
    whole = standin.results_page
    above = '<div class="gs_r"><h3 class="gs_rt gs_ota"><a href="/citations?view_op=search_authors">Profiles</a></h3></div>'
    below = '<div class="gs_r gs_or gs_qsuggest"><h2>Related searches</h2><ul><li><a href="/scholar?q=x">x</a></ul></div>'
    monkeypatch.setattr(standin, "results_page", lambda *a: above + whole(*a) + below)
    assert scholar.run(Request(STRING), store, progress=silent).status == "complete"
    assert clusters(store) == expected(45)


def test_words_of_a_block_in_a_snippet_are_no_block(monkeypatch: pytest.MonkeyPatch, store: DirectoryStore) -> None:
    said = [standin.Result(f"b{i:03}AAAAJ", "Before you continue: automated queries", "A Author", year="2001",
                           snippet="unusual traffic of children") for i in range(3)]  # fmt: skip
    with standin.serve(said) as server:
        monkeypatch.setenv("REVIEW_SCHOLAR_URL", server.url)
        assert scholar.run(Request(STRING), store, progress=silent).status == "complete"


def test_a_next_link_to_another_search_is_not_followed(
    server: standin.Scholar, store: DirectoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = standin.results_page

    def astray(shown: list[standin.Result], start: int, total: int, following: str, query: str) -> str:
        return whole(shown, start, total, following.replace("children", "parents"), query)

    monkeypatch.setattr(standin, "results_page", astray)  # the service's mistake, not the tool's
    outcome = scholar.run(Request(STRING), store, progress=silent)
    assert (outcome.status, outcome.read, len(server.requests)) == ("open", 10, 1)


def test_a_string_that_the_service_would_cut_is_refused(store: DirectoryStore) -> None:
    with pytest.raises(ReviewError, match="257 characters"):
        scholar.run(Request("x" * 257), store, progress=silent)


def test_the_number_of_hits_takes_one_page(server: standin.Scholar) -> None:
    hits, said = scholar.count(Request(STRING))
    assert hits == 45 and "estimate" in said[0].message
    assert len(server.requests) == 1


def test_no_browser_is_started(
    server: standin.Scholar, store: DirectoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    import subprocess

    started: list[object] = []
    monkeypatch.setattr(subprocess, "Popen", lambda *args, **kwargs: started.append(args))
    server.fail("scholar", 2, "dos-captcha")
    scholar.run(Request(STRING), store, progress=silent)
    assert not started


def test_loading_the_sources_loads_no_heavy_library(tmp_path: Path) -> None:
    import subprocess

    code = (
        "import sys; from review.sources import all_sources; all_sources(); "
        "print(sorted({'Bio', 'scholarly', 'lxml', 'pandas', 'openpyxl', 'bs4'} & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
