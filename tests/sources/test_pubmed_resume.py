"""A search that was stopped goes on where it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from review.model import ReviewError
from review.sources import DirectoryStore, Request, pubmed
from tests.sources.conftest import kept_pmids, silent
from tests.standins import eutils
from tests.standins.corpus import Synthetic

Point = Callable[..., None]


class Killed(BaseException):
    """Stands for the end of the process."""


class MortalStore(DirectoryStore):
    """A store whose process ends after some writes."""

    def __init__(self, folder: Path, writes: int) -> None:
        super().__init__(folder)
        self.left = writes

    def write(self, name: str, data: bytes, role: object) -> None:
        if not self.left:
            raise Killed
        self.left -= 1
        super().write(name, data, role)  # type: ignore[arg-type]


@pytest.mark.parametrize("writes", range(10))
def test_a_run_that_ended_after_any_write_is_gone_on_with(
    writes: int, tmp_path: Path, eutils_at: Point
) -> None:
    made = Synthetic(950, small=True)  # 5 batches; the whole takes 9 writes
    with eutils.serve(made) as server:
        eutils_at(server.url)
        mortal = MortalStore(tmp_path, writes)
        if writes < 9:
            with pytest.raises(Killed):
                pubmed.run(Request("all"), mortal, progress=silent)
        before = set(kept_pmids(mortal.folder))
        mark = len(server.requests)
        store = DirectoryStore(tmp_path)
        outcome = pubmed.run(Request("all"), store, progress=silent)
        after = [c for c in server.requests[mark:] if c.endpoint == "efetch"]
    assert (outcome.status, outcome.hits, outcome.read) == ("complete", 950, 950)
    assert sorted(kept_pmids(store.folder)) == sorted(made.pmids)
    assert not before & {p for c in after for p in c.params["id"].split(",")}


def test_a_finished_search_asks_for_nothing_again(store: DirectoryStore, eutils_at: Point) -> None:
    with eutils.serve(Synthetic(250, small=True)) as server:
        eutils_at(server.url)
        first = pubmed.run(Request("all"), store, progress=silent)
        mark = len(server.requests)
        assert pubmed.run(Request("all"), store, progress=silent) == first
        assert len(server.requests) == mark


def test_a_service_that_fails_half_way_leaves_an_open_search(store: DirectoryStore, eutils_at: Point) -> None:
    made = Synthetic(1000, small=True)
    with eutils.serve(made) as server:
        eutils_at(server.url)
        server.fail("efetch", 3, "503", times=500)
        outcome = pubmed.run(Request("all"), store, progress=silent)
        assert outcome.status == "open" and outcome.hits == 1000
        assert outcome.read == len(kept_pmids(store.folder)) == 1000 - len(outcome.missing) < 1000
        assert "HTTP 503" in outcome.resume and "Run the search again" in outcome.resume
        server.heal()
        outcome = pubmed.run(Request("all"), store, progress=silent)
    assert (outcome.status, outcome.read, outcome.missing, outcome.resume) == ("complete", 1000, (), "")
    assert sorted(kept_pmids(store.folder)) == sorted(made.pmids)


def test_records_that_the_service_does_not_give_are_named(store: DirectoryStore, eutils_at: Point) -> None:
    made = Synthetic(300, small=True)
    with eutils.serve(made) as server:
        eutils_at(server.url)
        server.fail("efetch", 1, "records-missing", times=0)
        outcome = pubmed.run(Request("all"), store, progress=silent)
        assert outcome.status == "open" and outcome.read == 296
        assert set(outcome.missing) == set(made.pmids) - set(kept_pmids(store.folder))
        assert outcome.missing[0] in outcome.resume and "accept" in outcome.resume
        server.heal()
        mark = len(server.requests)
        outcome = pubmed.run(Request("all"), store, progress=silent)
        asked = [p for c in server.requests[mark:] for p in c.params["id"].split(",")]
    assert outcome.status == "complete" and len(asked) == 4
    assert sorted(kept_pmids(store.folder)) == sorted(made.pmids)


def test_one_record_that_the_service_stumbles_over_does_not_hold_up_the_others(
    store: DirectoryStore, eutils_at: Point
) -> None:
    made = Synthetic(400, small=True)
    bad = made.pmids[130]
    whole = made.xml
    made.xml = lambda pmid: b"<PubmedArticle>&undefined; \xff" if pmid == bad else whole(pmid)  # type: ignore[method-assign]
    with eutils.serve(made) as server:
        eutils_at(server.url)
        outcome = pubmed.run(Request("all"), store, progress=silent)
    assert (outcome.status, outcome.missing, outcome.read) == ("open", (bad,), 399)


def test_a_folder_of_another_search_is_not_gone_on_with(store: DirectoryStore, eutils_at: Point) -> None:
    with eutils.serve(Synthetic(10, small=True)) as server:
        eutils_at(server.url)
        pubmed.run(Request("all"), store, progress=silent)
        with pytest.raises(ReviewError, match="another string"):
            pubmed.run(Request("other"), store, progress=silent)


def test_a_batch_changed_by_hand_is_noticed(store: DirectoryStore, eutils_at: Point) -> None:
    with eutils.serve(Synthetic(10, small=True)) as server:
        eutils_at(server.url)
        pubmed.run(Request("all"), store, progress=silent)
        path = store.folder / "efetch-00001-00.xml"
        path.write_bytes(path.read_bytes()[:2000])
        with pytest.raises(ReviewError, match=r"efetch-00001-00\.xml is damaged"):
            pubmed.run(Request("all"), store, progress=silent)


def test_a_full_disk_keeps_what_came_before(tmp_path: Path, eutils_at: Point) -> None:
    class FullStore(MortalStore):
        def write(self, name: str, data: bytes, role: object) -> None:
            if name.startswith("efetch-00003"):
                raise ReviewError("No space left on device", code="disk")
            DirectoryStore.write(self, name, data, role)  # type: ignore[arg-type]

    with eutils.serve(Synthetic(950, small=True)) as server:
        eutils_at(server.url)
        with pytest.raises(ReviewError, match="No space left"):
            pubmed.run(Request("all"), FullStore(tmp_path, 0), progress=silent)
        outcome = pubmed.run(Request("all"), DirectoryStore(tmp_path), progress=silent)
    assert (outcome.status, outcome.read) == ("complete", 950)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"asked": 1'])
def test_a_damaged_plan_is_named(content: bytes, store: DirectoryStore) -> None:
    store.write("plan.json", content, "reply")
    with pytest.raises(ReviewError, match=r"plan\.json is damaged"):
        pubmed.run(Request("all"), store, progress=silent)
