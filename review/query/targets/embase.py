"""Embase.com: fields behind a group (:ti,ab,kw), single quotes, NEAR/n and NEXT/n, 'x'/exp; Emtree headings.

NEAR/n counts one more than the words between.
"""

from __future__ import annotations

from review.query.languages import LANGUAGES
from review.query.targets.dialect import Dialect
from review.query.tree import ALL, TEXT, TIAB, TITLE, TITLE_ABSTRACT, Heading, Near, Range


def _near(node: Near, operands: tuple[str, ...]) -> str:
    sign = "NEXT" if node.ordered else "NEAR"
    return "(" + f" {sign}/{node.distance + 1} ".join(operands) + ")"


def _heading(heading: Heading) -> str:
    text = heading.text.replace("'", " ").strip().casefold()
    kind = "exp" if heading.explode else "de"
    if heading.major:
        kind = "exp/mj" if heading.explode else "mj"
    return f"'{text}'/{kind}"


def _years(span: Range) -> str:
    return f"[{span.low or '1000'}-{span.high or '3000'}]/py"


def _languages(codes: tuple[str, ...]) -> str:
    each = [f"[{LANGUAGES.get(c, c)}]/lim" for c in codes]
    return each[0] if len(each) == 1 else f"({' OR '.join(each)})"


TARGET = Dialect(
    name="embase",
    fields={ALL: "{}", TIAB: "({}):ti,ab,kw", TEXT: "({}):ti,ab,kw,de", TITLE: "({}):ti", TITLE_ABSTRACT: "({}):ti,ab",
            frozenset({"abstract"}): "({}):ab", frozenset({"keywords"}): "({}):kw",
            frozenset({"author"}): "({}):au", frozenset({"affiliation"}): "({}):ff",
            frozenset({"journal"}): "({}):jt"},
    approximates={TEXT: "searched in title, abstract, author keywords and index terms"},
    vocabularies=("emtree",),
    grouped=True,
    quote_words=True,
    quotes=("'", "'"),
    signs={"*": "*", "?": "$", "#": "?"},
    wild_phrase=lambda words: f"({' NEXT/1 '.join(words)})",       # its help: between quotes a wildcard means nothing
    near=_near,
    near_ordered=True,
    heading=_heading,
    can=frozenset({"explode", "no-explode", "major"}),
    line="#{}",
    years=_years,
    languages=_languages,
)
