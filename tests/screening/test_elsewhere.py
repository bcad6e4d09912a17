"""Decisions made in other tools come in: what each tool writes, which report a row is about, what is never taken."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from review.ledger.paths import Workspace
from review.model import ReviewError
from review.screening.elsewhere import Brought, request, write_list
from review.sources.files import ImportRequest
from review.workflow import Review
from tests.reviewer import DEFINITION, command, item, ris, workspace

TA, FT = "title-abstract", "full-text"
CHINESE = "农村留守儿童心理健康与政策支持研究"


class Team:
    """A review of a few reports, and files that come from elsewhere."""

    def __init__(self, folder: Path, n: int = 6, definition: str = DEFINITION) -> None:
        self.folder = workspace(folder, definition=definition)
        self.items = [item(i) for i in range(n)]
        self.items[3] |= {"TI": CHINESE}
        path = ris(folder / "found.ris", self.items)
        self.review.import_files(ImportRequest((path,), "scopus"))
        self.review.dedupe()
        self.keys = [r.key for r in self.review.state().current()]

    @property
    def review(self) -> Review:
        """The review as the next command would open it."""
        return Review(Workspace(self.folder), "test")

    def bring(self, path: Path, tool: str, stage: str = TA, *, dry_run: bool = False, **said: Any) -> Brought:
        """Bring a file in, as the command does."""
        return self.review.bring_in(request(path, tool, stage, said.pop("reviewers", ()), **said), dry_run=dry_run)

    def log(self) -> list[tuple[str, str, str, str]]:
        """(report's number, reviewer, decision, reason) of each line of the log."""
        return [(str(self.keys.index(d.report) + 1), d.reviewer, d.decision, d.reason)
                for d in self.review.state().log.decisions]

    def standing(self, stage: str = TA) -> list[str]:
        """Where each report stands."""
        found = self.review.consensus()
        return [found[k, stage].decision or found[k, stage].status for k in self.keys]

    def table(self, name: str, rows: Iterable[Mapping[str, str]], encoding: str = "utf-8") -> Path:
        """A CSV file."""
        rows = list(rows)
        columns = list(dict.fromkeys(c for row in rows for c in row))
        path = self.folder / name
        with path.open("w", encoding=encoding, newline="") as stream:
            writer = csv.DictWriter(stream, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
        return path

    def row(self, n: int, **more: str) -> dict[str, str]:
        """A row that tells title, year and DOI of the n-th report (from 0)."""
        return {"title": self.items[n]["TI"], "year": self.items[n]["PY"], "doi": self.items[n]["DO"], **more}

    def rayyan(self, notes: Iterable[str], name: str = "articles.csv") -> Path:
        """Rayyan's export: everything that was decided stands in the notes."""
        return self.table(name, ({"key": f"rayyan-{n}", "title": self.items[n]["TI"], "year": self.items[n]["PY"],
                                  "journal": self.items[n]["JO"], "authors": self.items[n]["AU"], "abstract": "",
                                  "notes": note, "doi": self.items[n]["DO"] if n % 2 else ""} for n, note in enumerate(notes)))

    def mapping(self, text: str) -> str:
        """A mapping file."""
        path = self.folder / "words.toml"
        path.write_text(text, encoding="utf-8")
        return str(path)


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return Team(tmp_path)


NOTES = ['RAYYAN-INCLUSION: {"Screener One"=>"Included", "Two"=>"Included"}',
         'RAYYAN-INCLUSION: {"Screener One"=>"Excluded", "Two"=>"Excluded"} | RAYYAN-LABELS: later, x | '
         'RAYYAN-EXCLUSION-REASONS: wrong population | USER-NOTES: {"Two"=>["see \\"table 2\\"", "old"]}',
         'RAYYAN-INCLUSION: {"Screener One"=>"Maybe", "Two"=>"Excluded"} | RAYYAN-EXCLUSION-REASONS: foreign language',
         'RAYYAN-INCLUSION: {"Screener One"=>"Included"}', "", 'RAYYAN-INCLUSION: {"Two"=>"Undecided"}']
WHO = ("Screener One=AB", "Two=CD")


def test_rayyan_gives_each_reviewers_own_word(team: Team) -> None:
    """Votes by the mapping, reasons to those who excluded, notes to who wrote them."""
    found = team.bring(team.rayyan(NOTES), "rayyan", reviewers=WHO)
    assert team.log() == [("1", "AB", "include", ""), ("1", "CD", "include", ""), ("2", "AB", "exclude", "wrong-population"),
                          ("2", "CD", "exclude", "wrong-population"), ("3", "AB", "maybe", ""), ("3", "CD", "exclude", ""),
                          ("4", "AB", "include", "")]
    assert team.standing() == ["include", "exclude", "conflict", "undecided", "unissued", "unissued"]
    notes = [d.note for d in team.review.state().log.decisions]
    assert notes[2] == "labels: later, x" and notes[3] == 'see "table 2"; old; labels: later, x'
    assert "foreign language" in notes[5]
    assert found.conflicts == 1 and found.reports_without_row == []
    assert [i.code for i in found.issues] == ["reason-unknown", "independent"]
    assert all(d.kind == "independent" and d.raw for d in team.review.state().log.decisions)


def test_names_of_people_stay_out_of_the_log(team: Team) -> None:
    """Codes, raw words and notes are logged; who is who is not."""
    team.bring(team.rayyan(NOTES), "rayyan", reviewers=WHO)
    text = "".join(p.read_text("utf-8") for p in (team.folder / "outputs/test/log").glob("*.csv"))
    assert "Screener" not in text and "Two\"" not in text and '"Two' not in text


def test_a_name_without_a_code_is_asked_for(team: Team) -> None:
    """Two is unknown: said once, nothing of Two's is taken, Screener One's is."""
    found = team.bring(team.rayyan(NOTES), "rayyan", reviewers=["Screener One=AB"])
    assert {who for _, who, _, _ in team.log()} == {"AB"} and found.nameless == 3
    told = [i for i in found.issues if i.code == "unknown-reviewer"]
    assert len(told) == 1 and "“Two” decided on 3 rows" in told[0].message
    with pytest.raises(ReviewError, match="several people"):
        team.bring(team.rayyan(NOTES), "rayyan", reviewers=["AB"])
    with pytest.raises(ReviewError, match="no reviewer of this review"):
        team.bring(team.rayyan(NOTES), "rayyan", reviewers=["Screener One=ZZ"])


def test_the_same_file_twice_is_nothing_new(team: Team) -> None:
    """Also under another name; and a dry run writes nothing."""
    path, folder = team.rayyan(NOTES), team.folder / "outputs/test/log"
    before = {p.name: p.read_bytes() for p in folder.glob("*.csv")}
    dry = team.bring(path, "rayyan", reviewers=WHO, dry_run=True)
    assert dry.new == 7 and {p.name: p.read_bytes() for p in folder.glob("*.csv")} == before
    team.bring(path, "rayyan", reviewers=WHO)
    lines = (folder / "decisions.csv").read_bytes()
    copy = path.with_name("articles (1).csv")
    copy.write_bytes(path.read_bytes())
    again = team.bring(copy, "rayyan", reviewers=WHO)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 7)
    assert (folder / "decisions.csv").read_bytes() == lines
    kept = list((team.folder / "outputs/test/screening/received").iterdir())
    assert [p.read_bytes() for p in kept] == [path.read_bytes()]
    assert team.review.check() == []


def test_a_change_of_mind_is_asked_about_and_is_a_new_line(team: Team) -> None:
    """A later export says otherwise: listed, and taken only as the later word."""
    team.bring(team.rayyan(NOTES), "rayyan", reviewers=WHO)
    later = team.rayyan([NOTES[0].replace('"Two"=>"Included"', '"Two"=>"Excluded"')], "later.csv")
    found = team.bring(later, "rayyan", reviewers=WHO)
    assert (found.new, found.changed, [n["code"] for n in found.not_taken]) == (0, 0, ["differs"])
    assert team.standing()[0] == "include"
    found = team.bring(later, "rayyan", reviewers=WHO, newer=True)
    assert found.changed == 1 and team.standing()[0] == "conflict"
    assert [x for x in team.log() if x[:2] == ("1", "CD")] == [("1", "CD", "include", ""), ("1", "CD", "exclude", "")]
    old = team.bring(team.rayyan(NOTES), "rayyan", reviewers=WHO)       # the first file once more: Two went on since
    assert old.changed == 0 and not old.not_taken and team.standing()[0] == "conflict"


def test_rayyan_ris(team: Team) -> None:
    """The notes of RIS hold the same."""
    path = ris(team.folder / "articles.ris", [{**team.items[0], "N1": NOTES[1]}, {**team.items[1], "N1": "a note of ours"}])
    assert team.bring(path, "rayyan", reviewers=WHO).new == 2
    assert team.log() == [("1", "AB", "exclude", "wrong-population"), ("1", "CD", "exclude", "wrong-population")]


def covidence(team: Team, name: str, rows: Iterable[tuple[int, str, str]]) -> Path:
    """A list of Covidence: (number, notes, tags)."""
    return team.table(name, ({"Title": team.items[n]["TI"], "Authors": team.items[n]["AU"], "Abstract": "",
                              "Published Year": team.items[n]["PY"], "Journal": team.items[n]["JO"], "DOI": team.items[n]["DO"],
                              "Ref": "", "Covidence #": f"#{n + 7}", "Study": "X 2020", "Notes": notes, "Tags": tags}
                             for n, notes, tags in rows))


def test_covidence_is_settled_lists(team: Team) -> None:
    """A list is one decision; it names nobody, so it is the team's, and nobody is sent the reports again."""
    with pytest.raises(ReviewError, match="say which, --decision"):
        team.bring(covidence(team, "irrelevant.csv", [(0, "", "")]), "covidence")
    team.bring(covidence(team, "irrelevant.csv", [(0, "", ""), (1, "", "Ongoing study")]), "covidence", decision="exclude")
    team.bring(covidence(team, "rest.csv", [(2, "", ""), (3, "", ""), (4, "", "seen"), (5, "", "")]), "covidence",
               decision="include")
    assert team.standing() == ["exclude", "exclude", "include", "include", "include", "include"]
    assert {d.kind for d in team.review.state().log.decisions} == {"imported"} and {w for _, w, _, _ in team.log()} == {"team"}
    assert team.review.sheets(TA) == [] and team.review.agreement() == []
    found = team.bring(covidence(team, "excluded.csv", [
        (2, "Exclusion reason: Wrong concept; ", ""), (3, "Exclusion reason: Other;", ""), (4, "", "Ongoing study")]),
        "covidence", FT, decision="exclude")
    assert [n["code"] for n in found.not_taken] == ["unreadable"] and "Other" in found.not_taken[0]["message"]
    assert team.standing(FT)[2:5] == ["exclude", "unissued", "ongoing"]
    assert found.reports_without_row == [team.keys[5]]
    found = team.bring(team.folder / "excluded.csv", "covidence", FT, decision="exclude",
                       mapping=team.mapping('[reasons]\nother = "wrong-population"\n'))
    assert found.new == 1 and team.log()[-1] == ("4", "team", "exclude", "wrong-population")
    assert team.review.check() == []


def test_what_is_settled_elsewhere_never_overrules_reviewers_unseen(team: Team) -> None:
    """AB's own word against the list: listed; as the later word it counts, until somebody decides anew."""
    team.bring(team.table("ab.csv", [team.row(0, decision="include")]), "sheet", reviewers=["AB"])
    excluded = covidence(team, "irrelevant.csv", [(0, "", "")])
    found = team.bring(excluded, "covidence", decision="exclude")
    assert found.new == 0 and "AB include" in found.not_taken[0]["message"] and team.standing()[0] == "undecided"
    team.bring(excluded, "covidence", decision="exclude", newer=True)
    assert team.standing()[0] == "exclude"
    team.bring(team.table("cd.csv", [team.row(0, decision="include")]), "sheet", reviewers=["CD"])
    assert team.standing()[0] == "conflict"


def test_asreview_leaves_the_unseen_undecided(team: Team) -> None:
    """1 and 0 are decisions, a blank and -1 are not; the label is one person's, and a second is still needed."""
    rows = [team.row(n, asreview_label=label, asreview_note=note) for n, (label, note) in enumerate(
        [("1", "yes!"), ("0", ""), ("", ""), ("-1", "")])]
    found = team.bring(team.table("asreview.csv", rows), "asreview", reviewers=["AB"])
    assert team.log() == [("1", "AB", "include", ""), ("2", "AB", "exclude", "")]
    with pytest.raises(ReviewError, match="Whose decisions are these"):
        team.bring(team.folder / "asreview.csv", "asreview")
    assert team.review.state().log.decisions[0].note == "yes!"
    assert found.reports_without_row == team.keys[4:]
    assert team.standing()[:3] == ["undecided", "undecided", "unissued"]
    sent = {s.reviewer: len(s.rows) for s in team.review.sheets(TA)}
    assert sent == {"CD": 6, "AB": 4}
    path = ris(team.folder / "asreview.ris", [{**team.items[4], "N1": "ASReview_irrelevant"}, {**team.items[5], "N1": "x"}])
    assert team.bring(path, "asreview", reviewers=["AB"]).new == 1 and team.log()[-1] == ("5", "AB", "exclude", "")


def test_eppi_codes_in_a_column_or_ticked(team: Team) -> None:
    """A code begins with include or exclude; both at once is no decision."""
    rows = [team.row(0, Codes="Include on title & abstract"), team.row(1, Codes="EXCLUDE on wrong population"),
            team.row(2, Codes="INCLUDE for second opinion; EXCLUDE on date"),
            team.row(3, **{"EXCLUDE on wrong concept": "1"}), team.row(4, Codes="Country: China")]
    found = team.bring(team.table("eppi.csv", rows), "eppi", reviewers=["CD"])
    assert team.log() == [("1", "CD", "include", ""), ("2", "CD", "exclude", "wrong-population"),
                          ("4", "CD", "exclude", "wrong-concept")]
    assert [n["cell"] for n in found.not_taken] == ["line 4"]


def test_a_plain_sheet_by_key_id_and_title(team: Team) -> None:
    """Our key, an identifier, or the title through the deduplicator; in a workbook; in Chinese."""
    book = openpyxl.Workbook()
    book.active.append(["Key", "Title", "DOI", "Authors", "Year", "Decision", "Reason", "Reviewer"])
    book.active.append([team.keys[0], "", "", "", "", "Y", "", "AB"])
    book.active.append(["", "", f"https://doi.org/{team.items[1]['DO']}", "", "", "excl - wrong pop", "", "AB"])
    it = team.items[2]
    book.active.append(["", it["TI"].upper() + ".", "", it["AU"], it["PY"], "maybe", "", "AB"])
    book.active.append(["", CHINESE, "", team.items[3]["AU"], team.items[3]["PY"], "纳入", "", "CD"])
    book.save(team.folder / "plain.xlsx")
    found = team.bring(team.folder / "plain.xlsx", "sheet")
    assert team.log() == [("1", "AB", "include", ""), ("2", "AB", "exclude", "wrong-population"), ("3", "AB", "maybe", ""),
                          ("4", "CD", "include", "")], found.not_taken
    assert [d.cell for d in team.review.state().log.decisions] == ["row 2", "row 3", "row 4", "row 5"]


def test_what_does_not_match_is_listed_with_its_why(team: Team) -> None:
    """Nothing of these rows is taken."""
    wrong = team.keys[0][:-1] + ("a" if team.keys[0][-1] != "a" else "b")
    other = team.items[5]
    rows = [{"Key": wrong, "title": "", "doi": "", "pmid": "", "decision": "include"},
            {"Key": team.keys[0], "title": other["TI"], "decision": "include"},
            {"title": "Nothing that anybody searched for", "decision": "exclude"},
            {"title": "A quite different title of another paper", "doi": team.items[1]["DO"], "decision": "exclude"},
            {"decision": "include", "note": "no title"}]
    found = team.bring(team.table("plain.csv", rows), "sheet", reviewers=["AB"])
    assert [n["code"] for n in found.not_taken] == ["bad-key", "title-mismatch", "no-report", "possible-match",
                                                    "nothing-to-match"]
    assert team.log() == [] and found.matched == 0 and found.reports_without_row == team.keys
    assert all(n["cell"].startswith("line ") and n["message"] for n in found.not_taken)
    write_list(team.folder / "list.csv", found)
    with pytest.raises(ReviewError, match="not overwritten"):
        write_list(team.folder / "list.csv", found)
    listed = list(csv.DictReader((team.folder / "list.csv").read_text("utf-8-sig").splitlines()))
    assert [r["code"] for r in listed] == [n["code"] for n in found.not_taken] + ["no-row"] * 6


def test_a_possible_match_is_never_taken(team: Team) -> None:
    """The same DOI under another title: a person says, by the key."""
    row = {"title": "A quite different title of another paper", "doi": team.items[2]["DO"], "decision": "include"}
    found = team.bring(team.table("a.csv", [row]), "sheet", reviewers=["AB"])
    assert [n["code"] for n in found.not_taken] == ["possible-match"] and team.log() == []
    assert team.keys[2] in found.not_taken[0]["message"]
    found = team.bring(team.table("b.csv", [{"Key": team.keys[2], "decision": "include"}]), "sheet", reviewers=["AB"])
    assert team.log() == [("3", "AB", "include", "")]


def test_a_list_of_titles_and_nothing_else(team: Team) -> None:
    """A whole long title that one report alone has is that report; one that two have, or another year, is asked about."""
    title = team.items[1]["TI"]
    rows = [{"title": title, "decision": "include"}, {"title": CHINESE, "decision": "exclude"},
            {"title": title + " and something else", "decision": "include"}]
    found = team.bring(team.table("titles.csv", rows), "sheet", reviewers=["AB"])
    assert (found.rows, found.matched, found.new) == (3, 2, 2)
    assert [n["cell"] for n in found.not_taken] == ["line 4"]
    team.review.import_files(ImportRequest((ris(team.folder / "twin.ris", [
        {"TY": "JOUR", "TI": title, "PY": "1988", "AU": "Other, O"}]),), "embase"))
    team.review.dedupe()
    again = team.bring(team.table("again.csv", [{"title": title, "decision": "include"}]), "sheet", reviewers=["CD"])
    assert (again.new, again.not_taken[0]["code"]) == (0, "possible-match")


def test_a_file_without_reasons_says_nothing_against_them(team: Team) -> None:
    team.bring(team.table("a.csv", [{"Key": team.keys[0], "decision": "exclude", "reason": "Wrong population"}]), "sheet",
               reviewers=["AB"])
    before = team.log()
    found = team.bring(team.table("b.csv", [{"Key": team.keys[0], "decision": "exclude"}]), "sheet", reviewers=["AB"])
    assert (found.new, found.changed, found.unchanged, found.not_taken) == (0, 0, 1, [])
    assert team.log() == before


def test_rows_that_disagree_about_one_report(team: Team) -> None:
    """Two rows of one report say the same: one decision; they differ: none, and both are listed."""
    rows = [team.row(0, decision="include"), team.row(0, decision="Include"),
            team.row(1, decision="include"), team.row(1, decision="exclude")]
    found = team.bring(team.table("twice.csv", rows), "sheet", reviewers=["AB"])
    assert team.log() == [("1", "AB", "include", "")]
    assert [(n["cell"], n["code"]) for n in found.not_taken] == [("line 4", "rows-disagree"), ("line 5", "rows-disagree")]


def test_columns_decisions_and_people_of_any_table(team: Team) -> None:
    """A mapping names what is called otherwise; a column for each reviewer; one column is not to be read."""
    words = team.mapping('[columns]\n"Screen 1" = "decision AB"\n"Screen 2" = "decision CD"\nDecision = ""\n'
                         '[decisions]\nKeep = "include"\nDrop = "exclude"\n"not yet" = ""\n')
    rows = [team.row(0, **{"Screen 1": "keep", "Screen 2": "DROP", "Decision": "rubbish"}),
            team.row(1, **{"Screen 1": "not yet", "Screen 2": "Keep"})]
    team.bring(team.table("wide.csv", rows), "sheet", mapping=words)
    assert team.log() == [("1", "AB", "include", ""), ("1", "CD", "exclude", ""), ("2", "CD", "include", "")]
    for text, what in (('[columns]\nX = 3\n', "no text"), ('[colums]\nX = "title"\n', "none of its tables"), ("x = [", "be read"),
                       ('[decisions]\nKeep = "yes"\n', "no decision")):
        with pytest.raises(ReviewError, match=what):
            team.bring(team.table("wide.csv", rows), "sheet", mapping=team.mapping(text))


def test_the_adjudicators_word_settles_conflicts_only(team: Team) -> None:
    """EF in a sheet of their own: the conflict is settled, what was agreed is listed."""
    team.bring(team.rayyan(NOTES), "rayyan", reviewers=WHO)
    rows = [team.row(0, decision="exclude"), team.row(2, decision="include")]
    found = team.bring(team.table("ef.csv", rows), "sheet", reviewers=["EF"])
    assert [n["code"] for n in found.not_taken] == ["no-conflict"] and team.standing()[:3] == ["include", "exclude", "include"]
    assert team.review.state().log.decisions[-1].kind == "adjudicated"


def test_full_text_with_retrieval_studies_and_duplicates(team: Team) -> None:
    """What a sheet tells beside decisions is logged too; reading it again adds nothing."""
    team.bring(covidence(team, "all.csv", [(n, "", "") for n in range(6)]), "covidence", decision="include")
    rows = [team.row(0, Retrieved="no", **{"Not retrieved why": "no reply"}), team.row(1, decision="include", Study="S1; S2"),
            team.row(2, decision="excl", reason="wrong concept"), team.row(3, decision="exclude"),
            team.row(4, **{"Duplicate of": team.keys[1]}), team.row(5, **{"Duplicate of": "no idea"})]
    path = team.table("full.csv", rows)
    found = team.bring(path, "sheet", FT, reviewers=["team"])
    assert found.other == 3 and sorted(n["code"] for n in found.not_taken) == ["duplicate-of", "unreadable"]
    counts = team.review.counts()
    assert (counts.n("dbr_notretrieved_reports"), counts.n("new_reports"), counts.n("new_studies")) == (1, 1, 2)
    assert counts.boxes["duplicates"].parts.keys() == {"Found while screening"}
    again = team.bring(path, "sheet", FT, reviewers=["team"])
    assert (again.new, again.changed, again.other) == (0, 0, 0)
    assert team.review.check() == []


def test_deciding_elsewhere_fixes_the_arm(team: Team) -> None:
    """A website's report that was decided on stays with the other methods when a database finds it later."""
    site = ris(team.folder / "site.ris", [item(50)])
    team.review.import_files(ImportRequest((site,), "a website", method="website"))
    team.review.dedupe()
    team.bring(team.table("site.csv", [{"title": item(50)["TI"], "doi": item(50)["DO"], "decision": "include"}]), "sheet",
               reviewers=["team"])
    team.review.import_files(ImportRequest((ris(team.folder / "late.ris", [item(50)]),), "pubmed"))
    team.review.dedupe()
    counts = team.review.counts()
    assert (counts.n("website_results"), counts.n("duplicates"), counts.n("records_screened")) == (1, 1, 6)


@pytest.mark.parametrize(("name", "data", "says"), [
    ("empty.csv", b"", "empty"), ("blank.csv", b"\n\n  \n", "empty"), ("page.csv", b"<html><body>Sign in</body></html>",
                                                                                              "nothing"),
    ("scan.csv", b"%PDF-1.4\n\x00\x01\x02", "nothing"), ("bad.xlsx", b"PK\x03\x04 broken", "nothing"),
    ("none.csv", b"title,doi\nSome title,10.1234/test.1\n", "no decision"), ("head.csv", b"title,doi,decision\n", "no rows"),
    ("noise.csv", bytes(range(256)) * 40, "nothing")])
def test_wrong_files_are_refused_in_words(team: Team, name: str, data: bytes, says: str) -> None:
    """No traceback, nothing logged."""
    path = team.folder / name
    path.write_bytes(data)
    with pytest.raises(ReviewError, match=says):
        team.bring(path, "sheet")
    assert team.log() == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_encodings(team: Team, encoding: str) -> None:
    """Chinese titles and decisions in the encodings that spreadsheets save."""
    path = team.table("sheet.csv", [{"标题": CHINESE, "作者": team.items[3]["AU"], "决定": "排除", "doi": ""}] * 1
                      + [{"标题": "农村儿童研究", "作者": "王", "决定": "纳入", "doi": ""}], encoding)
    found = team.bring(path, "sheet", reviewers=["AB"])
    assert team.log() == [("4", "AB", "exclude", "")] and found.not_taken[0]["title"] == "农村儿童研究"


def test_formulas_and_links_are_data(team: Team) -> None:
    """Hostile cells are read as text, logged defused, and listed defused."""
    book = openpyxl.Workbook()
    book.active.append(["title", "doi", "decision", "note"])
    book.active.append([team.items[0]["TI"], team.items[0]["DO"], "include", "x"])
    book.active["D2"].value = "=HYPERLINK(\"http://127.0.0.1/x\",\"click\")"
    book.active.append(["=cmd|' /C calc'!A0", "", "exclude", ""])
    book.save(team.folder / "hostile.xlsx")
    found = team.bring(team.folder / "hostile.xlsx", "sheet", reviewers=["AB"])
    assert team.log() == [("1", "AB", "include", "")]
    write_list(team.folder / "list.csv", found)
    cells = [c for row in csv.reader((team.folder / "list.csv").read_text("utf-8-sig").splitlines()) for c in row]
    logged = [c for row in csv.reader((team.folder / "outputs/test/log/decisions.csv").read_text("utf-8").splitlines())
              for c in row]
    assert not [c for c in (*cells, *logged) if c[:1] in ("=", "+", "@")]


def test_what_the_user_must_say(team: Team) -> None:
    """Stage, one reviewer or names, a decision of the stage."""
    path = team.rayyan(NOTES)
    bad: list[Callable[[], Any]] = [lambda: request(path, "rayyan", ""), lambda: request(path, "rayyan", TA, ["AB", "CD"]),
                                    lambda: request(path, "rayyan", TA, ["AB", "x=CD"]),
                                    lambda: request(path, "sheet", TA, decision="ongoing"),
                                    lambda: request(path.with_name("none.csv"), "sheet", TA),
                                    lambda: request(path, "sheet", TA, mapping=str(path.with_name("none.toml")))]
    for ask in bad:
        with pytest.raises(ReviewError):
            ask()


def test_reports_come_first(tmp_path: Path) -> None:
    """Decisions without reports have nothing to belong to."""
    folder = workspace(tmp_path)
    path = tmp_path / "a.csv"
    path.write_text("title,decision\nA,include\n")
    with pytest.raises(ReviewError, match="import the searches"):
        Review(Workspace(folder), "test").bring_in(request(path, "sheet", TA))


def test_damaged_exports_are_refused_or_listed(team: Team) -> None:
    """Bytes lost, doubled, changed at random: no exception but a sentence, and no decision that the file never held."""
    data = team.rayyan(NOTES).read_bytes()
    said = {("1", "AB", "include"), ("1", "CD", "include"), ("2", "AB", "exclude"), ("2", "CD", "exclude"), ("3", "AB", "maybe"),
            ("3", "CD", "exclude"), ("4", "AB", "include")}
    chance = random.Random(7)
    for _ in range(60):
        broken = bytearray(data)
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(broken))
            end = at + chance.randint(1, 40)
            broken[at:end] = chance.choice([b"", bytes(broken[at:end]) * 2, bytes(chance.randrange(256) for _ in range(3)), b'"'])
        path = team.folder / "broken.csv"
        path.write_bytes(bytes(broken))
        try:
            found = team.bring(path, "rayyan", reviewers=WHO, dry_run=True)
        except ReviewError as error:
            assert error.message
            continue
        taken = {(str(team.keys.index(d["report"]) + 1), d["reviewer"], d["new"]) for d in found.decisions}
        assert taken <= said, (taken - said, path.read_bytes())
    assert team.log() == []


def test_through_the_command_line(tmp_path: Path) -> None:
    """Dry run, statuses, lists and the trace; a foreign file without --from says how to read it."""
    team = Team(tmp_path)
    path = team.rayyan(NOTES)
    refused = command(tmp_path, "collect", str(path), status=1)
    assert "--from" in refused["issues"][0]["message"]
    words = ("collect", str(path), "--from", "rayyan", "--stage", TA, "--reviewer", WHO[0], "--reviewer", WHO[1])
    assert command(tmp_path, "collect", str(path), "--from", "rayyan", status=2)["issues"]
    assert command(tmp_path, *words[:2], "--stage", TA, status=2)["issues"]
    dry = command(tmp_path, *words, "--dry-run", "--list", "list.csv", status=1)
    assert dry["dry_run"] and dry["new"] == 7 and (tmp_path / "list.csv").exists() and team.log() == []
    done = command(tmp_path, *words, status=1)              # a conflict: a person is needed
    assert (done["new"], done["matched"], done["conflicts"], done["files"][0]["sheet"]) == (7, 6, 1, "rayyan")
    assert {(d["report"], d["reviewer"], d["old"], d["new"]) for d in done["decisions"]} == {
        (d["report"], d["reviewer"], d["old"], d["new"]) for d in dry["decisions"]}
    told = " ".join(step["what"] for step in command(tmp_path, "trace", team.keys[1])["steps"])
    assert "CD decided exclude (Wrong population)" in told and "elsewhere (rayyan), in articles.csv, line 3" in told
    assert command(tmp_path, "check")["issues"] == []
    assert [(r["reviewer"], r["decided"], r["left"]) for r in command(tmp_path, "status")["reviewers"]] == [
        ("AB", 4, 0), ("CD", 3, 0)]


def test_rayyan_in_columns_of_its_own(team: Team) -> None:
    rows = [team.row(0, **{"RAYYAN-INCLUSION": '{"One"=>"Included"}'}),
            team.row(1, **{"RAYYAN-INCLUSION": '{"One"=>"Excluded"}', "RAYYAN-EXCLUSION-REASONS": "wrong population"}),
            team.row(2)]
    team.bring(team.table("articles.csv", rows), "rayyan", reviewers=["One=AB"])
    assert team.log() == [("1", "AB", "include", ""), ("2", "AB", "exclude", "wrong-population")]


def test_eppi_reviewers_json_report(team: Team) -> None:
    """Codes stand within codes and references name them by number only."""
    codes = [{"AttributeId": 1, "AttributeName": "Screening", "Attributes": {"AttributesList": [
        {"AttributeId": 11, "AttributeName": "INCLUDE on title & abstract"},
        {"AttributeId": 12, "AttributeName": "EXCLUDE on wrong population"}]}}, {"AttributeId": 20, "AttributeName": "Rural"}]
    given = [[11, 20], [12], [20], [11, 12]]
    references = [{"ItemId": n, "Title": team.items[n]["TI"], "Year": team.items[n]["PY"], "DOI": team.items[n]["DO"],
                   "Codes": [{"AttributeId": a, "AdditionalText": ""} for a in some]} for n, some in enumerate(given)]
    path = team.folder / "report.json"
    path.write_text(json.dumps({"CodeSets": [{"SetName": "S", "Attributes": {"AttributesList": codes}}],
                                "References": [*references, {"Title": "Of no code at all"}]}), "utf-8")
    found = team.bring(path, "eppi", reviewers=["CD"])
    assert team.log() == [("1", "CD", "include", ""), ("2", "CD", "exclude", "wrong-population")]
    assert (found.rows, found.matched) == (5, 4)
    assert [d["cell"] for d in found.decisions] == ["record 1", "record 2"]
    assert [(n["cell"], n["code"]) for n in found.not_taken] == [("record 5", "no-report"), ("record 4", "unreadable")]
    again = team.bring(path, "eppi", reviewers=["CD"])
    assert (again.new, again.changed, again.unchanged) == (0, 0, 2)


def test_a_word_that_was_never_taken_is_told_each_time(team: Team) -> None:
    team.bring(team.table("a.csv", [team.row(0, decision="include")]), "sheet", reviewers=["AB"])
    later = team.table("b.csv", [team.row(0, decision="exclude"), team.row(1, decision="maybe")])
    for _ in range(2):
        found = team.bring(later, "sheet", reviewers=["AB"])
        assert [n["code"] for n in found.not_taken] == ["differs"]
    team.bring(later, "sheet", reviewers=["AB"], newer=True)
    assert team.standing()[:2] == ["undecided", "undecided"] and team.log()[-1] == ("1", "AB", "exclude", "")


def test_chinese_headers_of_a_plain_sheet(team: Team) -> None:
    rows = [{"题名": team.items[n]["TI"], "决定": word} for n, word in enumerate(("纳入", "排除", "待定"))]
    team.bring(team.table("表.csv", rows, "gb18030"), "sheet", reviewers=["AB"], encoding="gb18030")
    assert [line[2] for line in team.log()] == ["include", "exclude", "maybe"]
