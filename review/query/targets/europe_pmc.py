"""Europe PMC: fields before the term (TITLE:, ABSTRACT:, KW:); no proximity, no headings of its own."""

from __future__ import annotations

from review.query.targets.dialect import Dialect
from review.query.tree import ALL, TIAB, TITLE, TITLE_ABSTRACT, Range

# ISO 639-1 -> the three letters that Europe PMC writes; others stay as they are.
_LANGUAGES = {"en": "eng", "zh": "chi", "fr": "fre", "de": "ger", "es": "spa", "pt": "por", "ja": "jpn",
              "ko": "kor", "ru": "rus", "it": "ita"}


def _years(span: Range) -> str:
    return f"PUB_YEAR:[{span.low or '1000'} TO {span.high or '3000'}]"


def _languages(codes: tuple[str, ...]) -> str:
    each = [f"LANG:{_LANGUAGES.get(c, c)}" for c in codes]
    return each[0] if len(each) == 1 else f"({' OR '.join(each)})"


TARGET = Dialect(
    name="europe-pmc",
    fields={ALL: "{}", TITLE: "TITLE:{}", frozenset({"abstract"}): "ABSTRACT:{}", frozenset({"keywords"}): "KW:{}",
            TITLE_ABSTRACT: "TITLE:{0} OR ABSTRACT:{0}", TIAB: "TITLE:{0} OR ABSTRACT:{0} OR KW:{0}",
            frozenset({"author"}): "AUTH:{}", frozenset({"affiliation"}): "AFF:{}",
            frozenset({"journal"}): "JOURNAL:{}"},
    widens={ALL: "searched in whole texts too, where Europe PMC has them",
            TIAB: "KW: looks in MeSH terms too",
            frozenset({"keywords"}): "KW: looks in MeSH terms too"},
    quote_words=True,
    leading=False,
    signs={"*": "*"},
    phrase_wild=False,
    years=_years,
    languages=_languages,
)
