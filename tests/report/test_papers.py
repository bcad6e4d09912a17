"""The papers that authors owe: every number and string from the logs, and the gaps marked."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from review.documents.blocks import Code, Heading, Paragraph, Table
from review.model import Record, Search
from review.prisma.box import Box, Counts
from review.report.checklist import prisma_s, prisma_scr
from review.report.gather import ReportData, gather
from review.report.methods import methods_text
from review.report.papers import papers
from review.report.search_appendix import Blocks, search_appendix
from review.report.tables import full_text_tables, reference
from review.workflow import open_review
from tests.prisma.flows import template
from tests.report.test_html import example
from tests.reviewer import books, command, fill, item, ris, workspace

STRING = '("left-behind children" OR LBC)\nAND `policy*`'
SEARCHES = (
    Search("20261101-pubmed-1", "20261101-pubmed-1", "pubmed", "pubmed", string=STRING, hits=247, n=247, state="sealed",
           searched_on="2026-11-01", warnings=("Quoted phrase not found",)),
    Search("20261110-pubmed-2", "20261101-pubmed-1", "pubmed", "pubmed", string=STRING, hits=262, n=15, state="sealed",
           searched_on="2026-11-10"),
    Search("20261102-scopus-1", "20261102-scopus-1", "files", "scopus", platform="Elsevier", n=1, state="sealed",
           searched_on="", not_confirmed=("string", "date")),
    Search("20261103-seeds-1", "20261103-seeds-1", "files", "citationchaser", method="citation-searching", n=9,
           state="sealed", searched_on="2026-11-03", params={"seeds": "R000001-aa", "direction": "forward"}),
    Search("20261001-pubmed-1", "20261001-pubmed-1", "pubmed", "pubmed", string="trial", n=180, state="sealed",
           use="trial", searched_on="2026-10-01"),
)


def text(blocks: Blocks) -> str:
    """All words of the blocks."""
    out = []
    for block in blocks:
        if isinstance(block, Table):
            out += [" | ".join(row) for row in (block.header, *block.rows)]
        else:
            out.append(block.text)
    return "\n".join(out)


def data(counts: Counts | None = None) -> ReportData:
    return replace(example(), searches=SEARCHES, counts=counts or template("updated-other", further_reports=2))


def test_each_search_stands_with_its_string_exactly_as_sent() -> None:
    blocks = search_appendix(data())
    assert [block.text for block in blocks if isinstance(block, Code)].count(STRING) == 2
    said = text(blocks)
    assert "2 runs of one source search" in said and "together 262 records" in said
    assert "Searched on 2026-11-01 (20261101-pubmed-1); 247 records of 247 announced." in said
    assert "The service said: Quoted phrase not found" in said
    assert "seed reports: R000001-aa; direction: forward." in said
    headings = [block.text for block in blocks if isinstance(block, Heading)]
    assert headings.index("Searches that do not count") > headings.index("PubMed")
    assert headings.count("PubMed") == 1


def test_what_nobody_stated_is_marked_and_never_guessed() -> None:
    said = text(search_appendix(data()))
    assert "Searched on [the authors write: the date of the search] (20261102-scopus-1); 1 record." in said
    assert "[the authors write: the string exactly as run" in said
    assert "Not confirmed by anybody: date" in said


def test_deduplication_figures() -> None:
    said = text(search_appendix(data()))
    assert "662 records; 102 of them were removed as duplicates, 22 of these recognised while screening" in said
    assert "doi | 1" in said
    said = text(search_appendix(replace(data(), matchers={"matcher@1": 3})))
    alone = "found by this program's matching of records, version 1."
    assert alone in said and "people" not in said.split(alone)[0].rsplit("\n", 1)[1] and "matcher@" not in said
    both = replace(data(), matchers={"matcher@1": 3, "CD": 1, "AB": 2})
    assert "found by this program's matching of records, version 1, and 2 people (AB, CD)." in text(search_appendix(both))
    assert ("102 duplicates, found by this program's matching of records, version 1, and 2 people (AB, CD);"
            in text(prisma_s(both)))


def test_the_results_paragraph_has_the_numbers_of_the_flow() -> None:
    said = text(methods_text(data()))
    for words in ("662 records (PubMed 262, Google Scholar 388, ClinicalTrials.gov 12)", "102 duplicates",
                  "560 records went to screening and 500 were excluded", "Of 60 reports sought, 3 could not be retrieved",
                  "57 were assessed in full text and 35 excluded (Wrong population 20; Wrong concept 15)",
                  "28 records (websites 14, organisations 4, citation searching 9, contacts 1)",

                  "6 had been found already; 2 were dropped before retrieval; 20 reports were sought, 19 assessed",
                  "19 assessed and 19 excluded", "3 await classification and 2 tell of ongoing",
                  "19 studies in 17 reports were included", "17 studies in 18 reports of the previous version",
                  "2 further reports", "36 studies in 35 reports"):
        assert words in said, words
    assert "PubMed (2026-11-01), PubMed (2026-11-10) and Scopus (Elsevier) ([the authors write: the date])" in said
    assert "DRAFT" not in said and "DRAFT" in text(methods_text(data(template("new", final=False))))


def test_checklists_have_all_items_by_name() -> None:
    for blocks, n in ((prisma_s(data()), 16), (prisma_scr(data()), 22)):
        table = next(block for block in blocks if isinstance(block, Table))
        assert len(table.rows) == len({row[0] for row in table.rows}) == n
        assert all(cell.strip() for row in table.rows for cell in row)
        left = sum("[the authors write" in row[2] for row in table.rows)
        assert f"{n} items; in {left} of them something is left to the authors." in text(blocks)
    answers = {row[0]: row[2] for row in next(b for b in prisma_s(data()) if isinstance(b, Table)).rows}
    assert answers["Database name"].startswith("PubMed, 2026-11-01, 247 records; PubMed, 2026-11-10, 15 records; Scopus")
    assert answers["Citation searching"] == ("citationchaser, 2026-11-03, 9 records (seed reports: R000001-aa; direction: "
                                             "forward)")
    assert answers["Updates"] == ("This version updates a previous one. Searches run again, or run in several parts: PubMed on "
                                  "2026-11-10")
    new = {row[0]: row[2] for row in next(b for b in prisma_s(data(template("new"))) if isinstance(b, Table)).rows}
    assert new["Updates"] == "Searches run again, or run in several parts: PubMed on 2026-11-10"
    assert answers["Contacts"] == "No contacts are logged."
    assert "20261102-scopus-1" in answers["Full search strategies"]
    assert "262" not in answers["Total records"] and answers["Total records"].startswith("662 records")


def test_tables_of_included_and_excluded_reports() -> None:
    blocks = full_text_tables(data())
    headings = [block.text for block in blocks if isinstance(block, Heading)]
    assert headings[1:] == ["Included reports (1)", "Reports excluded on full text, with reasons (1)"]
    included, excluded = [block.rows for block in blocks if isinstance(block, Table)]
    assert included == (("R000001-aa", "Wang Li (2019). Café policies for left-behind children. Journal of Children. "
                         "doi:10.1000/1", "S1, S2"),)
    assert excluded[0][0] == "R000002-bb" and excluded[0][2] == "Wrong concept"
    assert any(isinstance(block, Paragraph) and block.text == "None." for block in full_text_tables(
        ReportData(Counts("demo", final=True), ())))


def test_a_reference_of_what_there_is() -> None:
    record = Record(title="A title.", authors=tuple(f"Family{i}, A." for i in range(8)), year=2020, journal="Lancet",
                    volume="396", issue="3", pages="1-9", url="https://example.org", notices=("retracted",))
    assert reference(record) == ("Family0 A., Family1 A., Family2 A., Family3 A., Family4 A., Family5 A. et al (2020). "
                                 "A title. Lancet 396(3):1-9. https://example.org [retracted]")
    assert reference(Record(title="Only a title")) == "Only a title"


def test_every_paper_comes_as_word_and_markdown_the_same_each_time() -> None:
    made = papers(data())
    names = {name.rpartition(".")[0] for name in made}
    assert names == {"search-appendix", "methods", "prisma-s", "prisma-scr", "full-texts"}
    assert len(made) == 10 and made == papers(data())
    assert STRING in made["search-appendix.md"].decode("utf-8")
    empty = papers(ReportData(Counts("demo", boxes={"duplicates": Box("duplicates", 0)}), ()))
    assert b"the authors write: the databases" in empty["methods.md"]


def test_who_decided_comes_from_the_log(tmp_path: Path) -> None:
    """Four records, two reviewers, one difference that EF settles."""
    folder = workspace(tmp_path)
    command(folder, "import", str(ris(folder / "a.ris", [item(i) for i in range(4)])), "--database", "scopus")
    command(folder, "dedupe")
    command(folder, "sheets")
    fill(books(folder, "AB")[0], lambda n, _: {"Decision": "include" if n == 0 else "exclude"})
    fill(books(folder, "CD")[0], lambda n, _: {"Decision": "exclude"} if n < 3 else None)
    command(folder, "collect", status=1)
    command(folder, "sheets", "--conflicts")
    fill(books(folder, "conflicts")[0], lambda n, _: {"Decision": "exclude"})
    command(folder, "collect", status=None)
    review = open_review("test", folder)
    state = review.state()
    gathered = gather(state, review._records(state), review.definition, review.counts())
    scr = {row[0]: row[2] for row in next(b for b in prisma_scr(gathered) if isinstance(b, Table)).rows}
    assert "by AB and CD; differences settled by EF" in scr["Selection of sources of evidence (methods)"]
    without = replace(gathered.definition, screening=replace(gathered.definition.screening, reviewers=("AB", "JK")))
    scr = {row[0]: row[2] for row in next(b for b in prisma_scr(replace(gathered, definition=without))
                                          if isinstance(b, Table)).rows}
    assert "by AB and CD;" in scr["Selection of sources of evidence (methods)"]     # CD decided, and has left since
    said = text(methods_text(gathered))
    assert "On title and abstract, AB and CD decided: 3 reports by two or more, 1 by one." in said
    assert "EF settled the differences on 1 of them." in said
    assert "AB and CD agreed on 67% of 3 reports" in said
    assert re.search(r"Databases and registers gave 4 records \(Scopus 4\)", said)


def test_an_update_tells_its_own_searches_from_those_of_the_previous_version(tmp_path: Path) -> None:
    """Ten records, one of them twice, a wrong join undone; then a new version with a file of two databases."""
    folder = workspace(tmp_path)
    command(folder, "import", str(ris(folder / "a.ris", [item(i) for i in range(10)])), "--database", "scopus",
            "--date", "2026-01-01")
    command(folder, "import", str(ris(folder / "w.ris", [item(9)])), "--database", "WHO", "--method", "website",
            "--date", "2026-01-02")
    command(folder, "dedupe")
    keys = command(folder, "counts", "--list", "records_screened")["ids"]
    command(folder, "link", keys[1], "--same", keys[0], "--reason", "they look alike")
    command(folder, "undo", keys[1], "--reason", "they are not")
    said = text(search_appendix(gathered(folder)))
    assert "The table counts 1 join over all sources, 0 of them by people." in said
    command(folder, "reopen", keys[2], "--reason", "criteria amended")
    assert [what for _, what in gathered(folder).amendments] == [
        "a new round at title-abstract: criteria amended (1 report)"]
    command(folder, "sheets")
    for book in books(folder, "AB") + books(folder, "CD"):
        fill(book, lambda n, _: {"Decision": "exclude"})
    command(folder, "collect")
    command(folder, "baseline", "--freeze", "--reason", "published")
    both = [item(i, DB="CINAHL" if i < 22 else "APA PsycInfo") for i in range(19, 25)]
    command(folder, "import", str(ris(folder / "b.ris", both)), "--database", "EBSCOhost", "--date", "2026-05-01")
    command(folder, "dedupe")
    data = gathered(folder)
    said = text(search_appendix(data))
    assert "EBSCOhost | database | 2026-05-01 | 6 | not given | counted" in said
    assert said.index("Searches of the previous version") < said.index(
        "Scopus | database | 2026-01-01 | 10 | not given | counted in the previous version")
    assert "2 databases, searched together; records that count: APA PsycInfo 3; CINAHL (EBSCO) 3." in said
    assert "found by nobody: no two records were joined." in said       # the joins before are the previous version's
    assert data.amendments == ()
    answers = {row[0]: row[2] for row in next(b for b in prisma_s(data) if isinstance(b, Table)).rows}
    assert answers["Database name"] == "EBSCOhost, 2026-05-01, 6 records"
    assert answers["Multi-database searching"] == "EBSCOhost, 2026-05-01: APA PsycInfo and CINAHL (EBSCO) in one search"
    assert answers["Updates"].startswith("This version updates a previous one, whose searches ran until 2026-01-02. ")
    assert answers["Dates of searches"] == "All on 2026-05-01."
    assert answers["Online resources and browsing"] == "No search of websites or organisations is logged."
    assert answers["Full search strategies"].startswith("[the authors write: the strings exactly as run; none was given")
    said = text(methods_text(data))
    assert "We searched EBSCOhost (2026-05-01)." in said and "Scopus" not in said
    assert "[the authors write: the full strings" in said


def gathered(folder: Path) -> ReportData:
    """What the papers are made of."""
    review = open_review("test", folder)
    state = review.state()
    return gather(state, review._records(state), review.definition, review.counts())


def test_the_note_of_an_import_stands_in_the_papers(tmp_path: Path) -> None:
    folder = workspace(tmp_path)
    file = ris(folder / "w.ris", [item(1)])
    command(folder, "import", str(file), "--database", "WHO", "--method", "website", "--date", "2026-01-02", "--note",
            "AB looked for left-behind on its pages")
    command(folder, "import", str(ris(folder / "c.ris", [item(2)])), "--database", "Scopus", "--method", "citation-searching")
    data = gathered(folder)
    assert "note: AB looked for left-behind on its pages." in text(search_appendix(data))
    answers = {row[0]: row[2] for row in next(b for b in prisma_s(data) if isinstance(b, Table)).rows}
    assert answers["Online resources and browsing"] == (
        "WHO, 2026-01-02, 1 record (note: AB looked for left-behind on its pages)")
    assert answers["Citation searching"].endswith("[the authors write: seed reports, direction and tool: Scopus]")
