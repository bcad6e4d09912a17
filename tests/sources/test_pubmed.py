"""A reviewer searches PubMed: what comes, what is kept, what is said. Real HTTP against the stand-in."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from review.model import ReviewError
from review.sources import DirectoryStore, Request, pubmed
from tests.shared_data import shared
from tests.sources.conftest import EMAIL, KEY, pmids, records, silent, written
from tests.standins import eutils
from tests.standins.corpus import Corpus, Synthetic

ALL = "china OR chinese OR child* OR mental OR health OR the"
Point = Callable[..., None]


def test_every_record_of_a_search_comes_once_in_the_services_order(
    real: Corpus, store: DirectoryStore, eutils_at: Point
) -> None:
    with eutils.serve(real) as server:
        eutils_at(server.url)
        outcome = pubmed.run(Request(ALL), store, progress=silent)
    assert (outcome.status, outcome.hits, outcome.read, outcome.missing) == ("complete", 247, 247, ())
    assert len(server.calls("efetch")) == 2
    listed = store.read("pmids-01.txt").decode().split()
    assert listed == real.order(real.all())
    assert set(pmids(store)) == set(listed) and len(pmids(store)) == 247


def test_replies_are_kept_byte_for_byte(real: Corpus, store: DirectoryStore, eutils_at: Point) -> None:
    with eutils.serve(real) as server:
        eutils_at(server.url)
        pubmed.run(Request(ALL), store, progress=silent)
        asked = {"id": server.calls("efetch")[0].params["id"]}
        sent = server.efetch(asked).body
    batches = [store.read(n) for n in store.names() if n.startswith("efetch")]
    assert sent in batches
    assert [store.roles[n] for n in store.names() if n.startswith("efetch")] == ["records", "records"]
    assert {store.roles[n] for n in store.names() if not n.startswith("efetch")} == {"reply"}


def test_records_have_what_a_reviewer_screens_by(
    real: Corpus, store: DirectoryStore, eutils_at: Point
) -> None:
    with eutils.serve(real) as server:
        eutils_at(server.url)
        pubmed.run(Request("30633296[pmid]"), store, progress=silent)
    (record,) = records(store, pubmed.RECORD_FILES)
    assert record.title == "Pigment genes not skin pigmentation affect UVB-induced vitamin D."
    assert record.ids["doi"] == "10.1039/c8pp00320c"
    assert record.year == 2019
    assert record.authors[0] == "Datta, Pameli"


def test_books_are_records_too(real: Corpus, store: DirectoryStore, eutils_at: Point) -> None:
    books = Corpus.from_xml(shared("formats/pubmed_xml/jabref__MedlineImporterTestPubmedBook.xml"))
    both = Corpus([*real.items.values(), *books.items.values()])
    asked = ["21413195", "30633296"]
    with eutils.serve(both) as server:
        eutils_at(server.url)
        outcome = pubmed.run(Request(" OR ".join(f"{pmid}[pmid]" for pmid in asked)), store, progress=silent)
    assert (outcome.status, outcome.read) == ("complete", len(asked))
    assert sorted(pmids(store)) == sorted(asked)


def test_requests_are_posts_of_200_pmids_and_name_tool_and_user(
    real: Corpus, store: DirectoryStore, eutils_at: Point, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NCBI_EMAIL", EMAIL)
    monkeypatch.setenv("NCBI_API_KEY", KEY)
    with eutils.serve(real, key=KEY) as server:
        eutils_at(server.url)
        pubmed.run(Request(ALL), store, progress=silent)
    assert sorted(len(c.params["id"].split(",")) for c in server.calls("efetch")) == [47, 200]
    for call in server.requests:
        assert (call.method, call.params["tool"]) == ("POST", "scoping-review")
        assert (call.params["email"], call.params["api_key"]) == (EMAIL, KEY)
        assert KEY not in call.path and EMAIL not in call.path


def test_key_and_address_stand_in_no_file_and_no_message(
    real: Corpus,
    store: DirectoryStore,
    tmp_path: Path,
    eutils_at: Point,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("NCBI_EMAIL", EMAIL)
    monkeypatch.setenv("NCBI_API_KEY", KEY)
    said = []
    with eutils.serve(real) as server:
        eutils_at(server.url)
        server.fail("esearch", 1, "429")  # its body repeats the key
        said.append(repr(pubmed.run(Request(ALL), store, progress=silent)))
        server.fail("efetch", 3, "429", times=50)
        other = DirectoryStore(tmp_path / "other")
        said.append(repr(pubmed.run(Request("china"), other, progress=silent)))
        server.fail("esearch", 1, "429", times=0)
        with pytest.raises(ReviewError) as error:
            pubmed.run(Request("china"), DirectoryStore(tmp_path / "third"), progress=silent)
        said += [str(error.value), repr(error.value.as_issue())]
    with eutils.serve(real, key="another") as server:
        eutils_at(server.url)
        with pytest.raises(ReviewError, match="NCBI_API_KEY") as error:
            pubmed.run(Request("china"), DirectoryStore(tmp_path / "fourth"), progress=silent)
        said.append(str(error.value))
    everything = written(tmp_path) + "".join(said).encode() + caplog.text.encode()
    everything += "".join(capfd.readouterr()).encode()
    assert KEY.encode() not in everything and EMAIL.encode() not in everything


def test_bio_entrez_is_left_as_it_was(real: Corpus, store: DirectoryStore, eutils_at: Point) -> None:
    from Bio import Entrez

    names = ("email", "tool", "api_key", "max_tries", "urlopen")
    before = [getattr(Entrez, name) for name in names]
    with eutils.serve(real) as server:
        eutils_at(server.url)
        pubmed.run(Request("china"), store, progress=silent)
    assert [getattr(Entrez, name) for name in names] == before


def test_nothing_found_is_a_result(real: Corpus, store: DirectoryStore, eutils_at: Point) -> None:
    with eutils.serve(real) as server:
        eutils_at(server.url)
        outcome = pubmed.run(Request("china AND 1[pmid]"), store, progress=silent)
    assert (outcome.status, outcome.hits, outcome.read) == ("complete", 0, 0)
    assert not server.calls("efetch")


def test_what_the_server_left_out_is_said(real: Corpus, store: DirectoryStore, eutils_at: Point) -> None:
    with eutils.serve(real) as server:
        eutils_at(server.url)
        string = '(qwertzuiop OR china) AND "china policy zebra"[foo]'
        outcome = pubmed.run(Request(string), store, progress=silent)
    by_code = {w.code: w.message for w in outcome.warnings}
    assert "qwertzuiop" in by_code["pubmed-phrase-not-found"]
    assert "foo" in by_code["pubmed-field-not-found"]
    assert "china policy zebra" in by_code["pubmed-quoted-phrase-not-found"]
    assert outcome.translation


def test_a_broadened_search_says_so_only_where_something_was_found(
    real: Corpus, store: DirectoryStore, tmp_path: Path, eutils_at: Point
) -> None:
    with eutils.serve(real) as server:
        eutils_at(server.url)
        found = pubmed.run(Request("qwertzuiop OR china"), store, progress=silent)
        none = pubmed.run(Request("qwertzuiop"), DirectoryStore(tmp_path / "none"), progress=silent)
    assert found.read > 0 and "broader" in found.warnings[0].message
    assert none.read == 0 and "broader" not in none.warnings[0].message


def test_a_string_that_the_server_cant_parse_is_an_error_not_zero_hits(
    real: Corpus, store: DirectoryStore, eutils_at: Point
) -> None:
    with eutils.serve(real) as server:
        eutils_at(server.url)
        with pytest.raises(ReviewError, match="Search Backend failed") as error:
            pubmed.run(Request("china AND (child"), store, progress=silent)
    assert error.value.status == 3
    assert "not a search with 0 hits" in str(error.value)


def test_no_network_is_an_error_not_zero_hits(store: DirectoryStore, eutils_at: Point) -> None:
    with eutils.serve(Synthetic(1)) as server:
        eutils_at(server.url)
    with pytest.raises(ReviewError, match="refused") as error:  # the server is closed now
        pubmed.run(Request("china"), store, progress=silent)
    assert (error.value.status, error.value.code) == (3, "pubmed-network")


def test_strings_of_any_letters_arrive_as_they_are(
    real: Corpus, store: DirectoryStore, eutils_at: Point
) -> None:
    string = "留守儿童[tiab] OR \"well-being\" OR café & co 100% a+b " + "very long " * 200
    with eutils.serve(real) as server:
        eutils_at(server.url)
        pubmed.count(Request(string))
    assert server.requests[0].params["term"] == string


def test_a_limit_takes_the_first_and_says_so(real: Corpus, store: DirectoryStore, eutils_at: Point) -> None:
    with eutils.serve(real) as server:
        eutils_at(server.url)
        outcome = pubmed.run(Request(ALL, limit=30), store, progress=silent)
    assert (outcome.status, outcome.hits, outcome.read) == ("limited", 247, 30)
    assert set(pmids(store)) == set(real.order(real.all())[:30])


def test_a_limit_beyond_the_hits_is_a_complete_search(
    real: Corpus, store: DirectoryStore, eutils_at: Point
) -> None:
    with eutils.serve(real) as server:
        eutils_at(server.url)
        outcome = pubmed.run(Request(ALL, limit=300), store, progress=silent)
    assert (outcome.status, outcome.read) == ("complete", 247)


def test_the_number_of_hits_costs_no_records(real: Corpus, eutils_at: Point) -> None:
    with eutils.serve(real) as server:
        eutils_at(server.url)
        hits, said = pubmed.count(Request("qwertzuiop OR china"))
    assert hits == len(real.search("china")[0])
    assert [w.code for w in said] == ["pubmed-phrase-not-found"]
    assert [(c.endpoint, c.params["retmax"]) for c in server.requests] == [("esearch", "0")]


def test_records_since_a_day_are_those_that_entered_then_or_later(
    real: Corpus, store: DirectoryStore, eutils_at: Point
) -> None:
    since = sorted(item.edat for item in real.items.values())[200]
    expected = {p for p, item in real.items.items() if item.edat >= since}
    with eutils.serve(real) as server:
        eutils_at(server.url)
        pubmed.run(Request(ALL, since=str(since)), store, progress=silent)
    assert set(pmids(store)) == expected


def test_progress_goes_from_nothing_to_all(real: Corpus, store: DirectoryStore, eutils_at: Point) -> None:
    steps: list[tuple[int, int | None]] = []
    with eutils.serve(real) as server:
        eutils_at(server.url)
        pubmed.run(Request(ALL), store, progress=lambda done, total, text: steps.append((done, total)))
    assert steps[0] == (0, None) and steps[-1] == (247, 247)
    assert [d for d, _ in steps] == sorted(d for d, _ in steps)


def test_another_address_is_named_in_the_search_without_its_password(
    real: Corpus, store: DirectoryStore, eutils_at: Point
) -> None:
    with eutils.serve(real) as server:
        eutils_at(server.url)
        outcome = pubmed.run(Request("china", limit=1), store, progress=silent)
    assert outcome.params["service"] == server.url
    assert json.loads(store.read("plan.json"))["params"]["service"] == server.url


def test_a_bare_host_is_served_under_the_services_own_path(
    real: Corpus, store: DirectoryStore, eutils_at: Point
) -> None:
    with eutils.serve(real) as server:
        eutils_at(server.url.removesuffix("/entrez/eutils"))
        assert pubmed.run(Request("china", limit=1), store, progress=silent).read == 1
    assert [c.path.count("/") for c in server.requests] == [1, 3, 3, 3]  # the other path is tried once


def test_a_parameter_that_pubmed_does_not_take_is_refused(store: DirectoryStore) -> None:
    with pytest.raises(ReviewError, match="year_low"):
        pubmed.run(Request("china", {"year_low": 2000}), store, progress=silent)
