"""Ovid: MEDLINE, Embase and APA PsycInfo. Fields behind a group (.ti,ab,kf.), adjN, `exp X/`; limits as lines.

adjN counts one more than the words between; adj alone keeps the order, side by side.
"""

from __future__ import annotations

from review.query.readers.ovid_fields import SUBHEADINGS
from review.query.targets.dialect import Dialect
from review.query.tree import ALL, TEXT, Fields, Heading, Near, Range

_CODES = {"title": "ti", "abstract": "ab", "heading": "hw", "substance": "nm", "original-title": "ot",
          "author": "au", "affiliation": "in", "journal": "jn", "publication-type": "pt", "id": "ui"}
_LETTERS = {name: code for code, name in reversed(SUBHEADINGS.items())}


class _Codes(dict[Fields, str]):
    """Any set of atoms that have codes: .ti,ab,kf. `keywords` is the database's code for author keywords."""

    def __init__(self, keywords: str) -> None:
        self._codes = _CODES | {"keywords": keywords}
        super().__init__({ALL: "({}).af.", TEXT: "({}).mp."})

    def __contains__(self, fields: object) -> bool:
        return super().__contains__(fields) or (isinstance(fields, frozenset) and fields <= set(self._codes))

    def __missing__(self, fields: Fields) -> str:
        order = [a for a in (*self._codes,) if a in fields and a != "keywords"]
        order[2:2] = ["keywords"] if "keywords" in fields else []
        return "({})." + ",".join(self._codes[a] for a in order) + "."


def _near(node: Near, operands: tuple[str, ...]) -> str:
    sign = "adj" if node.ordered else f"adj{node.distance + 1}"
    return "(" + f" {sign} ".join(operands) + ")"


def _heading(heading: Heading) -> str:
    text = heading.text.replace('"', " ").strip()
    match heading.vocabulary:
        case "publication-type":
            return f'"{text}".pt.'
        case "subheading":
            return f"{_LETTERS.get(text.casefold(), text)}.fs."
        case "substance":
            return f'"{text}".nm.'
    subs = ", ".join(_LETTERS.get(s.casefold(), s) for s in heading.subheadings)
    return f"{'exp ' if heading.explode else ''}{'*' if heading.major else ''}\"{text}\"/{subs}"


_DATES = {"year": "yr", "entrez": "ed"}


def _whole_year(span: Range) -> bool:
    """Inside a string a date is searched as text: one whole year only."""
    return span.field in _DATES and span.low == span.high and len(span.low) == 4


def _year(span: Range) -> str:
    return f"{span.low}*.ed." if span.field == "entrez" else f"{span.low}.yr."


def _limit_lines(spans: list[tuple[str, str]], languages: list[str], start: int) -> tuple[str, ...]:
    """Limits name the line before them: limit 1 to yr="2000-2026"."""
    limits = [f'yr="{low or "1860"}-{high or "Current"}"' for low, high in spans]
    if languages:
        limits.append(f"({' or '.join(languages)})" if len(languages) > 1 else languages[0])
    return tuple(f"limit {number} to {limit}" for number, limit in enumerate(limits, start))


def _ovid(name: str, vocabulary: str, keywords: str, *more: str) -> Dialect:
    return Dialect(
        name=name, fields=_Codes(keywords), vocabularies=(vocabulary, *more), grouped=True, quote_words=True,
        signs={"*": "*", "?": "?", "#": "#"}, leading=False, operators=(" and ", " or ", " not "), near=_near,
        near_adjacent=True, near_nested=True, heading=_heading,
        can=frozenset({"explode", "no-explode", "major", "subheadings"}), line="{}", years=_year,
        can_date=_whole_year, limit_lines=_limit_lines)


TARGETS = (
    _ovid("ovid-medline", "mesh", "kf", "publication-type", "subheading", "substance"),
    _ovid("ovid-embase", "emtree", "kf"),
    _ovid("ovid-psycinfo", "apa", "id"),
)
