"""Scopus: TITLE-ABS-KEY( ) around a group, W/n and PRE/n; OR binds before AND, so every group has parentheses."""

from __future__ import annotations

from review.query.languages import LANGUAGES
from review.query.targets.dialect import Dialect
from review.query.tree import ALL, TEXT, TIAB, TITLE, TITLE_ABSTRACT, Near, Range


def _near(node: Near, operands: tuple[str, ...]) -> str:
    sign = "PRE" if node.ordered else "W"
    return "(" + f" {sign}/{node.distance} ".join(operands) + ")"


def _years(span: Range) -> str:
    parts = [f"PUBYEAR > {int(span.low) - 1}"] if span.low else []
    parts += [f"PUBYEAR < {int(span.high) + 1}"] if span.high else []
    return "(" + " AND ".join(parts) + ")"


def _languages(codes: tuple[str, ...]) -> str:
    each = [f"LANGUAGE({LANGUAGES.get(c, c)})" for c in codes]
    return each[0] if len(each) == 1 else f"({' OR '.join(each)})"


TARGET = Dialect(
    name="scopus",
    fields={ALL: "ALL({})", TIAB: "TITLE-ABS-KEY({})", TEXT: "TITLE-ABS-KEY({})",
            TITLE: "TITLE({})", TITLE_ABSTRACT: "TITLE-ABS({})",
            frozenset({"abstract"}): "ABS({})", frozenset({"keywords"}): "AUTHKEY({})",
            frozenset({"author"}): "AUTH({})", frozenset({"affiliation"}): "AFFIL({})",
            frozenset({"journal"}): "SRCTITLE({})"},
    approximates={TEXT: "searched in title, abstract, author keywords and index terms"},
    widens={ALL: "ALL looks in reference lists too", TIAB: "searched in title, abstract, author keywords and index terms"},
    grouped=True,
    quote_words=True,
    word_forms="Scopus adds plurals, possessives and other spellings (behavior, behaviour) to every word by itself, also "
               "between double quotation marks; only {braces} would look for the exact form.",
    signs={"*": "*", "#": "?"},
    operators=(" AND ", " OR ", " AND NOT "),
    near=_near,
    near_ordered=True,
    near_alternatives=False,        # no Boolean inside a proximity
    line="#{}",
    years=_years,
    languages=_languages,
)
