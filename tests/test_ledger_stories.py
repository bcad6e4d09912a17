"""What happens to keys, decisions and counts when people change their minds: told as stories, by public commands."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import review
from review.ledger import rows
from review.ledger.keys import make_key, read_key
from review.model import Decision
from tests.reviewer import DEFINITION, books, boxes, command, fill, item, nbib, ris, workspace

TWINS = [item(1), {**item(1), "DO": "10.1234/other", "TI": item(1)["TI"] + " revisited in full", "SP": "999"}]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return workspace(tmp_path)


def screened(folder: Path, numbers: range = range(12)) -> list[str]:
    """Import, dedupe, send out; returns the keys in order."""
    command(folder, "import", str(ris(folder / "a.ris", [item(i) for i in numbers])), "--database", "scopus")
    command(folder, "dedupe")
    command(folder, "sheets")
    return list(command(folder, "counts", "--list", "records_screened")["ids"])


def decide(folder: Path, ab: str, cd: str, status: int | None = None) -> dict[str, object]:
    """Both reviewers type the same word in every row of their first sheets."""
    fill(books(folder, "title-abstract-AB-1")[0], lambda n, _: {"Decision": ab})
    fill(books(folder, "title-abstract-CD-1")[0], lambda n, _: {"Decision": cd})
    return command(folder, "collect", status=status)


def test_a_join_and_its_undoing(folder: Path) -> None:
    """The lower key survives, the other is an alias; undone, the old key has its decisions again, and it holds."""
    keys = screened(folder)
    fill(books(folder, "AB")[0], lambda n, _: {"Decision": "include" if n == 0 else "exclude"})
    fill(books(folder, "CD")[0], lambda n, _: {"Decision": "include" if n == 0 else "exclude"})
    command(folder, "collect")
    command(folder, "link", keys[0], "--same", keys[1], "--reason", "one article in two journals' lists")
    found = boxes(folder)
    assert (found["duplicates/Found while screening"], found["records_screened"]) == (1, 11)
    assert found["conflicts_screening"] == 1, "the joined reports had been decided differently"
    told = command(folder, "trace", keys[1])
    assert (told["key"], told["aliases"]) == (keys[0], [keys[1]])
    command(folder, "undo", keys[1], "--reason", "they are two articles after all")
    found = boxes(folder)
    assert (found["duplicates"], found["records_screened"], found["records_excluded"]) == (0, 12, 11)
    assert "conflicts_screening" not in found
    assert command(folder, "trace", keys[1])["key"] == keys[1]
    # the same verdict is binding: the pair can't be joined by a sheet that is read again
    fill(books(folder, "AB")[0], lambda n, _: {"Duplicate of": keys[0]} if n == 1 else None)
    assert command(folder, "collect", status=1)["issues"][0]["code"] == "duplicate-contradicted"
    assert command(folder, "check")["ok"]


def test_what_came_after_a_join_goes_with_what_it_is_like(folder: Path) -> None:
    """Two reports are joined; a later search finds the second once more; undone, that record is the second's."""
    keys = screened(folder)
    command(folder, "link", keys[0], "--same", keys[1])
    command(folder, "import", str(ris(folder / "later.ris", [item(1), item(0)])), "--database", "eric")
    command(folder, "dedupe")
    assert len(command(folder, "trace", keys[0])["records"]) == 4
    command(folder, "undo", keys[1], "--reason", "they are two articles after all")
    for key, number in zip(keys, (0, 1), strict=False):
        told = command(folder, "trace", key)
        assert [r["title"] for r in told["records"] if r["report"] == key] == [item(number)["TI"]] * 2
        assert len(told["records"]) == (4 if number == 0 else 2)       # the first had the others for a while
    assert boxes(folder)["records_screened"] == 12
    assert command(folder, "check")["ok"]


def test_equal_decisions_collapse_when_reports_are_joined(folder: Path) -> None:
    keys = screened(folder)
    decide(folder, "include", "include")
    command(folder, "link", keys[3], "--same", keys[2])
    found = boxes(folder)
    assert (found["dbr_sought_reports"], found["duplicates"]) == (11, 1)
    assert "conflicts_screening" not in found
    assert keys[2] in command(folder, "counts", "--list", "dbr_sought_reports")["ids"]


def test_a_split_keeps_the_key_with_the_leading_record(folder: Path) -> None:
    """Those that leave get a new, undecided key, with the old decision as a hint."""
    again = {**item(0), "JO": "J. of Something Else"}
    command(folder, "import", str(ris(folder / "a.ris", [item(0), item(1)])), "--database", "scopus")
    command(folder, "import", str(ris(folder / "b.ris", [again])), "--database", "eric")
    command(folder, "dedupe")
    command(folder, "sheets")
    first = command(folder, "counts", "--list", "records_screened")["ids"][0]
    decide(folder, "exclude", "exclude")
    records = [r["record"] for r in command(folder, "trace", first)["records"]]
    assert len(records) == 2
    told = command(folder, "undo", "--split", records[0], "--reason", "x", status=2)
    assert "leads" in told["error"]
    new = command(folder, "undo", "--split", records[1], "--reason", "another article")["key"]
    found = boxes(folder)
    assert (found["duplicates"], found["records_screened"], found["undecided_screening"]) == (0, 3, 1)
    sheet = [s for s in command(folder, "sheets")["sheets"] if s["reviewer"] == "AB"][0]
    hints = []
    fill(Path(sheet["file"]), lambda n, row: hints.append((row["Key"], row["Earlier decision"])))
    assert hints == [(new, "round 1: exclude")]
    command(folder, "undo", new, "--reason", "no, the same")
    assert boxes(folder)["records_screened"] == 2


def test_a_withdrawn_search_stops_counting_and_a_superseded_one_too(folder: Path) -> None:
    wrong = command(folder, "import", str(nbib(folder / "wrong.nbib", range(5))), "--database", "pubmed")["search"]
    right = command(folder, "import", str(nbib(folder / "right.nbib", range(3, 9))), "--database", "pubmed")["search"]
    command(folder, "dedupe")
    assert boxes(folder)["database_results"] == 11
    command(folder, "withdraw", wrong, "--reason", "a concept was missing", "--superseded-by", right)
    found = boxes(folder)
    assert (found["database_results"], found["duplicates"], found["records_screened"]) == (6, 0, 6)
    assert (folder / "outputs" / "test" / "searches" / wrong / "wrong.nbib").exists()
    assert command(folder, "check")["ok"]


def test_the_same_file_again_is_a_no_op(folder: Path) -> None:
    path = nbib(folder / "a.nbib", range(7))
    first = command(folder, "import", str(path), "--database", "PubMed")
    again = command(folder, "import", str(path), "--database", "pub med")
    assert (again["already"], again["in_file"], again["read"], again["search"]) == (True, 7, 7, first["search"])
    assert len(list((folder / "outputs" / "test" / "searches").iterdir())) == 1


def test_reopened_reports_start_a_new_round(folder: Path) -> None:
    """Old decisions stay; the report waits again, and the old sheet no longer decides."""
    keys = screened(folder)
    decide(folder, "exclude", "exclude")
    command(folder, "reopen", keys[0], "--reason", "the abstract arrived")
    found = boxes(folder)
    assert (found["records_excluded"], found["undecided_screening"]) == (11, 1)
    fill(books(folder, "title-abstract-AB-1")[0], lambda n, _: {"Decision": "include"} if n == 0 else None)
    assert command(folder, "collect", status=1)["issues"][0]["code"] == "old-round"
    command(folder, "sheets")
    for who in ("AB", "CD"):
        fill(books(folder, f"title-abstract-{who}-2")[0], lambda n, _: {"Decision": "include"})
    command(folder, "collect", str(books(folder, "AB-2")[0]), str(books(folder, "CD-2")[0]))
    assert boxes(folder)["dbr_sought_reports"] == 1
    log = (folder / "outputs" / "test" / "log" / "decisions.csv").read_text().splitlines()
    assert len(log) == 1 + 24 + 2


def test_a_change_of_mind_is_a_new_line_and_reopens_an_adjudicated_conflict(folder: Path) -> None:
    screened(folder, range(3))
    assert decide(folder, "include", "exclude", status=1)["conflicts"] == 3
    command(folder, "sheets", "--conflicts")
    fill(books(folder, "conflicts")[0], lambda n, _: {"Decision": "exclude"})
    command(folder, "collect")
    assert boxes(folder)["records_excluded"] == 3
    fill(books(folder, "title-abstract-CD-1")[0], lambda n, _: {"Decision": "maybe"} if n == 0 else None)
    told = command(folder, "collect")
    assert (told["new"], told["changed"]) == (0, 1)
    found = boxes(folder)
    assert (found["records_excluded"], found["dbr_sought_reports"]) == (2, 1), "both advance it now"


def test_counts_as_of_a_date(folder: Path) -> None:
    """A past moment gives the numbers of that moment, by the definition of that moment."""
    command(folder, "import", str(ris(folder / "a.ris", [item(i) for i in range(4)])), "--database", "scopus")
    command(folder, "dedupe")
    log = folder / "outputs" / "test" / "log" / "events.csv"
    moment = list(csv.reader(log.read_text().splitlines()))[-1][2]
    time.sleep(1.1)
    command(folder, "import", str(ris(folder / "b.ris", [item(i) for i in range(9, 12)])), "--database", "eric")
    command(folder, "dedupe")
    assert boxes(folder)["database_results"] == 7
    assert boxes(folder, "--as-of", moment)["database_results"] == 4
    assert command(folder, "counts", "--as-of", "2001-01-01")["boxes"]["database_results"]["n"] == 0
    assert "no date" in command(folder, "counts", "--as-of", "last week", status=2)["error"]


def test_a_frozen_baseline(folder: Path) -> None:
    """Frozen from this review: an updated search counts alone, what is known goes to box 3."""
    screened(folder, range(6))
    decide(folder, "include", "include")
    command(folder, "sheets")
    for who in ("AB", "CD"):
        fill(books(folder, "full-text", who)[0], lambda n, _: {"Decision": "include", "Study": "own"})
    command(folder, "collect")
    frozen = command(folder, "baseline", "--freeze", "--reason", "published")
    assert (frozen["studies"], frozen["reports"]) == (6, 6)
    command(folder, "import", str(ris(folder / "b.ris", [item(i) for i in range(4, 9)])), "--database", "scopus")
    command(folder, "dedupe")
    found = boxes(folder)
    assert (found["database_results"], found["excluded_other/In the previous version"]) == (5, 2)
    assert (found["records_screened"], found["undecided_screening"]) == (3, 3)
    assert (found["previous_studies"], found["total_reports"]) == (6, 6)
    assert command(folder, "counts")["template"] == "updated"


def test_removed_before_screening(folder: Path) -> None:
    """By a tool and by people, each with its reason; not after a decision."""
    command(folder, "import", str(ris(folder / "a.ris", [item(i) for i in range(6)])), "--database", "scopus")
    command(folder, "dedupe")
    keys = command(folder, "counts", "--list", "records_screened")["ids"]
    command(folder, "remove", keys[0], "--how", "automation", "--reason", "Classifier below 0.01")
    command(folder, "remove", keys[1], keys[2], "--reason", "Conference programmes")
    found = boxes(folder)
    assert (found["excluded_automatic"], found["excluded_other/Conference programmes"]) == (1, 2)
    assert found["records_screened"] == 3
    command(folder, "sheets")
    decide(folder, "exclude", "exclude")
    assert "decided on" in command(folder, "remove", keys[4], "--reason", "late", status=1)["error"]


def test_a_reviewer_who_leaves_is_replaced(tmp_path: Path) -> None:
    """What a leaver has not decided goes to somebody else; what was decided stays."""

    folder = workspace(tmp_path, definition=DEFINITION.replace('["AB", "CD"]', '["AB", "CD", "GH"]'))
    screened(folder, range(9))
    before = {who: len(list(_keys(folder, who))) for who in ("AB", "CD", "GH")}
    assert sum(before.values()) == 18 and max(before.values()) == 6
    fill(books(folder, "AB")[0], lambda n, _: {"Decision": "exclude"} if n < 2 else None)
    command(folder, "collect")
    command(folder, "reviewer", "AB", "--left", "--reason", "new job")
    sent = {s["reviewer"]: s["rows"] for s in command(folder, "sheets")["sheets"]}
    assert sum(sent.values()) == before["AB"] - 2
    assert "AB" not in sent


def _keys(folder: Path, who: str) -> list[str]:
    found: list[str] = []
    fill(books(folder, f"title-abstract-{who}-1")[0], lambda n, row: found.append(row["Key"]))
    return found


def test_the_definition_changes_and_each_version_is_kept(folder: Path) -> None:
    command(folder, "import", str(nbib(folder / "a.nbib", range(3))), "--database", "pubmed")
    toml = folder / "queries" / "test.toml"
    toml.write_text(toml.read_text().replace('["children"]', '["children", "adolescents"]'))
    assert any("definition has changed" in w for w in command(folder, "status")["warnings"])
    command(folder, "dedupe")
    kept = list((folder / "outputs" / "test" / "log" / "definitions").iterdir())
    assert len(kept) == 2
    assert command(folder, "check")["ok"]
    kept[0].write_text("changed")
    assert command(folder, "check", status=1)["issues"][0]["code"] == "file-changed"


def test_other_methods_have_boxes_of_their_own(folder: Path) -> None:
    for number, method in enumerate(("website", "organisation", "citation-searching", "contact", "handsearch")):
        path = ris(folder / f"{method}.ris", [item(100 + number), item(200)])
        command(folder, "import", str(path), "--database", f"Source {number}", "--method", method, "--date", "2026-03-01")
    command(folder, "import", str(ris(folder / "r.ris", [item(7)])), "--database", "ISRCTN", "--method", "register")
    command(folder, "dedupe")
    found = boxes(folder)
    assert [found[k] for k in ("website_results", "organisation_results", "citations_results", "contact_found",
                               "handsearch_found")] == [2, 2, 2, 2, 2]
    assert (found["register_results"], found["database_results"], found["records_screened"]) == (1, 0, 1)
    assert found["already_found/By other methods more than once"] == 4
    assert found["oth_undecided"] == 6
    command(folder, "sheets", "--stage", "full-text", "--other-methods")
    assert boxes(folder)["other_sought_reports"] == 6


def test_two_records_with_one_native_id_are_one(folder: Path) -> None:
    """Box 2 counts distinct records; one run that names a record twice names one."""
    path = nbib(folder / "a.nbib", [1, 2, 2, 3])
    assert command(folder, "import", str(path), "--database", "pubmed")["read"] == 4
    command(folder, "dedupe")
    found = boxes(folder)
    assert (found["database_results"], found["duplicates"], found["records_screened"]) == (3, 0, 3)


@given(st.text(max_size=40))
def test_whatever_a_cell_holds_comes_back(text: str) -> None:
    """Newlines, quotes, formulas, backslashes: one line a row, and the same text."""
    clean = text.encode("utf-8", "replace").decode("utf-8")
    row = Decision(1, 1, "2026-01-01T00:00:00Z", "R000001-ab", "full-text", 1, "AB", "independent", "exclude", note=clean)
    data = rows.header("decisions.csv") + rows.encode(row)
    assert data.count(b"\n") == 2
    assert rows.decode("decisions.csv", data) == [row]
    cell = next(csv.reader([rows.encode(row).decode()]))[10]
    assert not cell.startswith(("=", "+", "-", "@", "\t"))


@given(st.integers(1, 999_999), st.integers(0, 5), st.integers(1, 9), st.booleans())
def test_a_wrong_digit_in_a_key_is_always_seen(number: int, place: int, by: int, swap: bool) -> None:
    """Every single wrong digit, and every pair of neighbours that changed places."""
    key = make_key("some-review", number)
    assert read_key(f" {key.lower()} ", "some-review") == key
    digits = list(key[1:7])
    if swap and place < 5:
        digits[place], digits[place + 1] = digits[place + 1], digits[place]
    else:
        digits[place] = str((int(digits[place]) + by) % 10)
    wrong = "R" + "".join(digits) + key[7:]
    assert wrong == key or read_key(wrong, "some-review") is None


def test_the_python_api_says_what_the_command_line_says(folder: Path) -> None:
    """`review.open(...).counts()` and DataFrames, for notebooks."""
    screened(folder, range(4))
    opened = review.open("test", folder)
    assert opened.counts().n("records_screened") == boxes(folder)["records_screened"] == 4
    assert list(opened.reports()["place"]) == ["undecided"] * 4
    assert len(opened.records()) == 4
    assert opened.decisions().empty


def test_derived_files_are_made_again_byte_for_byte(folder: Path) -> None:
    screened(folder, range(4))
    outputs = folder / "outputs" / "test"
    command(folder, "run")
    names = ["records.jsonl", "reports.jsonl", *(f"prisma/{p.name}" for p in (outputs / "prisma").iterdir())]
    before = {n: (outputs / n).read_bytes() for n in names}
    for name in names:
        (outputs / name).unlink()
    (outputs / ".records.json").unlink()
    command(folder, "run")
    assert {n: (outputs / n).read_bytes() for n in names} == before
    shutil.rmtree(outputs / "prisma")
    command(folder, "flow")
    assert (outputs / "prisma" / "PRISMA.csv").read_bytes() == before["prisma/PRISMA.csv"]


def test_screened_by_one_person_is_said_of_the_records_screened(tmp_path: Path) -> None:
    """Four reports, two of them in a pilot by both reviewers that does not count: one person each decides. In the update
    one more is screened; what the previous version screened is not counted again."""
    folder = workspace(tmp_path, definition=DEFINITION.replace('adjudicator = "EF"', 'adjudicator = "EF"\npilot = 2\ndual = 0.0'))
    command(folder, "import", str(ris(folder / "a.ris", map(item, range(4)))), "--database", "scopus")
    command(folder, "dedupe")
    for words in (("sheets", "--pilot"), ("sheets",)):
        for sheet in command(folder, *words)["sheets"]:
            fill(Path(sheet["file"]), lambda n, _: {"Decision": "exclude"})
        command(folder, "collect")
    one = "note_one_reviewer"
    assert (boxes(folder)["records_screened"], review.open("test", folder).counts().notes[one]) == (4, 4)
    command(folder, "baseline", "--freeze", "--reason", "published")
    command(folder, "import", str(ris(folder / "b.ris", map(item, range(3, 5)))), "--database", "embase")
    command(folder, "dedupe")
    for sheet in command(folder, "sheets")["sheets"]:
        fill(Path(sheet["file"]), lambda n, _: {"Decision": "exclude"})
    command(folder, "collect", status=None)
    assert (boxes(folder)["records_screened"], review.open("test", folder).counts().notes[one]) == (1, 1)


def test_reopening_a_box_asks_for_the_decisions_that_made_it(folder: Path) -> None:
    screened(folder, range(4))
    decide(folder, "include", "include")
    command(folder, "sheets", "--stage", "full-text")
    for who in ("AB", "CD"):
        fill(books(folder, "full-text", who)[0], lambda n, _: {"Decision": "exclude", "Reason": "Wrong concept"} if n < 3 else
             {"Decision": "awaiting classification"})
    command(folder, "collect")
    told = command(folder, "reopen", "dbr_excluded", "--reason", "the criteria were amended")
    assert (told["stage"], len(told["reopened"])) == ("full-text", 3)
    n = boxes(folder)
    assert (n["dbr_sought_reports"], n["pending_full_text"], n["dbr_excluded"]) == (4, 3, 0)
    told = command(folder, "reopen", "records_screened", "dbr_assessed", "--reason", "x", status=2)
    assert "--stage" in told["error"]


def test_an_update_tells_what_was_left_open_and_what_was_taken_out(folder: Path) -> None:
    """Three reports: two included, one awaits classification; then one of the included is retracted."""
    keys = screened(folder, range(3))
    decide(folder, "include", "include")
    command(folder, "sheets", "--stage", "full-text")
    for who in ("AB", "CD"):
        fill(books(folder, "full-text", who)[0], lambda n, _: {"Decision": "include", "Study": f"S{n}"} if n < 2 else
             {"Decision": "awaiting classification"})
    command(folder, "collect")
    done = subprocess.run([sys.executable, "-m", "review", "baseline", "--freeze", "--reason", "published"], cwd=folder,
                          capture_output=True, text=True)
    assert keys[2] in done.stdout and "for good" in done.stdout
    told = command(folder, "reopen", keys[2], "--stage", "full-text", "--reason", "the authors answered", status=2)
    assert "previous version" in told["error"]
    command(folder, "baseline", "--reduce", "S1", "--reason", "retracted 2026")
    told = command(folder, "trace", keys[1])
    assert told["now"] == "taken out of the previous version of the review: retracted 2026"
    assert any("S1 taken out of the previous version: retracted 2026" in step["what"] for step in told["steps"])
    command(folder, "flow")
    figure = (folder / "outputs" / "test" / "prisma" / "flow.svg").read_text(encoding="utf-8")
    assert "Taken out of the previous version since then" in figure and boxes(folder)["previous_studies"] == 1


def test_a_reason_that_is_worded_anew_is_still_read_from_the_sheets_before(folder: Path) -> None:
    """The list in a sheet keeps the words that it went out with; the code of the reason tells that they are the same."""
    screened(folder, range(3))
    both = lambda n, _: {"Decision": "exclude", "Reason": "Wrong concept"} if n < 2 else None  # noqa: E731
    for who in ("AB", "CD"):
        fill(books(folder, "title-abstract", who)[0], both)
    command(folder, "collect")
    path = folder / "queries" / "test.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('"Wrong concept"', '"Not about the concept"'), encoding="utf-8")
    again = command(folder, "collect")
    assert (again["new"], again["changed"], again["issues"]) == (0, 0, [])
    for who in ("AB", "CD"):
        fill(books(folder, "title-abstract", who)[0], lambda n, _: {"Decision": "exclude", "Reason": "Wrong concept"})
    assert command(folder, "collect")["new"] == 2
    assert set(review.open("test", folder).decisions()["reason"]) == {"wrong-concept"}


def test_a_new_reason_may_take_the_words_of_one_that_went(folder: Path) -> None:
    """The sheet that was out before still takes them, for the reason that has them now."""
    screened(folder, range(2))
    path = folder / "queries" / "test.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('code = "wrong-concept"', 'code = "other-concept"'), encoding="utf-8")
    fill(books(folder, "title-abstract", "AB")[0], lambda n, _: {"Decision": "exclude", "Reason": "Wrong concept"})
    assert (command(folder, "collect")["new"], set(review.open("test", folder).decisions()["reason"])) == (2, {"other-concept"})
