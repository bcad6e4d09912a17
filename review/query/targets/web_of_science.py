"""Web of Science: TS=( ) and other fields around a group, `* ? $`, NEAR/n."""

from __future__ import annotations

from review.query.targets.dialect import LANGUAGES, Dialect, words_between
from review.query.tree import ALL, TEXT, TIAB, TITLE, Range


def _years(span: Range) -> str:
    return f"PY={span.low or '1000'}-{span.high or '3000'}"


def _languages(codes: tuple[str, ...]) -> str:
    return "LA=(" + " OR ".join(LANGUAGES.get(c, c).title() for c in codes) + ")"


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
    limit=16_000,
)
