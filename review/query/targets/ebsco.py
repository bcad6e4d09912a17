"""EBSCO: CINAHL, APA PsycInfo and ERIC. Fields before a group (TI, AB), Nn and Wn, MH "X+" or DE "X"."""

from __future__ import annotations

from collections.abc import Callable

from review.query.languages import LANGUAGES
from review.query.targets.dialect import Dialect
from review.query.tree import ALL, TEXT, TIAB, TITLE, TITLE_ABSTRACT, Heading, Near, Range


def _near(node: Near, operands: tuple[str, ...]) -> str:
    return "(" + f" {'W' if node.ordered else 'N'}{node.distance} ".join(operands) + ")"


def _cinahl_heading(heading: Heading) -> str:
    text = heading.text.replace('"', " ").strip()
    return f'{"MM" if heading.major else "MH"} "{text}{"+" if heading.explode else ""}"'


def _descriptor(heading: Heading) -> str:
    text = heading.text.replace('"', " ").strip()
    return f'{"MM" if heading.major else "DE"} "{text}"'


def _years(span: Range) -> str:
    return f"PY {span.low or '1000'}-{span.high or '3000'}"


def _languages(codes: tuple[str, ...]) -> str:
    each = [f"LA {LANGUAGES.get(c, c).title()}" for c in codes]
    return each[0] if len(each) == 1 else f"({' OR '.join(each)})"


def _ebsco(name: str, vocabularies: tuple[str, ...], heading: Callable[[Heading], str] | None,
           *can: str) -> Dialect:
    return Dialect(
        name=name,
        fields={ALL: "TX ({})", TITLE: "TI ({})", TEXT: "TI ({0}) OR AB ({0}) OR SU ({0})", frozenset({"abstract"}): "AB ({})",
                TITLE_ABSTRACT: "TI ({0}) OR AB ({0})", frozenset({"author"}): "AU ({})",
                frozenset({"affiliation"}): "AF ({})", frozenset({"journal"}): "SO ({})"},
        replaced={TIAB: TITLE_ABSTRACT},
        widens={ALL: "TX looks in whole texts too, where EBSCO has them"},
        approximates={TEXT: "searched in title, abstract and subjects"},
        vocabularies=vocabularies, grouped=True, quote_words=True,
        signs={"*": "*", "?": "#", "#": "?"}, leading=False, never_last="#", near=_near, near_ordered=True, heading=heading,
        can=frozenset(can), line="S{}", years=_years, languages=_languages)


TARGETS = (
    _ebsco("cinahl", ("cinahl",), _cinahl_heading, "explode", "no-explode", "major"),
    _ebsco("ebsco-psycinfo", ("apa",), _descriptor, "no-explode", "major"),
    _ebsco("ebsco-eric", (), None),
)
