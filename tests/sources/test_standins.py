"""The stand-in for the E-utilities behaves as the service does: asked by Bio.Entrez itself."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tests.standins import eutils
from tests.standins.corpus import Corpus, Synthetic


@pytest.fixture
def server() -> Iterator[eutils.EUtils]:
    """A service with 12,000 records."""
    with eutils.serve(Synthetic(12_000)) as running:
        yield running


def ask(server: eutils.EUtils, utility: str, **params: Any) -> tuple[int, bytes]:
    """(status, body) of a GET."""
    address = f"{server.url}/{utility}?{urllib.parse.urlencode(params)}"
    try:
        with urllib.request.urlopen(address) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def parsed(server: eutils.EUtils, utility: str, **params: Any) -> Any:
    """What Bio.Entrez makes of the reply."""
    import io

    from Bio import Entrez

    return Entrez.read(io.BytesIO(ask(server, utility, **params)[1]))


def test_twenty_ids_unless_more_are_asked_for(server: eutils.EUtils) -> None:
    answer = parsed(server, "esearch.fcgi", db="pubmed", term="x")
    assert (answer["Count"], len(answer["IdList"])) == ("12000", 20)


def test_retmax_is_clamped_to_the_limit_and_says_so(server: eutils.EUtils) -> None:
    answer = parsed(server, "esearch.fcgi", db="pubmed", term="x", retmax=20_000)
    assert len(answer["IdList"]) == 9_999
    assert answer["WarningList"]["OutputMessage"] == ["Restrictions achieved. start and count adjusted to 0, 9999"]


def test_retstart_beyond_the_limit_is_an_error_with_status_200(server: eutils.EUtils) -> None:
    status, body = ask(server, "esearch.fcgi", db="pubmed", term="x", retstart=9_999)
    assert status == 200 and b"<ERROR>Search Backend failed" in body
    status, body = ask(server, "esearch.fcgi", db="pubmed", term="x", retstart=9_999, retmode="json")
    assert status == 200
    with pytest.raises(json.JSONDecodeError):
        json.loads(body)  # the text holds a raw line break
    assert "ERROR" in json.loads(body, strict=False)["esearchresult"]


def test_the_history_ends_at_the_limit(server: eutils.EUtils) -> None:
    held = parsed(server, "esearch.fcgi", db="pubmed", term="x", usehistory="y")
    history = {"db": "pubmed", "WebEnv": held["WebEnv"], "query_key": held["QueryKey"], "rettype": "uilist"}
    status, body = ask(server, "efetch.fcgi", **history, retstart=9_500, retmax=500)
    assert status == 200 and len(body.split()) == 499
    status, body = ask(server, "efetch.fcgi", **history, retstart=9_999, retmax=500)
    assert status == 400 and b"Cannot retrieve history data: OUT OF RANGE" in body
    history["WebEnv"] = "MCID_expired"
    status, body = ask(server, "efetch.fcgi", **history)
    assert status == 200 and b"<ERROR>Unable to obtain query #1</ERROR>" in body


def test_a_small_set_past_its_end_gives_an_empty_page() -> None:
    with eutils.serve(Synthetic(30)) as server:
        answer = parsed(server, "esearch.fcgi", db="pubmed", term="x", retstart=40)
    assert (answer["Count"], list(answer["IdList"])) == ("30", [])


def test_an_unbalanced_string_fails_with_status_200(real: Corpus) -> None:
    with eutils.serve(real) as server:
        status, body = ask(server, "esearch.fcgi", db="pubmed", term="(china AND child")
    assert status == 200 and b"Search Backend failed" in body


def test_a_phrase_that_is_not_known_is_dropped_and_a_broader_set_answered(real: Corpus) -> None:
    with eutils.serve(real) as server:
        answer = parsed(server, "esearch.fcgi", db="pubmed", term="china AND qwertzuiop")
        plain = parsed(server, "esearch.fcgi", db="pubmed", term="china")
    assert answer["Count"] == plain["Count"]
    assert answer["ErrorList"]["PhraseNotFound"] == ["qwertzuiop"]


@pytest.mark.parametrize(
    ("string", "expected"),
    [
        ("30633296[pmid]", 1),
        ("30633296[pmid] OR 30633296[uid] AND 1[uid]", 0),  # from left to right
        ("1:99999999[uid]", 247),
        ('"1900/01/01"[edat] : "2100/12/31"[edat]', 247),
        ('pigment* AND (UVB-induced OR nothing-known) NOT "vitamin z"[ti]', 1),
    ],
)
def test_strings_are_evaluated_as_pubmed_does(string: str, expected: int, real: Corpus) -> None:
    assert len(real.search(string)[0]) == expected


def test_more_requests_than_allowed_are_turned_away(real: Corpus) -> None:
    with eutils.serve(real, rate=3) as server:
        replies = [ask(server, "einfo.fcgi", db="pubmed", api_key="k") for _ in range(4)]
    assert [status for status, _ in replies] == [200, 200, 200, 429]
    assert json.loads(replies[3][1]) == {
        "error": "API rate limit exceeded", "api-key": "k", "count": "4", "limit": "3",
    }  # fmt: skip


@pytest.mark.parametrize("utility", ["esearch.fcgi", "efetch.fcgi", "esummary.fcgi", "epost.fcgi", "einfo.fcgi",
                                     "elink.fcgi", "espell.fcgi", "ecitmatch.cgi"])  # fmt: skip
def test_every_utility_answers(utility: str, server: eutils.EUtils) -> None:
    status, body = ask(server, utility, db="pubmed", term="x", id=server.records.order(server.records.all())[0],
                       bdata="journal|2020|1|2|author|key|")  # fmt: skip
    assert status == 200 and body
    assert server.requests[-1].endpoint == utility.partition(".")[0]
