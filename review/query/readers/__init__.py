"""Reading published strategies: PubMed syntax, Ovid line by line, and the JSON files of search-query.

    strategy = read(text, "ovid-medline")
    strategy.tree, strategy.notes
"""

from __future__ import annotations

import json
from typing import Any

from review.model import ReviewError
from review.query import databases
from review.query.readers import lines, ovid
from review.query.readers.strategy import Line, Strategy

# Database -> the vocabulary of the headings in an Ovid strategy for it.
_OVID = {"ovid-medline": "mesh", "medline": "mesh", "ovid-embase": "emtree", "ovid-psycinfo": "apa"}


def names() -> tuple[str, ...]:
    """The databases whose strategies can be read."""
    return ("pubmed", *sorted(_OVID))


def read(text: str, database: str) -> Strategy:
    """A strategy in the syntax of a database; a JSON search file is recognised by its braces.

    ReviewError: code "query-syntax" with the place and a repair; "no-reader" for other databases.
    """
    text = text.removeprefix("\ufeff")
    if text.lstrip().startswith("{"):
        text, named = _from_json(text)
        database = database or named
    name = databases.canonical(database)
    if name == "pubmed":
        return lines.read(text)
    if name in _OVID:
        return ovid.read(text, _OVID[name])
    raise ReviewError(f"Strategies for {databases.title(database)} can't be read. Those for "
                      f"{', '.join(map(databases.title, names()))} can; for others write the concepts by hand.",
                      code="no-reader")


def _from_json(text: str) -> tuple[str, str]:
    """The string and the platform of a search file as search-query writes it (search_string, platform)."""
    try:
        data: Any = json.loads(text)
    except json.JSONDecodeError as error:
        raise ReviewError(f"The search file, line {error.lineno}: it is not valid JSON ({error.msg}). "
                          "Give the string itself, or repair the file.", code="query-syntax",
                          line=error.lineno) from None
    if not isinstance(data, dict) or not isinstance(data.get("search_string"), str):
        raise ReviewError("The search file has no text under \"search_string\".", code="query-syntax", line=1)
    return data["search_string"], str(data.get("platform", ""))


__all__ = ["Line", "Strategy", "names", "read"]
