"""`check-flow`: flows from outside, with the mistakes that published ones make."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from review.cli import main
from review.model import ReviewError
from review.prisma.box import Check, Flow, FlowBox
from review.prisma.outside import check_flow, read_flow
from review.prisma.prisma_csv import write_csv
from tests.prisma.flows import TEMPLATES, Number, template


def flow(texts: Any = None, **numbers: Any) -> Flow:
    boxes = {key: FlowBox(value) if isinstance(value, int) else FlowBox(sum(value.values()), value)
             for key, value in numbers.items()}
    return Flow("a flow", boxes, texts or {})


def failed(checks: tuple[Check, ...]) -> dict[str, tuple[str, int, int]]:
    return {check.rule: (check.level, check.left, check.right) for check in checks if not check.ok}


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_right_flow_of_each_template_passes(name: str) -> None:
    checks = check_flow(read_flow(write_csv(template(name)), "PRISMA.csv"))
    assert set(failed(checks)) == {"studies > reports"}         # 19 studies in 17 reports: possible, so a warning
    assert sum(check.ok and check.level == "error" for check in checks) >= 5


def test_the_four_day_school_week_review_as_published() -> None:
    """5,088 "unique" citations before deduplication and 159 reports: both one more than its files hold."""
    published = flow({"database_results": "Unique citations identified"}, database_results=5088, duplicates=574,
                     records_screened=4513, records_excluded=3961, dbr_sought_reports=552,
                     dbr_notretrieved_reports=19, dbr_assessed=533, new_reports=159, new_studies=133,
                     dbr_excluded={"a": 188, "b": 159, "c": 16, "d": 9, "e": 3})
    found = failed(check_flow(published))
    assert found == {"identified - removed = screened": ("error", 4514, 4513),
                     "assessed = excluded + included": ("error", 158, 159),
                     "unique before deduplication": ("warning", 5088, 574)}
    from_files = flow(database_results=5087, duplicates=574, records_screened=4513, records_excluded=3961,
                      dbr_sought_reports=552, dbr_notretrieved_reports=19, dbr_assessed=533, new_reports=158,
                      new_studies=133, dbr_excluded={"a": 188, "b": 159, "c": 16, "d": 9, "e": 3})
    assert failed(check_flow(from_files)) == {}


def test_scenario_of_an_update() -> None:
    """18 studies in 20 reports, one study (2 reports) retracted; 3 reports of 2 new studies, 1 of an old one."""
    numbers: dict[str, Number] = {
        "previous_studies": 17, "previous_reports": 18, "database_results": 1120, "duplicates": 0,
        "excluded_other": 1000, "records_screened": 120, "records_excluded": 110, "dbr_sought_reports": 10,
        "dbr_notretrieved_reports": 1, "dbr_assessed": 9, "dbr_excluded": 5, "new_studies": 2, "new_reports": 3,
        "further_reports": 1, "total_studies": 19, "total_reports": 22}
    assert failed(check_flow(flow(**numbers))) == {}
    assert failed(check_flow(flow(**{**numbers, "previous_studies": 18, "previous_reports": 20}))) == {
        "totals: studies": ("error", 20, 19), "totals: reports": ("error", 24, 22)}


def test_awaiting_and_ongoing_are_terms_of_the_sum() -> None:
    numbers: dict[str, Number] = {"dbr_sought_reports": 40, "dbr_notretrieved_reports": 3, "dbr_assessed": 37,
                                  "dbr_excluded": 15, "new_reports": 17, "new_studies": 17}
    assert failed(check_flow(flow(**numbers)))["assessed = excluded + included"] == ("error", 22, 17)
    assert failed(check_flow(flow(**numbers, awaiting_classification=3, ongoing=2))) == {}


def test_more_reports_than_records_may_be_right_and_fewer_may_not() -> None:
    numbers: dict[str, Number] = {"records_screened": 100, "records_excluded": 90}
    rule = "screened - excluded = sought"
    assert failed(check_flow(flow(**numbers, dbr_sought_reports=11)))[rule] == ("warning", 10, 11)
    assert failed(check_flow(flow(**numbers, dbr_sought_reports=9)))[rule] == ("error", 10, 9)


def test_other_methods_need_a_footnote_for_what_was_not_sought() -> None:
    numbers: dict[str, Number] = {"website_results": 20, "citations_results": 8, "other_sought_reports": 20,
                                  "other_notretrieved_reports": 1, "other_assessed": 18}
    found = failed(check_flow(flow(**numbers)))
    assert found == {"other found - dropped = other sought": ("warning", 28, 20),
                     "other: sought - not retrieved = assessed": ("error", 19, 18)}
    listed = flow(**{**numbers, "other_assessed": 19, "already_found": 6, "dropped_before_retrieval": 2})
    assert failed(check_flow(listed)) == {}


def test_reasons_that_are_none_and_reasons_ticked_twice() -> None:
    boxes = {"dbr_excluded": FlowBox(30, {"Full text not available": 8, "Wrong population": 24,
                                          "Not available in English": 2, "Article not about children": 1})}
    found = failed(check_flow(Flow("a flow", boxes)))
    assert found == {"dbr_excluded: one reason a report": ("warning", 35, 30),
                     "dbr_excluded: not retrieved as a reason": ("warning", 8, 0)}


def test_databases_that_do_not_add_up_and_duplicates_that_nobody_removed() -> None:
    checks = check_flow(Flow("a flow", {"database_results": FlowBox(700, {"PubMed": 300, "Scopus": 399}),
                                        "duplicates": FlowBox(0)}))
    assert failed(checks) == {"parts = box 2": ("error", 699, 700), "no duplicates": ("warning", 2, 0)}


def test_what_is_not_given_is_said_to_be_not_checked() -> None:
    checks = check_flow(flow(new_studies=4))
    assert set(failed(checks)) == {"something to check"}        # silence is not a pass
    assert {check.level for check in checks if check.ok} == {"info"}
    assert any("not checked" in check.message and "records_screened" in check.message for check in checks)


def test_every_sum_tells_both_sides() -> None:
    checks = check_flow(flow(database_results=1000, duplicates=100, records_screened=950))
    message = next(check.message for check in checks if not check.ok)
    assert "1,000" in message and "900" in message and "950" in message and "50 too many" in message


def test_counts_as_json_are_read_too() -> None:
    counts = template("new-other", final=False)
    read = read_flow(json.dumps(counts.as_dict()).encode(), "counts.json")
    assert read.boxes["database_results"].parts == {"PubMed": 262, "Google Scholar": 388}
    assert any(check.rule == "draft" and "12 records" in check.message for check in check_flow(read))


@pytest.mark.parametrize("data", [b"{", b'{"a": 1}', b'{"boxes": 3}', b'{"boxes": ' + b"[" * 5000])
def test_json_that_is_no_flow_is_refused(data: bytes) -> None:
    with pytest.raises(ReviewError) as caught:
        read_flow(data, "x.json")
    assert "x.json" in caught.value.message


def test_json_with_a_bad_number_is_an_issue() -> None:
    read = read_flow(b'{"boxes": {"duplicates": {"n": -3}, "new_studies": 4, "new_reports": {"n": "five"}, '
                     b'"total_reports": {"n": "1,005"}}}', "x.json")
    assert (read.n("new_studies"), read.n("total_reports")) == (4, 1005)
    assert [issue.code for issue in read.issues] == ["flow-number", "flow-number"]


# A flow with every box, whose sums hold; each line below breaks it in one way that published flows do.
WHOLE: dict[str, Number] = {
    "previous_studies": 10, "previous_reports": 12, "database_results": {"PubMed": 600, "Scopus": 400},
    "register_results": {"ClinicalTrials.gov": 20}, "duplicates": 300, "excluded_automatic": 10, "excluded_other": 5,
    "records_screened": 705, "records_excluded": 600, "dbr_sought_reports": 105, "dbr_notretrieved_reports": 5,
    "dbr_assessed": 100, "dbr_excluded": {"Wrong population": 50, "Wrong concept": 20}, "awaiting_classification": 2,
    "ongoing": 1, "website_results": 14, "organisation_results": 4, "citations_results": 9, "already_found": 6,
    "dropped_before_retrieval": 1, "other_sought_reports": 20, "other_notretrieved_reports": 1, "other_assessed": 19,
    "other_excluded": {"Wrong population": 12}, "new_studies": 30, "new_reports": 34, "total_studies": 40,
    "total_reports": 46}
SCREENED, SOUGHT = "identified - removed = screened", "screened - excluded = sought"
ASSESSED, INCLUDED = "dbr: sought - not retrieved = assessed", "assessed = excluded + included"
OTHER_SOUGHT, OTHER_ASSESSED = "other found - dropped = other sought", "other: sought - not retrieved = assessed"


def test_the_whole_flow_holds() -> None:
    assert failed(check_flow(flow(**WHOLE))) == {}


@pytest.mark.parametrize(("change", "expected"), [
    ({"records_screened": 706}, {SCREENED: (705, 706), SOUGHT: (106, 105)}),
    ({"database_results": FlowBox(1000, {"PubMed": 600, "Scopus": 399})}, {"parts = box 2": (999, 1000)}),
    ({"register_results": 0}, {SCREENED: (685, 705)}),
    ({"duplicates": 301}, {SCREENED: (704, 705)}),
    ({"duplicates": 2000}, {SCREENED: (-995, 705)}),
    ({"excluded_automatic": 0}, {SCREENED: (715, 705)}),
    ({"records_excluded": 800}, {SOUGHT: (-95, 105)}),
    ({"dbr_sought_reports": 100}, {SOUGHT: (105, 100), ASSESSED: (95, 100)}),
    ({"dbr_sought_reports": 110}, {SOUGHT: (105, 110), ASSESSED: (105, 100)}),
    ({"dbr_notretrieved_reports": 6}, {ASSESSED: (99, 100)}),
    ({"dbr_assessed": 99}, {ASSESSED: (100, 99), INCLUDED: (33, 34)}),
    ({"dbr_excluded": {"Wrong population": 50, "Wrong concept": 21}}, {INCLUDED: (33, 34)}),
    ({"dbr_excluded": FlowBox(70, {"Wrong population": 50, "Wrong concept": 19})},
     {"dbr_excluded: reasons = excluded": (69, 70)}),
    ({"dbr_excluded": FlowBox(70, {"Wrong population": 60, "Wrong concept": 20})},
     {"dbr_excluded: one reason a report": (80, 70)}),
    ({"dbr_excluded": {"Wrong population": 50, "No full text": 20}}, {"dbr_excluded: not retrieved as a reason": (20, 0)}),
    ({"new_reports": 35}, {INCLUDED: (34, 35), "totals: reports": (47, 46)}),
    ({"new_reports": None}, {INCLUDED: (34, 30)}),
    ({"awaiting_classification": 0}, {INCLUDED: (36, 34)}),
    ({"other_sought_reports": 25}, {OTHER_SOUGHT: (20, 25), OTHER_ASSESSED: (24, 19)}),
    ({"other_sought_reports": 18, "other_assessed": 17}, {OTHER_SOUGHT: (20, 18), INCLUDED: (32, 34)}),
    ({"already_found": 0, "dropped_before_retrieval": 0}, {OTHER_SOUGHT: (27, 20)}),
    ({"other_assessed": None}, {}),
    ({"total_studies": 41}, {"totals: studies": (40, 41)}),
    ({"previous_reports": 14}, {"totals: reports": (48, 46)}),
    ({"previous_studies": 13, "total_studies": 43}, {"studies > reports": (13, 12)}),
], ids=lambda value: "-".join(value) if isinstance(value, dict) else "")
def test_one_wrong_number_breaks_the_sums_that_it_stands_in(change: dict[str, Any],
                                                            expected: dict[str, tuple[int, int]]) -> None:
    whole = flow(**{key: value for key, value in WHOLE.items() if key not in change})
    boxes = {**whole.boxes, **{key: value if isinstance(value, FlowBox) else flow(**{key: value}).boxes[key]
                               for key, value in change.items() if value is not None}}
    checks = check_flow(Flow("a flow", boxes))
    assert {rule: sides for rule, (_, *sides) in failed(checks).items()} == {
        rule: list(sides) for rule, sides in expected.items()}
    for check in checks:
        if not check.ok:                                # both sides are in the message, where it is a sum
            assert all(f"{side:,}" in check.message for side in (check.left, check.right) if side)


def test_a_draft_with_records_that_wait_for_deduplication_adds_up() -> None:
    numbers: dict[str, Number] = {"database_results": 100, "duplicates": 10, "records_screened": 60,
                                  "records_excluded": 60, "dbr_sought_reports": 0, "dbr_assessed": 0}
    assert failed(check_flow(flow(**numbers)))[SCREENED] == ("error", 90, 60)
    assert SCREENED not in failed(check_flow(flow(**numbers, awaiting_dedup=30)))


def test_a_number_that_cannot_be_read_needs_a_person(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    right = write_csv(template("new")).decode()
    for text, status in ((right, 0), (right.replace("records_screened.html,560", "records_screened.html,about 560"), 1)):
        (tmp_path / "PRISMA.csv").write_text(text, encoding="utf-8")
        assert main(["check-flow", str(tmp_path / "PRISMA.csv"), "--json"]) == status
        assert [i["cell"] for i in json.loads(capsys.readouterr().out)["issues"] if i["cell"]] == (["H17"] if status else [])


def test_databases_without_a_total_are_added_up() -> None:
    text = write_csv(template("new")).decode().replace("database_results.html,650", "database_results.html,NA")
    flow = read_flow(text.encode(), "PRISMA.csv")
    assert flow.n("database_results") == 650
    checks = {check.rule: check for check in check_flow(flow)}
    assert checks["identified - removed = screened"].ok and checks["identified - removed = screened"].left == 560
    wrong = read_flow(text.replace("PubMed, 262", "PubMed, 252").encode(), "PRISMA.csv")
    found = next(check for check in check_flow(wrong) if check.rule == "identified - removed = screened")
    assert (found.ok, found.left, found.right) == (False, 550, 560)
