"""report.html: one page, no network, every number opens."""

from __future__ import annotations

import json
import re
import subprocess
import time
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from review.model import Assignment, Decision, Record, Search
from review.prisma.box import Box, Check, Counts
from review.report.gather import RecordRow, ReportData, ReportRow, gather
from review.report.html import report_html
from review.report.plots import overlap, upset, years, yields
from review.screening.agreement import Agreement
from review.screening.statistics import Estimate
from review.sources.files import ImportRequest
from review.workflow import open_review
from tests.browser import CHROMIUM, Browser
from tests.reviewer import workspace

EVIL = '</script><script>alert("x")</script><img src=x onerror=alert(1)>'


def row(key: str, title: str, sources: tuple[str, ...], place: str, year: int | None = 2019, **more: Any) -> ReportRow:
    records = tuple(RecordRow(f"{source.lower()}-1/{key[1:7]}", source, f"n{key}", True) for source in sources)
    record = Record(id=records[0].id, title=title, authors=("Wang, Li",), year=year, journal="Journal of Children",
                    ids={"doi": "10.1000/1"}, url=more.pop("url", "https://example.org/1"))
    return ReportRow(key, record, records, place, "database", **more)


def example() -> ReportData:
    """Three sources, four reports, one of them included; one box of each kind."""
    decision = Decision(1, 1, "2026-11-21T10:00:00Z", "R000001-aa", "full-text", 1, "AB", "independent", "include",
                        note="clear")
    merge = Assignment(2, 1, "2026-11-21T10:00:00Z", "cnki-1/000001", "R000001-aa", "assign", "matcher@1", "doi",
                       "1.0", "same DOI")
    rows = (
        row("R000001-aa", "Café policies for left-behind children", ("PubMed", "CNKI"), "included",
            decisions=(decision,), merges=(merge,), studies=("S1", "S2")),
        row("R000002-bb", "农村留守儿童心理健康", ("CNKI",), "excluded-full-text", 2021, reason="Wrong concept"),
        row("R000003-cc", EVIL, ("PubMed",), "excluded", None, url="javascript:alert(1)"),
        row("R000004-dd", "A fourth", ("PubMed",), "excluded", 2019),
    )
    pubmed = ("pubmed-1/000001", "pubmed-1/000003", "pubmed-1/000004")
    cnki = ("cnki-1/000001", "cnki-1/000002")
    keys = tuple(r.key for r in rows)
    boxes = {
        "database_results": Box("database_results", 5, "records", pubmed + cnki, {"PubMed": pubmed, "CNKI": cnki}),
        "records_screened": Box("records_screened", 4, "records", keys),
        "dbr_excluded": Box("dbr_excluded", 1, "reports", keys[1:2], {"Wrong concept": keys[1:2]}),
        "new_reports": Box("new_reports", 1, "reports", keys[:1]),
        "new_studies": Box("new_studies", 2, "studies", ("S1", "S2")),
    }
    checks = (Check("a", "error", True, 5, 5, (), "box 2 holds"),
              Check("b", "warning", False, 2, 1, keys[:1], "more studies than reports"))
    counts = Counts("demo", f"Policies {EVIL}", False, boxes=boxes, checks=checks, reasons=("one conflict",))
    search = Search("pubmed-1", "pubmed-1", "pubmed", "pubmed", string=f'"left behind" {EVIL}', hits=12300, n=3,
                    state="sealed", warnings=("term not found",))
    return ReportData(counts, rows, (search,), (), ({"reviewer": "AB", "stage": "full-text", "sent": 4, "decided": 3,
                                                     "left": 1},))


def data_of(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    loaded: dict[str, Any] = json.loads(found.group(1))
    return loaded


def test_the_page_loads_nothing_from_anywhere() -> None:
    page = report_html(example())
    assert "default-src 'none'" in page
    outside = re.sub(r'<script type="application/json".*?</script>', "", page, flags=re.DOTALL)
    assert not re.search(r"<(link|img|iframe|object|embed)\b", outside)
    assert not re.search(r"<[^>]*\b(src|srcset)\s*=", outside) and "@import" not in outside and "url(" not in outside
    assert set(re.findall(r'href="(?!#)([^"]*)"', outside)) == set()


def test_names_from_the_data_are_never_markup() -> None:
    page = report_html(example())
    assert page.count("<script") == 2                   # the data, and the page's own
    assert "<img" not in page
    assert data_of(page)["reports"][2][1] == EVIL


def test_every_id_of_a_box_is_a_report_a_record_or_said_as_it_is() -> None:
    data = data_of(report_html(example()))
    boxes = {box["key"]: box for box in data["boxes"]}
    assert boxes["records_screened"]["ids"] == [0, 1, 2, 3]
    assert boxes["database_results"]["parts"] == [["PubMed", [[0, 0], [2, 0], [3, 0]]], ["CNKI", [[0, 1], [1, 0]]]]
    assert boxes["new_studies"]["ids"] == ["S1", "S2"]
    first = data["reports"][0]
    assert (first[0], first[3], data["places"][first[5]]) == ("R000001-aa", 2019, "included")
    assert [data["sources"][record[1]] for record in first[7]] == ["PubMed", "CNKI"]
    assert [data["said"][n] for n in first[9]["d"]] == [
        ["2026-11-21", "full-text", 1, "AB", "independent", "include", "", "clear"]]
    assert first[9]["m"][0][2:5] == ["doi", "1.0", "same DOI"]


def test_the_draft_says_so_and_the_tables_show_what_there_is() -> None:
    page = report_html(example())
    about, tables = page.split("<main>")[0], page.split('id="searches"')[1].split("<script")[0]
    text = unescape(re.sub(r"<[^>]+>", " ", about + tables))
    for words in ("DRAFT: these numbers are not final", "one conflict", "12,300", "term not found",
                  "more studies than reports", "Who has decided how much"):
        assert words in text, words


def test_overlap_and_unique_yield() -> None:
    rows = example().reports
    assert overlap(rows) == [(("PubMed",), 2, 0), (("CNKI",), 1, 0), (("CNKI", "PubMed"), 1, 1)]
    assert yields(rows) == [("PubMed", 3, 2, 1, 0), ("CNKI", 2, 1, 1, 0)]
    assert "CNKI and PubMed: 1 report, 1 included" in upset(rows)
    assert "2019: 2 (1 included); 2021: 1 (0 included)" in years(rows)
    assert upset(()) == years(()) == ""


def test_the_same_data_gives_the_same_page_and_an_empty_review_a_page_too() -> None:
    assert report_html(example()) == report_html(example())
    empty = report_html(ReportData(Counts("demo"), ()))
    assert data_of(empty)["reports"] == [] and "Nothing yet." in empty


def test_gathered_from_a_review_with_one_report_in_two_databases(tmp_path: Path) -> None:
    folder = workspace(tmp_path)
    policy = "TY  - JOUR\nTI  - Policies for left-behind children\nAU  - Wang, Li\nPY  - 2019\nDO  - 10.1000/1\n"
    policy += "ER  - \n"
    other = "TY  - JOUR\nTI  - Something else entirely\nAU  - Chen, Yu\nPY  - 2001\nER  - \n"
    first, second = folder / "a.ris", folder / "b.ris"
    first.write_text(policy, encoding="utf-8")
    second.write_text(policy + other, encoding="utf-8")
    review = open_review("test", folder)
    review.import_files(ImportRequest((first,), "Scopus", date="2026-11-01"))
    review.import_files(ImportRequest((second,), "Embase", date="2026-11-02"))
    review.dedupe()
    state = review.state()
    data = gather(state, review._records(state), review.definition, review.counts())
    assert {row.record.title: tuple(sorted(row.sources)) for row in data.reports} == {
        "Policies for left-behind children": ("Embase", "Scopus"), "Something else entirely": ("Embase",)}
    page = data_of(report_html(data))
    boxes = {box["key"]: box for box in page["boxes"]}
    assert [label for label, _ in boxes["database_results"]["parts"]] == ["Embase", "Scopus"]
    merged = next(row for row in data.reports if len(row.records) == 2)
    assert any("doi" in (m.rule + m.evidence_for).lower() for m in merged.merges)


SCRIPT = """<script>
window.addEventListener('load', async () => {
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const said = document.getElementById('said'), out = {errors: []};
  window.addEventListener('error', (e) => out.errors.push(e.message));
  const items = () => [...document.querySelectorAll('#list > li')].map((li) => li.textContent);
  out.start = said.textContent;
  out.boxes = {};
  for (const a of document.querySelectorAll('#flow svg a')) {
    a.dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true}));
    location.hash = a.getAttribute('href');
    await wait(50);
    out.boxes[a.getAttribute('data-box')] = [said.textContent, items().length, document.activeElement.id];
  }
  const search = async (text) => {
    const query = document.getElementById('query');
    query.value = text;
    query.dispatchEvent(new Event('input'));
    await wait(300);
    return [said.textContent, items().map((t) => t.slice(0, 6))];
  };
  const select = document.getElementById('box');
  select.value = '';
  select.dispatchEvent(new Event('change'));
  out.cafe = await search('CAFE policies');
  out.chinese = await search('留守儿童');
  out.none = await search('no such thing');
  await search('');
  const first = document.querySelector('#list details');
  first.open = true;
  await wait(100);
  out.more = first.textContent;
  for (const d of document.querySelectorAll('#list details')) d.open = true;
  await wait(100);
  out.links = [...document.querySelectorAll('#list a')].map((a) => a.getAttribute('href'));
  document.body.innerHTML = '<pre id="out"></pre>';
  document.getElementById('out').textContent = JSON.stringify(out);
});
</script>"""


@pytest.mark.skipif(CHROMIUM is None, reason="needs chromium, which is not on this machine")
def test_in_a_browser_every_number_opens_and_the_search_finds(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text(report_html(example()).replace("</body>", SCRIPT + "</body>"), encoding="utf-8")
    assert CHROMIUM
    done = subprocess.run(
        [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}",
         "--virtual-time-budget=15000", "--dump-dom", page.as_uri()],
        capture_output=True, text=True, timeout=60, check=True)
    found = re.search(r'<pre id="out">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found, done.stdout[-400:]
    out = json.loads(unescape(found.group(1)))
    assert out["errors"] == []
    assert out["start"] == "All reports: 4"
    assert {key: said[0].rsplit(": ", 1)[1] for key, said in out["boxes"].items()} == {
        "database_results": "5", "records_screened": "4", "dbr_excluded": "1", "new_reports": "1", "new_studies": "2"}
    assert {key: said[1:] for key, said in out["boxes"].items()}["database_results"] == [5, "said"]
    assert out["cafe"] == ["All reports: 1 of 4 match", ["Café p"]]
    assert out["chinese"] == ["All reports: 1 of 4 match", ["农村留守儿童"]]
    assert out["none"] == ["All reports: 0 of 4 match", []]
    for words in ("AB: include on full-text, round 1, independent. Note: clear", "PubMed", "rule doi", "same DOI",
                  "S2"):
        assert words in out["more"], words
    assert "https://example.org/1" in out["links"] and not any("javascript" in href for href in out["links"])


@pytest.mark.skipif(CHROMIUM is None, reason="needs chromium, which is not on this machine")
def test_in_print_no_table_is_wider_than_the_paper(tmp_path: Path) -> None:
    """The widest one, of agreement, on the 180 mm (680 px) that A4 leaves between margins of 15 mm."""
    some = Estimate(0.79, 0.72, 0.85)
    found = Agreement("title-abstract", 1, ("AB", "CD", "GH", "JK"), 145, ("include", "exclude"), (), some, some, some, some,
                      alpha=some, note="Both decided nearly always alike, so kappa says little")
    page = tmp_path / "report.html"
    page.write_text(report_html(replace(example(), agreement=(found,))), encoding="utf-8")
    with Browser(tmp_path / "profile") as browser:
        browser.open(page, 680, 900)
        assert browser.run("document.querySelector('#agreement .table').scrollWidth") > 680 - 32    # on a screen it scrolls
        browser("Emulation.setEmulatedMedia", media="print")
        width = "[...document.querySelectorAll('.table table')].map(t => t.getBoundingClientRect().right)"
        assert max(browser.run(width)) <= 680


@pytest.mark.skipif(CHROMIUM is None, reason="needs chromium, which is not on this machine")
def test_by_keyboard_on_a_narrow_screen_in_the_dark_and_for_screen_readers(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text(report_html(example()), encoding="utf-8")
    focus = "document.activeElement.getAttribute('href') || document.activeElement.id"
    with Browser(tmp_path / "profile") as browser:
        browser.open(page, 320, 800, scheme="dark")
        assert browser.run("document.documentElement.scrollWidth") <= 320          # only tables and figures scroll sideways
        dark, ink = browser.run("[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]")
        assert sum(map(int, re.findall(r"\d+", dark)[:3])) < 150 < 450 < sum(map(int, re.findall(r"\d+", ink)[:3]))
        browser.key("Tab")
        assert browser.run(focus) == "#flow"                                       # "Skip to the flow" comes first
        for _ in range(20):
            browser.key("Tab")
            if browser.run(focus) == "#box-dbr_excluded":
                break
        browser.key("Enter")
        for _ in range(200):                                    # the list is made in slices; a busy machine takes its time
            if browser.run("document.getElementById('said').textContent") != "All reports: 4":
                break
            time.sleep(0.05)
        assert browser.run("document.getElementById('said').textContent") == "Reports excluded: 1"
        assert browser.run(focus) == "said"                                        # focus goes to where the answer stands
        browser.key("Tab")
        assert browser.run("document.activeElement.localName") == "summary"        # and the first report comes next
        nodes = browser("Accessibility.getFullAXTree")["nodes"]
        named = {(n["role"]["value"], n.get("name", {}).get("value", "")) for n in nodes if "role" in n}
        wanted = {("combobox", "Box"), ("combobox", "Part"), ("region", "Flow"), ("region", "Overlap between sources"),
                  ("heading", "Checks"), ("navigation", "Parts")}
        assert wanted <= named
        assert not [role for role, name in named if role in ("link", "button", "combobox", "searchbox", "region") and not name]
        assert browser.errors() == []
