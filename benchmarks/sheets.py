#!/usr/bin/env python3
"""Write and read screening workbooks beside plain openpyxl: seconds and memory.

usage: sheets.py [ROWS]...            (default: 10000)

The reports are made here, the same at every run: a title, an abstract of about 1,500 characters in which a
dozen terms are marked (rich text), authors, three links, a decision. They go out in workbooks of at most 5,000 rows, as `review
sheets` sends them. "plain openpyxl" writes the same cells, marks and links in its write-only mode, without heights,
drop-downs, colours or the first sheet; and reads them in its read-only mode, without looking for anything. Each task
runs in a process of its own; seconds are those of the clock and of the processor, memory is the largest of the
process. Every decision that was written must be read. Last comes the time of a loop that adds ten million integers,
to know the machine by.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from review.ledger.keys import make_key
from review.screening.sheet_info import SheetInfo, SheetRow
from review.screening.workbook import write_workbook

BATCH = 5000
REVIEW = "benchmark"
DECISIONS = ("include", "exclude", "maybe")
TERMS = ("left-behind", "child*", "migrant famil*", "polic*", "rural China", "mental health", "school*", "留守儿童")
WORDS = """a adolescents after among analysis associated average because better between by care caregivers cities cohort
 compared cross-sectional data decline depression design differences during economic effects emotional evidence few
 findings four from grandparents groups health higher household however impact in income interviews intervention less
 level living local long-term lower many measured methods model more national of often on only outcomes parents
 participants programme province qualitative quality regions remain reported risk rural sample scores services should
 significant social status study support survey than that the their these three time to used welfare well-being were
 with within women workers years young"""
OTHERS = WORDS.split()
HITS = ("children", "childhood", "left-behind", "policy", "policies", "schooling", "schools", "migrant-families")

class Cost(NamedTuple):
    """What a task took: seconds by the clock and of the processor, MB of memory, what it counted."""

    wall: float
    cpu: float
    memory: float
    counted: int


def sentence(chance: random.Random, words: int) -> str:
    """Some words; one in twenty is a term to be marked."""
    return " ".join(chance.choice(HITS if chance.random() < 0.055 else OTHERS) for _ in range(words)).capitalize()


def reports(first: int, last: int) -> Iterator[SheetRow]:
    """The reports of these numbers; each depends on its number only."""
    for number in range(first, last + 1):
        chance = random.Random(number)
        title = sentence(chance, 14) + ("" if number % 5 else "：农村留守儿童政策研究")
        text = ". ".join(sentence(chance, 22) for _ in range(10)) + "."
        yield SheetRow(
            key=make_key(REVIEW, number), title=title, authors="; ".join(f"Author {n}, A" for n in range(number % 7 + 1)),
            year=str(1990 + number % 35), source=f"Journal of Benchmarks {number % 90}(2):{number % 300}-{number % 300 + 9}",
            text=text, text_kind="abstract", language="en", found_in="PubMed, Google Scholar",
            links=(("DOI", f"https://doi.org/10.1000/{number}"), ("PubMed", f"https://pubmed.ncbi.nlm.nih.gov/{number}/"),
                   ("Scholar", f"https://scholar.google.com/scholar?q=%22{title[:60].replace(' ', '%20')}%22")),
            decision=DECISIONS[number % 3])


def info(batch: int) -> SheetInfo:
    """What a workbook is for."""
    return SheetInfo(
        review=REVIEW, stage="title-abstract", reviewer="AB", sheet=f"TA-AB-{batch}-abcdef", round=1, batch=batch,
        definition_sha="0123456789", title="A benchmark", question="How long does it take?", include=("Anything",),
        reasons=(("wrong-population", "Wrong population"), ("not-china", "Not in China")), terms=TERMS)


def batches(rows: int) -> Iterator[tuple[int, list[SheetRow]]]:
    """(number, reports) of each workbook."""
    for batch, first in enumerate(range(1, rows + 1, BATCH), 1):
        yield batch, list(reports(first, min(first + BATCH - 1, rows)))


def our_writing(folder: Path, rows: int) -> int:
    """As `review sheets` writes."""
    for batch, some in batches(rows):
        write_workbook(info(batch), some, folder / f"{batch}.xlsx")
    return rows


def our_reading(folder: Path, rows: int) -> int:
    """As `review collect` reads."""
    from review.screening.reading import read_file

    readings = [read_file(path) for path in sorted(folder.glob("*.xlsx"))]
    return sum(1 for reading in readings for answer in reading.answers
               if not answer.trouble and answer.decision == DECISIONS[int(answer.key[1:7]) % 3])


def plain_writing(folder: Path, rows: int) -> int:
    """The same cells with openpyxl alone."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.rich_text import CellRichText, TextBlock
    from openpyxl.cell.text import InlineFont

    from review.screening.workbook import columns_of
    from review.sheets.book import Linked, Marked

    hit = InlineFont(b=True, color="FF9C4A00")
    for batch, some in batches(rows):
        book = Workbook(write_only=True)
        page: Any = book.create_sheet("Screening")
        columns = columns_of(info(batch), some)
        page.append([header for _, header, _ in columns])
        for row in some:
            cells: list[Any] = []
            for _, _, make in columns:
                content = make(row)
                if isinstance(content, Marked):
                    content = CellRichText(*(TextBlock(hit, text) if marked else text for text, marked in content.runs))
                elif isinstance(content, Linked):
                    cell = WriteOnlyCell(page, content.text)
                    cell.hyperlink = content.url
                    content = cell
                cells.append(content)
            page.append(cells)
        book.save(folder / f"{batch}.xlsx")
    return rows


def plain_reading(folder: Path, rows: int) -> int:
    """The values with openpyxl alone; the decision stands in the second column."""
    from openpyxl import load_workbook

    found = 0
    for path in sorted(folder.glob("*.xlsx")):
        book = load_workbook(path, read_only=True)
        found += sum(1 for row in book["Screening"].iter_rows(min_row=2, values_only=True) if row[1] in DECISIONS)
        book.close()
    return found


def run(task: Callable[[Path, int], int], folder: Path, rows: int) -> Cost:
    """Run a task in a process of its own."""
    start = time.perf_counter()
    child = os.fork()
    if not child:
        status = 1
        try:
            status = 0 if task(folder, rows) == rows else 2
        finally:
            os._exit(status)
    _, status, usage = os.wait4(child, 0)
    if status:
        raise SystemExit(f"{task.__name__}: " + ("a decision was not read" if os.waitstatus_to_exitcode(status) == 2
                                                 else "failed"))
    return Cost(time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, rows)


def loop() -> float:
    """Seconds of the processor for adding ten million integers."""
    start, total = time.process_time(), 0
    for number in range(10_000_000):
        total += number
    return time.process_time() - start


def main() -> None:
    """Run the sizes and print the table."""
    print(f"{'rows':>7s}  {'task':30s} {'clock s':>8s} {'cpu s':>8s} {'MB':>6s}   {'file MB':>8s}")
    for rows in [int(word) for word in sys.argv[1:]] or [10_000]:
        for tool, writing, reading in (("this project", our_writing, our_reading),
                                       ("plain openpyxl", plain_writing, plain_reading)):
            with tempfile.TemporaryDirectory() as name:
                for what, task in ((f"{tool} writes", writing), (f"{tool} reads", reading)):
                    cost = run(task, Path(name), rows)
                    size = sum(path.stat().st_size for path in Path(name).iterdir()) / 1e6
                    print(f"{rows:7d}  {what:30s} {cost.wall:8.1f} {cost.cpu:8.1f} {cost.memory:6.0f}   {size:8.1f}",
                          flush=True)
    print(f"adding ten million integers: {loop():.2f} s")


if __name__ == "__main__":
    main()
