"""Commands say what now holds; what they do not know they refuse, with what there is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.inside import command
from tests.cli.inside import say as text
from tests.reviewer import DEFINITION, item, nbib, ris, workspace
from tests.standins import eutils
from tests.standins.corpus import Synthetic


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two searches; the records 3 to 5 came by both, so that reports 4 to 6 hold two records each."""
    folder = workspace(tmp_path)
    command(folder, "import", str(ris(folder / "a.ris", [item(i) for i in range(6)])), "--database", "scopus", "--hits", "9")
    command(folder, "import", str(nbib(folder / "p.nbib", range(3, 8))), "--database", "pubmed")
    command(folder, "dedupe")
    return folder


def keys(folder: Path) -> dict[str, str]:
    """Record -> the key of its report."""
    command(folder, "report")
    lines = (folder / "outputs/test/reports.jsonl").read_text(encoding="utf-8").splitlines()
    return {record: report["key"] for report in map(json.loads, lines) for record in report["records"]}


def searches(folder: Path) -> dict[str, str]:
    return {s["database"]: s["id"] for s in command(folder, "status")["searches"]}


def test_a_warning_is_acknowledged_by_the_name_that_status_shows(folder: Path) -> None:
    scopus = searches(folder)["Scopus"]
    shown = command(folder, "status")
    assert {(w["search"], w["warning"]) for w in shown["to_acknowledge"]} >= {(scopus, "hits-differ"), (scopus, "not-confirmed")}
    assert any(f"review acknowledge {scopus} hits-differ" in w for w in shown["warnings"])
    told = command(folder, "acknowledge", scopus, "nosuch", "--reason", "x", status=2)
    assert told["issues"][0]["code"] == "no-such-warning"
    assert "nosuch" in told["error"] and "not-confirmed" in told["error"] and "hits-differ" in told["error"]
    assert command(folder, "acknowledge", scopus, "hits-differ", "--reason", "9 was the count with duplicates")[
        "acknowledged"] == ["hits-differ"]
    left = command(folder, "status")["to_acknowledge"]
    assert (scopus, "hits-differ") not in {(w["search"], w["warning"]) for w in left}
    assert command(folder, "acknowledge", scopus, "--reason", "seen")["acknowledged"] == ["not-confirmed", "hits-differ"]
    assert not any(scopus in w for w in command(folder, "status")["warnings"] if "acknowledge" in w)


def test_link_says_what_now_holds(folder: Path) -> None:
    a, b, *_ = dict.fromkeys(keys(folder).values())
    said, _ = text(folder, "link", a, "--study", "Wang 2020", "--study", "Li 2021")
    assert a in said and "2 studies" in said and "Wang 2020" in said
    told = command(folder, "link", a, "--study", "Li 2021", "--unlink")
    assert (told["key"], told["studies"]) == (a, ["Wang 2020"])
    told = command(folder, "link", a, "--to", b, "--type", "preprint-of")
    assert {"from": a, "type": "preprint-of", "to": b} in told["relations"]
    said, _ = text(folder, "link", a, "--to", b, "--type", "preprint-of", "--unlink")
    assert f"{a} is no longer preprint-of {b}" in said
    assert command(folder, "link", a, "--different", b)["different"] == b


def test_who_leaves_stands_in_the_answer(folder: Path) -> None:
    told = command(folder, "reviewer", "AB", "--left", "--reason", "on leave")
    assert (told["reviewer"], told["has_left_the_team"], told["reason"]) == ("AB", True, "on leave")


def test_a_split_takes_records_of_the_report_that_is_named(folder: Path) -> None:
    home = keys(folder)
    scopus = searches(folder)["Scopus"]                     # the PubMed records lead their reports
    first, second = f"{scopus}/000004", f"{scopus}/000005"
    told = command(folder, "undo", home[second], "--split", first, "--reason", "another report", status=2)
    assert f"{first} is of {home[first]}, not of {home[second]}" in told["error"]
    assert keys(folder) == home
    assert command(folder, "undo", home[first], "--split", first, "--reason", "another report")["key"] not in home.values()


def test_a_failing_check_of_a_flow_is_an_issue(folder: Path) -> None:
    command(folder, "flow")
    flow = folder / "outputs/test/prisma/PRISMA.csv"
    lines = flow.read_text(encoding="utf-8").splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("records_screened"))
    lines[at] = lines[at].replace(",8", ",7")
    (folder / "bad.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    told = command(folder, "check-flow", "bad.csv", status=1)
    failing = [c["message"] for c in told["checks"] if not c["ok"] and c["level"] == "error"]
    assert failing and [i["message"] for i in told["issues"] if i["code"] == "check-failed"] == failing
    said, errors = text(folder, "check-flow", "bad.csv", status=1)
    assert said.count(failing[0]) == 1 and failing[0] not in errors


def test_a_word_that_is_no_review_was_searched(folder: Path) -> None:
    """Said of one word that could be an id; a string with syntax is nothing but a string."""
    told = command(folder, "try", "nosuchid", "--on", "p.nbib")
    assert told["n"] == 0 and "no review of the name “nosuchid”" in told["issues"][0]["message"]
    for string in ("cohort*", "cohort AND children", '"cohort of children"', "cohort[ti]"):
        assert command(folder, "try", string, "--on", "p.nbib")["issues"] == []


def test_a_database_without_terms_does_not_stop_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """CNKI takes Chinese terms only: PubMed is searched and counted, CNKI is told, and somebody has to mend it."""
    folder = workspace(tmp_path, definition=DEFINITION.replace('"google-scholar"', '"cnki"'))
    with eutils.serve(Synthetic(12, small=True)) as pubmed:
        monkeypatch.setenv("REVIEW_EUTILS_URL", pubmed.url)
        monkeypatch.setenv("REVIEW_EUTILS_RATE", "50")
        dry = command(folder, "search", "--dry-run", status=1)
        assert [(s["database"], s["status"]) for s in dry["searches"]] == [("PubMed", "counted"), ("CNKI", "skipped")]
        told = command(folder, "search", status=1)
    assert {s["database"]: (s["status"], s["records"]) for s in told["searches"]} == {
        "PubMed": ("complete", 12), "CNKI": ("skipped", 0)}
    said = [i["message"] for i in told["issues"] if "CNKI" in i["message"]]
    assert len(said) == 1 and "no terms for CNKI" in said[0] and "topic" in said[0]
    assert "no terms for CNKI" in command(folder, "search", "--database", "cnki", status=2)["error"]


def test_a_library_that_the_definition_does_not_name_is_told_with_the_cure(folder: Path) -> None:
    """Following what is said works."""
    told = command(folder, "search", "--library", "Old library=a.ris", status=2)["error"]
    line = 'databases = ["pubmed", "google-scholar", "Old library"]'
    assert line in told and '"Old library" = ' in told and "[library]" in told
    path = folder / "queries/test.toml"
    path.write_text(path.read_text().replace('databases = ["pubmed", "google-scholar"]', line)
                    + '\n[library]\n"Old library" = "our library of 2019"\n')
    assert command(folder, "search", "--library", "Old library=a.ris")["searches"][0]["records"] == 6
