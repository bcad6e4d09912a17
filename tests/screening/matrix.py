"""The table of all mutations: cases and what became of the decisions. Run: python -m tests.screening.matrix

A case is one mutation in one format: as a workbook, and as the four kinds of text that programs save. `--libreoffice`
adds the cases that LibreOffice saves (as .ods, .xls, .xlsx and .csv).
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from openpyxl import load_workbook

from review.screening.reading import Reading

from . import made
from .mutations import HARMFUL, SAFE
from .test_mutations import ONLY_WORKBOOKS, TEXT_FORMATS, returned_as

CLASSES = (("rows sorted, filtered, blank, repeated", ("sorted", "shuffled", "filtered", "rows_", "blank_rows", "header_among",
                                                      "header_repeated", "strange_rows")),
           ("headers renamed, moved, missing", ("renamed", "header", "lines_above")),
           ("columns inserted, moved, deleted", ("column", "reversed")),
           ("keys changed", ("keys", "key_")), ("sheets renamed, copied, deleted, added", ("sheet",)),
           ("tallies, merged cells, comments, colours", ("tally", "merged", "comment", "coloured", "far_away")),
           ("decisions dressed, formulas, errors, odd words", ("decision", "words", "formulas", "errors", "extra")),
           ("saved as it is, properties stripped", ("nothing", "properties")))
COLUMNS = ("cases", "decisions", "read", "listed", "lost", "wrong", "guessed")


def class_of(name: str) -> str:
    """The class of a mutation, by its name."""
    return next((label for label, words in CLASSES if any(word in name for word in words)), "others")


def counted(reading: Reading) -> Counter[str]:
    """What became of the fifteen decisions of one case."""
    found = made.judge(reading, made.truth())
    blank = {key for key, (decision, _) in made.truth().items() if not decision}
    return Counter(cases=1, decisions=15, read=len(found["right"]), listed=len(set(found["listed"]) - blank),
                   lost=len(found["lost"]), wrong=len(set(found["wrong"]) - blank), guessed=len(set(found["wrong"]) & blank))


def cases(folder: Path, libreoffice: bool) -> Iterator[tuple[str, Reading]]:
    """(mutation, what was read) for every case."""
    original = made.filled(folder / "sheet.xlsx")
    for name, mutation in {**SAFE, **HARMFUL}.items():
        for form in ("xlsx", *TEXT_FORMATS):
            if form == "xlsx" or (name not in ONLY_WORKBOOKS and (name, form) != ("dressed_decisions", "gbk.csv")):
                book = load_workbook(original)
                mutation(book)
                yield name, returned_as(book, folder, form)
    if libreoffice:
        from . import test_libreoffice as office
        home = folder / "office"
        home.mkdir()
        office.convert(home)
        for name in office.MUTATIONS:
            for form in office.FORMS:
                if (name, form) not in office.SILENT:
                    yield name, office.read(home, form, name)


def main() -> None:
    """Print the table."""
    table: dict[str, Counter[str]] = {}
    with TemporaryDirectory() as folder:
        for name, reading in cases(Path(folder), "--libreoffice" in sys.argv):
            table.setdefault(class_of(name), Counter()).update(counted(reading))
    print(f"{'mutation':50s}" + "".join(f"{column:>10s}" for column in COLUMNS))
    for label, row in [*sorted(table.items()), ("all", sum(table.values(), Counter()))]:
        print(f"{label:50s}" + "".join(f"{row[column]:10,d}" for column in COLUMNS))


if __name__ == "__main__":
    main()
