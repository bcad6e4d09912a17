"""Web of Science: TS=( ) and other fields around a group, `* ? $`, NEAR/n."""

from __future__ import annotations

import re

from review.query.languages import LANGUAGES
from review.query.targets.dialect import Dialect, words_between
from review.query.tree import ALL, TEXT, TIAB, TITLE, Range


def _years(span: Range) -> str:
    return f"PY={span.low or '1000'}-{span.high or '3000'}"


def _languages(codes: tuple[str, ...]) -> str:
    return "LA=(" + " OR ".join(LANGUAGES.get(c, c).title() for c in codes) + ")"


def _exceeds(string: str) -> str:
    """Search rules: 16,000 characters; 49 operators where all fields are searched."""
    operators = len(re.findall(r" (?:AND|OR|NOT|NEAR/\d+) ", string))
    if "ALL=(" in string and operators > 49:
        return f"take more than 49 operators where all fields are searched (these are {operators})"
    return f"take more than 16000 characters (these are {len(string)})" if len(string) > 16_000 else ""


TARGET = Dialect(
    name="web-of-science",
    fields={ALL: "ALL=({})", TIAB: "TS=({})", TEXT: "TS=({})", TITLE: "TI=({})", frozenset({"abstract"}): "AB=({})",
            frozenset({"keywords"}): "AK=({})", frozenset({"author"}): "AU=({})",
            frozenset({"affiliation"}): "AD=({})", frozenset({"journal"}): "SO=({})"},
    approximates={TEXT: "searched in title, abstract, author keywords and Keywords Plus"},
    widens={TIAB: "searched in title, abstract, author keywords and Keywords Plus"},
    grouped=True,
    quote_words=True,
    signs={"*": "*", "#": "?", "?": "$"},
    near=words_between("NEAR/{n}"),
    near_nested=True,
    line="#{}",
    years=_years,
    languages=_languages,
    stem=3,
    stem_inside=False,
    exceeds=_exceeds,
)
