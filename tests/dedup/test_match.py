"""What matching promises: old reports stay, people's words bind, the order of rows changes nothing."""

import random
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from review.dedup import Matching, match
from review.model import Record
from tests.dedup.making import ARTICLE, OTHER, record


def partition(found: Matching) -> set[frozenset[str]]:
    return {frozenset(g.records) for g in found.groups}


def some_records() -> list[Record]:
    """Two articles in four forms each, a preprint of one, and a look-alike."""
    return [
        record("s1/000001", **ARTICLE, doi="10.1016/j.childyouth.2017.06.001", pmid="28111111"),
        record("s2/000001", **{**ARTICLE, "authors": "Zhou Y; Li M; Wang F", "journal": "Child Youth Serv Rev",
                               "pages": "233-40"}),
        record("s3/000001", title="Parental migration and the psychological well-being of children in …",
               authors="Y Zhou, M Li, F Wang", year=2017),
        record("s2/000002", title=ARTICLE["title"], pmid="28111111"),
        record("s1/000002", **OTHER),
        record("s2/000003", **{**OTHER, "title": OTHER["title"].upper(), "pages": "411"}),
        record("s3/000002", title="Teacher autonomy and pupil attainment in rural primary schools",
               authors="T Adeyemi, K Larsen", year=2016, journal="British Educational …"),
        record("s4/000001", **{**ARTICLE, "journal": "PsyArXiv", "volume": "", "pages": ""}, doi="10.31234/osf.io/ab3cd"),
        record("s4/000002", **{**OTHER, "title": OTHER["title"].replace("primary", "secondary"), "pages": "431-450"}),
    ]


EXPECTED = {frozenset({"s1/000001", "s2/000001", "s3/000001", "s2/000002"}), frozenset({"s4/000001"}),
            frozenset({"s1/000002", "s2/000003", "s3/000002"}), frozenset({"s4/000002"})}


def test_records_of_one_report_come_together_and_the_preprint_is_linked() -> None:
    found = match(some_records())
    assert partition(found) == EXPECTED
    assert [(v.type, v.source) for v in found.related] == [("preprint-of", "s4/000001")]
    assert all(v.kind == "same" and v.rule and 0 < v.score <= 1 and v.evidence_for for v in found.merges)


def test_every_merge_has_its_row() -> None:
    """One edge for each record that does not lead a report."""
    found = match(some_records())
    assert len(found.merges) == sum(len(g.records) - 1 for g in found.groups)
    for group in found.groups:
        reached = {group.records[0]}
        for record_id in group.records[1:]:
            assert any({v.a, v.b} - {record_id} <= reached for v in found.merges if record_id in (v.a, v.b))
            reached.add(record_id)


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(rnd: random.Random) -> None:
    records = some_records()
    rnd.shuffle(records)
    assert match(records) == match(some_records())


def test_the_names_of_records_change_no_partition() -> None:
    """Record ids that come from the place in a file decide nothing."""
    records = some_records()
    renamed = {r.id: f"f.ris:{n}" for n, r in enumerate(reversed(records), start=1)}
    again = match([Record(**{**{k: getattr(r, k) for k in r.__slots__}, "id": renamed[r.id]}) for r in records])
    assert partition(again) == {frozenset(renamed[i] for i in group) for group in EXPECTED}


def keys(records: Sequence[Record]) -> dict[str, str]:
    return {r: f"R{n:06d}-ab" for n, g in enumerate(match(records).groups, start=1) for r in g.records}


def test_a_later_search_is_matched_against_what_exists() -> None:
    old = [r for r in some_records() if r.id.startswith(("s1", "s2"))]
    assigned = keys(old)
    found = match(some_records(), assigned=assigned, frozen=set(assigned.values()))
    placed = {r: g.report for g in found.groups for r in g.records}
    assert set(placed) == {"s3/000001", "s3/000002", "s4/000001", "s4/000002"}
    assert placed["s3/000001"] == assigned["s1/000001"]
    assert placed["s3/000002"] == assigned["s1/000002"]
    assert placed["s4/000001"] == placed["s4/000002"] == ""
    assert {v.a for v in found.merges} | {v.b for v in found.merges} >= {"s3/000001", "s3/000002"}


def test_nothing_new_nothing_done() -> None:
    records = some_records()
    found = match(records, assigned=keys(records))
    assert found.groups == found.joins == found.merges == ()


def bridge() -> tuple[list[Record], dict[str, str]]:
    """Two reports that only a third record shows to be one: a title lost, a place lost."""
    left = record("a", **{**ARTICLE, "title": ""})
    right = record("b", title=ARTICLE["title"], authors=str(ARTICLE["authors"]), doi="10.1016/j.childyouth.2017.06.001")
    new = record("c", **ARTICLE, doi="10.1016/j.childyouth.2017.06.001")
    return [left, right, new], {"a": "R000001-aa", "b": "R000002-bb"}


def test_two_free_reports_are_joined_and_the_lower_key_survives() -> None:
    records, assigned = bridge()
    found = match(records, assigned=assigned)
    assert [(survivor, absorbed) for survivor, absorbed, _ in found.joins] == [("R000001-aa", "R000002-bb")]
    assert [(g.report, g.records) for g in found.groups] == [("R000001-aa", ("c",))]


def test_issued_reports_are_never_joined_the_pair_goes_to_a_person() -> None:
    records, assigned = bridge()
    found = match(records, assigned=assigned, frozen={"R000002-bb"})
    assert found.joins == ()
    assert [g.report for g in found.groups] == ["R000002-bb"]           # the same DOI is the better reason
    assert [(v.a, v.b) for v in found.possible] == [("a", "c")]


def test_a_persons_different_binds() -> None:
    records = some_records()[:2]
    assert len(match(records).groups) == 1
    for pair in (("s1/000001", "s2/000001"), ("s2/000001", "s1/000001")):
        found = match(records, different=[pair])
        assert len(found.groups) == 2
        assert found.possible == ()


def test_a_persons_different_between_reports_binds_for_new_records() -> None:
    old = some_records()[:1]
    assigned = {"s1/000001": "R000001-ab"}
    found = match([*old, *some_records()[1:2]], assigned=assigned, different=[("R000001-ab", "s2/000001")])
    assert [g.report for g in found.groups] == [""]


def test_no_third_record_undoes_a_persons_different() -> None:
    records = some_records()[:4]
    found = match(records, different=[("s1/000001", "s2/000001")])
    assert not any({"s1/000001", "s2/000001"} <= set(g.records) for g in found.groups)


def test_a_persons_same_binds() -> None:
    records = [record("a", **ARTICLE), record("b", **OTHER)]
    assert len(match(records).groups) == 2
    found = match(records, same=[("b", "a")])
    assert partition(found) == {frozenset({"a", "b"})}
    assert found.merges[0].rule == "person"


def test_one_native_id_of_one_source_search_is_one_report() -> None:
    """A re-run gives the same hit again, even where the database has changed every field of it."""
    first = record("20260101-pubmed-1/000001", "A title", native_id="111")
    again = record("20260601-pubmed-1/000001", "Another title altogether", native_id="111")
    runs = dict.fromkeys((first.id, again.id), "20260101-pubmed-1")
    assert len(match([first, again], source_search=runs).groups) == 1
    assert len(match([first, again]).groups) == 2
    assert len(match([first, again], source_search={first.id: "x", again.id: "y"}).groups) == 2


def test_the_best_record_leads() -> None:
    poor = record("a", title=ARTICLE["title"])
    rich = record("b", **ARTICLE, abstract="Background: " + "children left behind by migrant parents " * 5)
    assert match([poor, rich]).groups[0].records == ("b", "a")


def test_evidence_names_what_differs() -> None:
    one, other = record("a", **ARTICLE), record("b", **{**ARTICLE, "volume": "97"})
    verdict = match([one, other]).merges[0]
    assert "volume 79 / 97" in verdict.evidence_against
    assert "authors agree" in verdict.evidence_for


def test_progress_is_told() -> None:
    told: list[tuple[int, int | None, str]] = []
    match(some_records(), progress=lambda done, total, what: told.append((done, total, what)))
    assert {what for _, _, what in told} == {"reading fields", "comparing"}
