"""The first sheet of a screening workbook: what it is for, the criteria, how to work, how far one has come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from review.sheets.book import Column, Content, Formula, Look, Sheet, Styled
from review.words import many

from .sheet_info import SheetInfo

_TITLE = Look(bold=True, size=18, colour="102A43", wrap=False)
_STAGE = Look(bold=True, size=13, colour="0B6E4F", wrap=False)
_QUESTION = Look(size=12, italic=True, colour="334E68")
_SECTION = Look(bold=True, size=12, colour="FFFFFF", fill="334E68", middle=True, wrap=False)
_LABEL = Look(bold=True, size=11, colour="334E68")
_TEXT = Look(size=11)
_BAR = Look(size=12, colour="0B6E4F", wrap=False)
_PROGRESS = Look(bold=True, size=12, colour="0B6E4F", wrap=False)
_YES = Look(size=11, bold=True, colour="14532D")
_NO = Look(size=11, bold=True, colour="7F1D1D")
_SMALL = Look(size=9, colour="7B8794")

STAGE_NAMES = {
    "title-abstract": "Titles and abstracts", "full-text": "Full texts", "conflicts": "Conflicts to settle",
    "duplicates": "Possible duplicates",
}
# The labels of the identity, as the first sheet shows them, in the order of the column Sheet.
IDENTITY = ("Sheet", "Review", "Stage", "Reviewer", "Round", "Batch", "Definition")


def identity(info: SheetInfo) -> tuple[tuple[str, str], ...]:
    """What tells this workbook from every other: (label, value)."""
    values = (info.sheet, info.review, info.stage, info.reviewer, str(info.round), str(info.batch),
              info.definition_sha)
    return tuple(zip(IDENTITY, values, strict=True))


def identity_line(info: SheetInfo) -> str:
    """The identity in one cell of every row, so that it survives where only the table is kept (CSV)."""
    return " | ".join(value for _, value in identity(info))


def read_identity_line(text: str) -> Mapping[str, str]:
    """The inverse of `identity_line`; empty where the text is none."""
    parts = [part.strip() for part in text.split("|")]
    return dict(zip(IDENTITY, parts, strict=True)) if len(parts) == len(IDENTITY) and parts[0] else {}


def readme_sheet(info: SheetInfo, count: int, letter: str, words: Sequence[str]) -> Sheet:
    """The first sheet. `letter` is the column of decisions, `count` the rows, `words` the decisions offered."""
    columns = [Column("", 24, _LABEL), Column("", 92, _TEXT), Column("", 30, _TEXT)]
    return Sheet("Read me", columns, list(_rows(info, count, letter, words)), header=False, gridlines=False,
                 most_lines=30, tab="334E68")


def _rows(info: SheetInfo, count: int, letter: str, words: Sequence[str]) -> Iterator[Sequence[Content | Styled]]:
    yield [Styled(info.title, _TITLE)]
    whose = f"reviewer {info.reviewer}" if info.reviewer else "for one of the team"
    yield [Styled(f"{STAGE_NAMES[info.stage]} · {whose} · {_part(info)}", _STAGE)]
    if info.question:
        yield []
        yield ["Question", Styled(info.question, _QUESTION)]
    yield []
    if info.round == 0:
        yield from section("This is the pilot")
        for line in _pilot(info, count):
            yield ["", line]
        yield []
    yield from section("How far you are")
    yield from _progress(count, letter, words)
    if info.stage != "duplicates":
        yield []
        yield from _criteria(info)
    yield []
    yield from section("How to work")
    for number, line in enumerate(_how_to(info), 1):
        yield [f"{number}", line]
    yield []
    yield from section("What you may type")
    for typed, meaning in _examples(info):
        yield [Styled(typed, Look(size=11, bold=True)), meaning]
    yield []
    yield from section("This workbook (please leave as it is)")
    yield from identity_rows(info)


def identity_rows(info: SheetInfo) -> Iterator[Sequence[Content | Styled]]:
    """The identity, a line each, small."""
    for label, value in identity(info):
        yield [Styled(label, _SMALL), Styled(value, _SMALL)]


def _part(info: SheetInfo) -> str:
    """The round and batch in words."""
    if info.stage == "duplicates":
        return f"batch {info.batch}"
    return f"pilot {info.batch}" if info.round == 0 else f"round {info.round}, batch {info.batch}"


def section(text: str) -> Iterator[Sequence[Content | Styled]]:
    """A band with a heading."""
    yield [Styled(text, _SECTION), Styled("", _SECTION), Styled("", _SECTION)]


def _progress(count: int, letter: str, words: Sequence[str]) -> Iterator[Sequence[Content | Styled]]:
    """A line and a bar that count themselves."""
    if not count:
        yield ["Decided", "There is nothing to decide."]
        return
    area = f"Screening!${letter}$2:${letter}${count + 1}"
    done = f"COUNTA({area})"
    each = "&".join(f'COUNTIF({area},"{word}")&" {word}, "' for word in words)
    known = "+".join(f'COUNTIF({area},"{word}")' for word in words)
    yield ["Decided", Styled(Formula(f'{done}&" of {count}: "&{each}&({done}-({known}))&" in other words, "'
                                     f'&({count}-{done})&" open"'), _PROGRESS)]
    filled = f"ROUND(50*{done}/{count},0)"
    yield ["", Styled(Formula(f'REPT("█",{filled})&REPT("░",50-{filled})'), _BAR)]


def _criteria(info: SheetInfo) -> Iterator[Sequence[Content | Styled]]:
    yield from section("Criteria")
    for number, text in enumerate(info.include):
        yield [Styled("Include if" if not number else "and", _YES), text]
    for number, (code, label) in enumerate(info.reasons):
        yield [Styled("Exclude because" if not number else "or", _NO), label, Styled(code, _SMALL)]


def _pilot(info: SheetInfo, count: int) -> Iterator[str]:
    """What a pilot is for (JBI Manual, scoping reviews: 25 records, the whole team, start at 75% agreement)."""
    yield f"Everybody on the team gets the same {many(count, 'report')}. Decide by yourself; don't compare before all are done."
    yield "Where a criterion left you in doubt, say so under Note: that is what the pilot is for."
    yield "Then the team compares, sharpens the criteria, and begins when it agrees well enough (three times in four is usual)."
    yield ("These decisions count in the review." if info.pilot_counts else
           "These decisions don't count in the review: the reports come again with all the others.")


def _how_to(info: SheetInfo) -> Iterator[str]:
    """The work in a few sentences, by stage."""
    if info.stage == "duplicates":
        yield "Work on the sheet “Screening”. A row is a pair of reports that may be one and the same; A stands " \
              "above B, and the words in which they differ are marked."
        yield "Choose same, different or unsure under Decision. A preprint and its article are different reports."
    elif info.stage == "conflicts":
        yield "Work on the sheet “Screening”. Each row is a report on which the reviewers differ; their words stand " \
              "beside your Decision."
        yield "Your decision settles it. Give a reason where you exclude, and a note where others may ask why."
    else:
        yield "Work on the sheet “Screening”, one row per report; the review's terms are marked."
        if info.stage == "title-abstract":
            yield "Read the title and the abstract. Choose include, exclude or maybe under Decision. In doubt, maybe: it " \
                  "goes on to the full text."
        else:
            yield "Say under Retrieved whether you have the full text (yes, no, on loan), and why not where you don't."
            yield "Then decide on the full text. An exclude needs one reason: the first of the list that holds."
            yield "Under Study name the study that the report belongs to; several are parted by semicolons."
        yield "Where a report is another one over again, type the other's key under Duplicate of."
    yield ("Leave blank what you haven't decided: until then the two count as two reports."
           if info.stage == "duplicates" else "Leave blank what you haven't decided. Blank is never read as exclude.")
    yield "You may sort, filter, hide, colour, add columns and type remarks where you like. Only keep each row's key " \
          "with its row: sort the whole table, not single columns."
    yield "Save under any name, in this format or another, and send it back. You can go on in the same file and send " \
          "it again: what changed is asked about, nothing is lost."


def _examples(info: SheetInfo) -> Iterator[tuple[str, str]]:
    if info.stage == "duplicates":
        yield "same, duplicate, 相同", "both describe one report; they are joined"
        yield "different, 不同", "two reports; they are never joined again"
        yield "unsure, ?", "stays open"
        return
    yield "include", "or incl, i, y, yes, 纳入, 是"
    yield "exclude", "or excl, e, n, no, 排除, 否"
    yield "maybe", "or m, ?, unsure, 待定"
    if info.reasons:
        yield f"excl - {info.reasons[0][1].lower()}", f"exclude; the reason is “{info.reasons[0][1]}”"
    if info.answer_stage != "title-abstract":
        yield "awaiting classification", "can't be decided yet (no full text, a question to the authors)"
        yield "ongoing", "a study that is still running"
    yield "include?  1  x  yes/no", "not read: you will be asked what you mean"
