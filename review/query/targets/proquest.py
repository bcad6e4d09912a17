"""ProQuest: noft( ) is everything but the full text; TI( ), AB( ); NEAR/n and PRE/n."""

from __future__ import annotations

from review.query.languages import LANGUAGES
from review.query.targets.dialect import Dialect
from review.query.tree import ALL, TITLE, TITLE_ABSTRACT, Near, Range


def _near(node: Near, operands: tuple[str, ...]) -> str:
    return "(" + f" {'PRE' if node.ordered else 'NEAR'}/{node.distance + 1} ".join(operands) + ")"


def _years(span: Range) -> str:
    return f"YR({span.low or '1000'}-{span.high or '3000'})"


def _languages(codes: tuple[str, ...]) -> str:
    return "LA(" + " OR ".join(LANGUAGES.get(c, c).title() for c in codes) + ")"


TARGET = Dialect(
    name="proquest",
    fields={ALL: "noft({})", TITLE: "TI({})", frozenset({"abstract"}): "AB({})",
            TITLE_ABSTRACT: "TI({0}) OR AB({0})", frozenset({"author"}): "AU({})",
            frozenset({"affiliation"}): "AF({})", frozenset({"journal"}): "PUB({})"},
    grouped=True,
    quote_words=True,
    signs={"*": "*", "#": "?"},
    leading=False,
    longest=5,                      # ProQuest search tips; [*n] would stand for up to 20
    near=_near,
    near_ordered=True,
    near_counts="a number one higher than the words between, so that nothing is missed",
    line="[S{}]",
    years=_years,
    languages=_languages,
)
