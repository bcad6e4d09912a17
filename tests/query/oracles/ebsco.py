"""EBSCOhost: two-letter fields before a group, Nn and Wn, `*` any, `?` one, `#` one or none (EBSCO Connect help).

SU looks in headings and the author's keywords, MW in the words of headings. CINAHL: MH a heading, + with its
narrower ones, MM a major one; APA PsycInfo: DE a heading of the thesaurus, MM a major one, without narrower ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from review.query.tree import ALL, Fields, Heading, Node
from tests.query.oracles.grammar import ABSTRACT, INDEX, KEYWORDS, TITLE, Grammar, boolean, proximity
from tests.query.oracles.words import language, years

FIELDS: dict[str, Fields] = {
    "TX": ALL, "TI": TITLE, "AB": ABSTRACT, "SU": KEYWORDS | INDEX, "AU": frozenset({"author"}),
    "AF": frozenset({"affiliation"}), "SO": frozenset({"journal"}), "MW": INDEX,
}
_LIMITS: list[tuple[str, Callable[[re.Match[str]], Node]]] = [
    (r"PY (\d{4})-(\d{4})", lambda m: years(m[1], m[2])), (r"LA (\w+)", lambda m: language(m[1]))]


def _cinahl(match: re.Match[str]) -> Node:
    return Heading(match[2], "cinahl", bool(match[3]), match[1] == "MM")


def _apa(match: re.Match[str]) -> Node:
    return Heading(match[2], "apa", False, match[1] == "MM")


def _ebsco(*headings: tuple[str, Callable[[re.Match[str]], Node]]) -> Grammar:
    return Grammar(
        operators=[*boolean("(?i:AND)", "(?i:OR)", "(?i:NOT)"), proximity(r"N(\d+)"), proximity(r"W(\d+)", ordered=True)],
        before=FIELDS, before_sign=r"\s", wildcards={"*": "*", "?": "#", "#": "?"},
        special=[*headings, *_LIMITS], line=r"S(\d+)")


CINAHL = _ebsco((r'(MH|MM) "?([^")+]*)(\+?)"?', _cinahl))
PSYCINFO = _ebsco((r'(DE|MM) "?([^")]*)"?', _apa))
ERIC = _ebsco()
