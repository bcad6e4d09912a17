"""The page report.html with many reports, in a real headless Chromium: size, time to open, time a search takes.

    python benchmarks/report.py [REPORTS] [--keep FILE]

Reports are made up, with titles and authors of usual lengths, a third of the titles Chinese, two records and two
decisions each. Prints one JSON object; times are seconds, of the last of three runs, and the machine's own yardstick
(a loop that adds ten million integers) stands beside them.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from review.model import Decision, Record  # noqa: E402
from review.prisma.box import Box, Counts  # noqa: E402
from review.report.gather import RecordRow, ReportData, ReportRow  # noqa: E402
from review.report.html import report_html  # noqa: E402
from tests.browser import Browser  # noqa: E402

WORDS = """children left behind parental migration rural China policy school mental health depression grandparents
caregivers remittances boarding cohort intervention trial nutrition education wellbeing family labour
village county adolescents resilience support services evaluation"""
CHINESE = "农村留守儿童心理健康教育政策研究父母外出务工影响因素分析学校干预评价社会支持家庭县域调查"
SOURCES = ("PubMed", "Google Scholar", "Scopus", "CNKI", "Wanfang")


def data(n: int) -> ReportData:
    """A finished review of n reports, always the same."""
    dice = random.Random(7)
    rows = tuple(_row(dice, number) for number in range(1, n + 1))
    keys = tuple(row.key for row in rows)
    places = {place: tuple(row.key for row in rows if row.place == place) for place in ("excluded", "included")}
    found = {source: tuple(r.id for row in rows for r in row.records if r.source == source) for source in SOURCES}
    boxes = {
        "database_results": Box("database_results", sum(map(len, found.values())), "records",
                                tuple(sorted(i for ids in found.values() for i in ids)), found),
        "duplicates": Box("duplicates", sum(len(row.records) - 1 for row in rows)),
        "records_screened": Box("records_screened", n, "records", keys),
        "records_excluded": Box("records_excluded", len(places["excluded"]), "records", places["excluded"]),
        "new_reports": Box("new_reports", len(places["included"]), "reports", places["included"]),
    }
    return ReportData(Counts("many", "A review of many reports", True, boxes=boxes), rows)


def _row(dice: random.Random, number: int) -> ReportRow:
    words = WORDS.split()
    english = " ".join(dice.choices(words, k=13)).capitalize()
    title = "".join(dice.choices(CHINESE, k=22)) if dice.random() < 1 / 3 else english
    key = f"R{number:06d}-{dice.choice('abcdefgh')}{dice.choice('abcdefgh')}"
    sources = dice.sample(SOURCES, dice.choice((1, 1, 2, 3)))
    records = tuple(RecordRow(f"20261101-{s.lower().replace(' ', '-')}-1/{number:06d}", s, str(dice.randrange(10**8)), True)
                    for s in sources)
    record = Record(title=title, authors=tuple(f"{dice.choice(words).title()}, {dice.choice('ABCDE')}." for _ in range(4)),
                    year=dice.randrange(1995, 2027), journal=" ".join(dice.choices(words, k=4)).title(),
                    ids={"doi": f"10.1234/many.{number}"}, url=f"https://example.org/{number}")
    place = "included" if dice.random() < 0.03 else "excluded"
    said = "include" if place == "included" else "exclude"
    decisions = tuple(Decision(number, 1, "2026-11-02T10:00:00Z", key, "title-abstract", 1, who, "independent", said)
                      for who in ("AB", "CD"))
    return ReportRow(key, record, records, place, "database", decisions=decisions)


# Types a word letter by letter as a person does, and measures from each keystroke until the list has been painted.
TYPE = """(async () => {
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
  const query = document.getElementById('query'), out = [];
  for (const word of WORDS) for (let i = 1; i <= word.length; i++) {
    const before = performance.now();
    let longest = 0, last = before, on = true;
    const beat = () => { const now = performance.now(); longest = Math.max(longest, now - last); last = now;
                         if (on) setTimeout(beat, 0); };
    query.value = word.slice(0, i);
    query.dispatchEvent(new Event('input'));
    setTimeout(beat, 0);
    const list = document.getElementById('list');
    while (list.dataset.shown !== query.value) await painted();
    const first = performance.now() - before;
    while (list.hasAttribute('aria-busy')) await painted();
    on = false;
    out.push([query.value, first, performance.now() - before, longest]);
  }
  return out;
})()"""


def measure(page: Path, words: list[str]) -> dict[str, object]:
    """Seconds to open the page and to search it, as soon as it is open."""
    with tempfile.TemporaryDirectory() as folder, Browser(Path(folder)) as browser:
        start = time.perf_counter()
        browser.open(page)
        ready = browser.run("new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now()))))")
        opened = time.perf_counter() - start
        typed = browser.run(TYPE.replace("WORDS", json.dumps(words)))
        assert browser.errors() == [], browser.errors()
    return {"open": round(opened, 2), "open_in_page": round(ready / 1000, 2),
            "first_page": round(typed[0][1] / 1000, 3), "first_search": round(typed[0][2] / 1000, 3),
            "median_search": round(sorted(t[2] for t in typed)[len(typed) // 2] / 1000, 3),
            "slowest_search": round(max(t[2] for t in typed) / 1000, 3),
            "longest_stutter": round(max(t[3] for t in typed) / 1000, 3), "keystrokes": len(typed)}


def yardstick() -> float:
    """Seconds of a loop that adds ten million integers."""
    def loop() -> int:
        total = 0
        for i in range(10_000_000):
            total += i
        return total

    start = time.perf_counter()
    loop()
    return round(time.perf_counter() - start, 2)


def main() -> None:
    """Make the page, measure it, print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reports", nargs="?", type=int, default=20_000)
    parser.add_argument("--keep", type=Path, help="keep the page in this file")
    args = parser.parse_args()
    whole = data(args.reports)
    start = time.perf_counter()
    text = report_html(whole)
    made = time.perf_counter() - start
    with tempfile.TemporaryDirectory() as folder:
        page = args.keep or Path(folder) / "report.html"
        page.write_text(text, encoding="utf-8")
        runs = [measure(page, ["grandpar", "留守儿童", "R000123"]) for _ in range(3)]
    print(json.dumps({"reports": args.reports, "megabytes": round(len(text.encode()) / 1e6, 1), "made": round(made, 2),
                      **runs[-1], "ten_million_additions": yardstick()}, ensure_ascii=False))


if __name__ == "__main__":
    main()
