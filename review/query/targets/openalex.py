"""OpenAlex: the value of the filter title_and_abstract.search; words are stemmed, no signs, no proximity.

Years and languages are filters of their own: publication_year, language.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from review.query.targets.dialect import Dialect
from review.query.tree import ALL, TIAB, TITLE_ABSTRACT, Range


def _params(years: Range | None, languages: tuple[str, ...]) -> dict[str, Any]:
    out: dict[str, Any] = {"filter": "title_and_abstract.search"}
    if years:
        out["years"] = f"{years.low}-{years.high}"
    if languages:
        out["languages"] = "|".join(languages)
    return out


def _exceeds(string: str) -> str:
    """The whole address of a request takes about 4 KB (OpenAlex, searching): some room is left for the rest of it."""
    size = len(quote(string))
    return f"take more than 3800 characters in the address of a request (these are {size})" if size > 3_800 else ""


TARGET = Dialect(
    name="openalex",
    fields={TITLE_ABSTRACT: "{}"},
    replaced={TIAB: TITLE_ABSTRACT, ALL: TITLE_ABSTRACT},
    quote_words=True,
    word_forms="OpenAlex looks for the stem of every word by itself (policy finds policies), also between quotation marks.",
    params=_params,
    exceeds=_exceeds,
)
