"""What a definition says about the flow: which reviewers are tools, and how the diagram is drawn."""

from __future__ import annotations

from pathlib import Path

import pytest

from review.prisma.wording import load
from tests.reviewer import DEFINITION, books, boxes, command, fill, item, ris, workspace

WITH_TOOL = DEFINITION.replace('reviewers = ["AB", "CD"]', 'reviewers = ["AB", "ML1"]\ntools = ["ML1"]\ndual = 0.0001')


def screened(folder: Path) -> None:
    """Ten records: the tool decides on all, AB on the first four; two are removed by a tool beforehand."""
    command(folder, "import", str(ris(folder / "a.ris", [item(i) for i in range(12)])), "--database", "scopus")
    command(folder, "dedupe")
    keys = command(folder, "counts", "--list", "records_screened")["ids"]
    command(folder, "remove", *keys[10:], "--how", "automation", "--reason", "not a trial (RCT classifier)")
    command(folder, "sheets")
    for who in ("AB", "ML1"):
        for book in books(folder, who):
            fill(book, lambda n, row: {"Decision": "include" if row["Key"] == keys[0] else "exclude"})
    command(folder, "collect", status=None)


def test_people_and_tools_are_told_apart(tmp_path: Path) -> None:
    folder = workspace(tmp_path, definition=WITH_TOOL)
    screened(folder)
    found = boxes(folder)
    assert (found["excluded_automatic"], found["records_screened"]) == (2, 10)
    assert found["excluded_automatic/not a trial (RCT classifier)"] == 2
    by_tools = command(folder, "counts", "--list", "excluded_by_tools")["ids"]
    who = {}
    for line in (folder / "outputs/test/log/decisions.csv").read_text(encoding="utf-8").splitlines()[1:]:
        cells = line.split(",")
        who.setdefault(cells[3], set()).add(cells[6])
    excluded = command(folder, "counts", "--list", "records_excluded")["ids"]
    assert by_tools == sorted(k for k in excluded if who[k] == {"ML1"}) and by_tools
    command(folder, "flow")
    svg = (folder / "outputs/test/prisma/flow.svg").read_text(encoding="utf-8")
    assert f"Excluded by people: {len(excluded) - len(by_tools)}; by automation tools: {len(by_tools)}." in svg


def test_words_greys_and_layers_come_from_the_definition(tmp_path: Path) -> None:
    flow = '\n[flow]\nwording = "ours"\ncolour = false\nwithout = ["sources", "automation"]\n'
    folder = workspace(tmp_path, definition=DEFINITION + flow)
    command(folder, "import", str(ris(folder / "a.ris", [item(1)])), "--database", "scopus")
    told = command(folder, "flow", status=2)
    assert "no wording “ours”" in told["error"] and "queries/wordings/ours.toml" in told["error"]
    (folder / "queries" / "wordings").mkdir()
    (folder / "queries" / "wordings" / "ours.toml").write_text('extends = "zh"\nscreening = "初筛"\n', encoding="utf-8")
    command(folder, "flow")
    svg = (folder / "outputs/test/prisma/flow.svg").read_text(encoding="utf-8")
    assert "初筛" in svg and "数据库 (n = 1)" in svg
    assert "ffc000" not in svg and "Scopus" not in svg.split("</metadata>")[1] and "自动化" not in svg.split("</metadata>")[1]


@pytest.mark.parametrize(("flow", "told"), [
    ('wording = ""', "flow.wording is empty"), ("colour = 1", "it must be true or false"),
    ('without = ["boxes"]', "no layer of the diagram"), ('color = true', "Did you mean 'colour'?")])
def test_a_wrong_option_is_told(flow: str, told: str, tmp_path: Path) -> None:
    folder = workspace(tmp_path, definition=f"{DEFINITION}\n[flow]\n{flow}\n")
    assert told in command(folder, "query", status=2)["error"]


def test_a_tool_is_one_of_the_reviewers_and_never_the_judge(tmp_path: Path) -> None:
    folder = workspace(tmp_path, definition=DEFINITION.replace('adjudicator = "EF"', 'adjudicator = "EF"\ntools = ["ML1"]'))
    assert "none of the reviewers" in command(folder, "query", status=2)["error"]
    folder = workspace(tmp_path, definition=DEFINITION.replace('adjudicator = "EF"', 'adjudicator = "AB"\ntools = ["AB"]'))
    assert "a person settles" in command(folder, "query", status=2)["error"]


def test_a_draft_says_why_in_the_language_of_the_figure(tmp_path: Path) -> None:
    """One record waits for screening, one for deduplication: both in Chinese."""
    folder = workspace(tmp_path, definition=DEFINITION + '\n[flow]\nwording = "zh"\n')
    command(folder, "import", str(ris(folder / "a.ris", [item(1)])), "--database", "scopus")
    command(folder, "dedupe")
    command(folder, "import", str(ris(folder / "b.ris", [item(2)])), "--database", "cinahl")
    command(folder, "flow")
    svg = (folder / "outputs/test/prisma/flow.svg").read_text(encoding="utf-8")
    draft = svg.split('class="flow-draft"')[1].split("</g>")[0]
    said = "".join(t.split("<")[0] for t in draft.split('">')[1:])
    assert "草稿" in said and "1 条记录尚未去重" in said and "1 条记录待按题目和摘要筛选" in said
    assert not any(w in said for w in ("await", "not yet", "screening"))
    reasons = command(folder, "counts")["reasons"]            # the command line stays English
    assert "records not yet deduplicated: 1, over all methods and runs" in reasons


@pytest.mark.parametrize("language", ["zh", "de"])
def test_records_not_sought_and_reports_not_retrieved_are_told_apart(language: str) -> None:
    """PRISMA 2020: nobody tried to get the one; the other could not be got. "Sought" is one word in both boxes."""
    words = load(language)
    sought = {"zh": "计划获取全文", "de": "ur Beschaffung vorgesehene"}[language]
    assert sought in words["dbr_sought_reports"] and sought in words["not_sought"] and sought in words["note_not_sought"]
    assert sought not in words["dbr_notretrieved_reports"]
