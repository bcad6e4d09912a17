"""Cochrane Library: fields behind a group (:ti,ab,kw), [mh "X"], NEAR/n and NEXT/n; years are set on the website."""

from __future__ import annotations

from review.query.targets.dialect import Dialect
from review.query.tree import ALL, TEXT, TIAB, TITLE, TITLE_ABSTRACT, Heading, Near


def _near(node: Near, operands: tuple[str, ...]) -> str:
    return "(" + f" {'NEXT' if node.ordered else 'NEAR'}/{node.distance + 1} ".join(operands) + ")"


def _heading(heading: Heading) -> str:
    text = heading.text.replace('"', " ").strip()
    return f'[mh {"" if heading.explode else "^"}"{text}"]'


TARGET = Dialect(
    name="cochrane",
    fields={ALL: "{}", TIAB: "({}):ti,ab,kw", TEXT: "({}):ti,ab,kw", TITLE: "({}):ti", TITLE_ABSTRACT: "({}):ti,ab",
            frozenset({"abstract"}): "({}):ab", frozenset({"keywords"}): "({}):kw",
            frozenset({"author"}): "({}):au", frozenset({"journal"}): "({}):so"},
    approximates={TEXT: "searched in title, abstract, author keywords and index terms"},
    widens={TIAB: "searched in title, abstract, author keywords and index terms"},
    vocabularies=("mesh",),
    grouped=True,
    quote_words=True,
    signs={"*": "*", "#": "?"},
    wild_phrase=lambda words: f"({' NEXT '.join(words)})",     # between quotes a wildcard means nothing
    near=_near,
    near_ordered=True,
    near_counts="a number one higher than the words between, so that nothing is missed",
    line="#{}",
    heading=_heading,
    can=frozenset({"explode", "no-explode"}),
)
