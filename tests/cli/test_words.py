"""Small words: numbers with their nouns, names in any case, one full stop, which of several things is meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from review import formats
from review.words import code_among, many
from review.workflow import open_review
from tests.cli.inside import command, say
from tests.reviewer import books, fill, item, ris, workspace


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = workspace(tmp_path)
    command(folder, "import", str(ris(folder / "a.ris", [item(0)])), "--database", "scopus")
    return folder


def said(folder: Path, *words: str) -> str:
    return "".join(say(folder, *words))


def test_a_number_stands_with_its_noun(folder: Path) -> None:
    assert [many(n, "report") for n in (0, 1, 1000)] == ["0 reports", "1 report", "1,000 reports"]
    assert many(1, "study", "studies") == "1 study" and many(3, "study", "studies") == "3 studies"
    told = said(folder, "dedupe") + said(folder, "sheets") + said(folder, "counts") + said(folder, "status")
    told += said(folder, "dedupe-file", "a.ris", "--out", "d") + said(folder, "try", "cohort", "--on", "a.ris")
    assert "1 new record: 1 new report," in told
    for wrong in (" 1 records", " 1 new records", " 1 reports", " 1 new reports", " 1 conflicts"):
        assert wrong not in f" {told}".replace("\n", " "), wrong


def test_a_format_goes_by_its_name_or_its_suffix(folder: Path) -> None:
    command(folder, "dedupe")
    for word, file in {"RIS": "all.ris", "nbib": "all.nbib", ".bib": "all.bib", "json": "all.json", "XML": "all.xml",
                       "CSV": "all.csv", "bibtex": "all.bib", "jsonl": "all.jsonl"}.items():
        assert [Path(f).name for f in command(folder, "export", "--format", word)["files"]] == [file]


def test_an_export_for_a_program_by_its_name_says_how_much_it_holds(folder: Path) -> None:
    """EndNote, Zotero, Rayyan and Covidence import RIS (as their help pages say)."""
    command(folder, "dedupe")
    for word in ("Rayyan", "endnote", "Covidence", "zotero"):
        done = command(folder, "export", "--format", word)
        assert (Path(done["files"][0]).name, done["n"], done["unit"]) == ("all.ris", 1, "reports")
    assert said(folder, "export", "--format", "ris").strip().endswith("all.ris: 1 report")
    told = command(folder, "export", "--format", "word", status=2)["error"]
    assert "EndNote, Zotero, Mendeley, Rayyan and Covidence take ris" in told


def test_an_export_without_decisions_tells_whoever_screens_anew_nothing(folder: Path) -> None:
    command(folder, "dedupe")
    command(folder, "sheets")
    for book in books(folder, "title-abstract"):
        fill(book, lambda n, _: {"Decision": "include"})
    command(folder, "collect")
    both = [Path(command(folder, "export", "--format", "ris", *more)["files"][0])
            for more in ((), ("--without-decisions",))]
    told, blind = [path.read_text("utf-8") for path in both]
    assert [path.name for path in both] == ["all.ris", "all-without-decisions.ris"]
    assert "Title and abstract: include" in told and "include" not in blind and "Report key: R000001-" in blind
    table = Path(command(folder, "export", "--format", "csv", "--without-decisions")["files"][0]).read_text("utf-8-sig")
    assert "Report key" in table and "Title and abstract" not in table


def test_a_code_goes_by_any_case_and_a_new_one_is_sent_to_the_definition(folder: Path) -> None:
    assert command(folder, "reviewer", "ab", "--left", "--by", "cd")["reviewer"] == "AB"
    assert [e.actor for e in open_review("test", folder).state().log.events if e.subject == "AB"] == ["CD"]
    told = command(folder, "reviewer", "JK", "--joined", status=2)["error"]
    assert "added to `reviewers` under [screening] in queries/test.toml" in told
    assert code_among("ab", ("Ab", "aB")) == "" and code_among("aB", ("Ab", "aB")) == "aB"     # which of the two?


def test_methods_in_either_spelling(folder: Path) -> None:
    ris(folder / "o.ris", [item(50)])
    done = command(folder, "import", "o.ris", "--database", "WHO", "--method", "Organization")
    assert next(s.method for s in open_review("test", folder).state().searches.values()
                if s.id == done["search"]) == "organisation"


def test_a_folder_is_no_file_to_write(folder: Path) -> None:
    command(folder, "dedupe")
    assert command(folder, "export", "--format", "ris", "--out", "queries", status=2)["error"] == (
        "queries is a folder. Name a file in it.")
    told = command(folder, "export", "--format", "ris", "--out", "a.ris", status=2)["error"]
    assert "exists already" in told
    assert command(folder, "export", "--format", "txt", status=2)["issues"][0]["code"] == "bad-format"


def test_a_version_that_is_not_there_is_told_with_those_there_are(folder: Path) -> None:
    used = command(folder, "diff", "test", "test")["versions"][0]
    for word, why in (("test@2001-01-01", "not in use yet on 2001-01-01"), ("test@zzz", "“zzz”"),
                      ("nosuch@2001-01-01", "no definition")):
        told = command(folder, "diff", word, "test", status=2)["error"]
        assert why in told and (word.startswith("nosuch") or used["version"] in told), told
    (folder / "queries/fresh.toml").write_text((folder / "queries/test.toml").read_text())
    assert "not used yet" in command(folder, "diff", "fresh@2001-01-01", "fresh", status=2)["error"]


def test_broken_definitions_are_errors_alike(folder: Path) -> None:
    (folder / "queries/a.toml").write_text('title = "x"\nterms = [\n')
    (folder / "queries/b.toml").write_text('title = "x"\n')
    found = command(folder, "queries")
    assert [q["review"] for q in found["queries"]] == ["test"]
    assert {Path(i["file"]).name for i in found["issues"]} == {"a.toml", "b.toml"}
    assert {i["severity"] for i in found["issues"]} == {"error"}


def test_a_file_that_is_no_workbook_is_told_with_one_full_stop(folder: Path) -> None:
    (folder / "t.csv").write_text("a,b\n1,2\n")
    told = command(folder, "collect", "t.csv", status=1)["issues"][0]["message"]
    assert ".." not in told and "Nothing was read from it." in told


def test_a_box_that_holds_nothing_is_empty_not_unknown(folder: Path) -> None:
    told = command(folder, "counts", "--list", "conflicts_screening")
    assert (told["n"], told["ids"]) == (0, [])
    assert command(folder, "counts", "--list", "box7", status=2)["issues"][0]["code"] == "no-such-box"
    for box in ("previous_studies", "total_reports"):           # they are in the list of boxes that --help shows
        told = command(folder, "counts", "--list", box)
        assert told["ids"] == [] and "this review has no previous version" in told["issues"][0]["message"]
        refused = command(folder, "export", "--format", "csv", "--set", box, status=2)["issues"][0]
        assert "this review has no previous version" in refused["message"]


def test_covidence_gets_as_many_files_as_its_limit_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five reports, two a file (the real limit is 15,000)."""
    folder = workspace(tmp_path)
    command(folder, "import", str(ris(folder / "a.ris", map(item, range(5)))), "--database", "scopus")
    command(folder, "dedupe")
    monkeypatch.setattr(formats, "COVIDENCE", 2)
    opened = open_review("test", folder)
    done = opened.export("covidence")
    assert ([p.name for p in done.paths], done.n) == (["all-1.ris", "all-2.ris", "all-3.ris"], 5)
    assert [p.read_text(encoding="utf-8").count("ER  -") for p in done.paths] == [2, 2, 1]
    assert [p.name for p in opened.export("ris").paths] == ["all.ris"]
