"""Ovid's `limit 5 to ...`: years, languages, humans and animals; others are named and left out."""

from __future__ import annotations

import re
from collections.abc import Callable

from review.query.readers.strategy import Source
from review.query.targets.dialect import LANGUAGES
from review.query.tree import And, Heading, Language, Node, Range

_LIMIT = re.compile(r"limit\s+(\d+)\s+to\s+(.+)$", re.IGNORECASE)
_YEARS = re.compile(r"yr\s*=\s*[\"“]?\s*([0-9]{4})\s*(?:-\s*([0-9]{4}|current)?)?\s*[\"”]?", re.IGNORECASE)
_LANGUAGES = {name: code for code, name in LANGUAGES.items()}


def limited(source: Source, body: str, line: Callable[[str], Node]) -> Node:
    """The line with its limits; each that can't be said as a search is left out with a note."""
    match = _LIMIT.match(body)
    if not match:
        raise source.fail(0, "the limit has no end", 'Write limit 5 to yr="2000-Current".')
    parts: list[Node] = [line(match.group(1))]
    for limit in re.split(r"\s+and\s+", match.group(2).strip().strip("()")):
        text = limit.strip().strip("()\"“” ").casefold()
        if years := _YEARS.search(limit):
            last = years.group(2) or ("" if "-" in limit else years.group(1))
            parts.append(Range(years.group(1), "" if last.casefold() == "current" else last))
        elif spoken := _languages(text):
            parts.append(Language(spoken))
        elif text in ("humans", "human"):
            # Ovid's limit: what is indexed with Humans, so nothing that is not indexed yet.
            parts.append(Heading("Humans", explode=False))
        elif text in ("animals", "animal"):
            parts.append(Heading("Animals", explode=False))
        else:
            source.note(body.find(limit.strip()), "limit-left-out",
                        f"The limit {limit.strip()!r} has no search behind it here: left out, which finds more.")
    return And(tuple(parts)) if len(parts) > 1 else parts[0]


def _languages(text: str) -> tuple[str, ...]:
    """The codes of "english", "english language" or "english or chinese"; () for anything else."""
    names = [name.strip().removesuffix(" language") for name in text.split(" or ")]
    return tuple(_LANGUAGES[n] for n in names) if all(n in _LANGUAGES for n in names) else ()
