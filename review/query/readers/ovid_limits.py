"""Ovid's `limit 5 to ...`: years, languages, humans and animals; others are named and left out."""

from __future__ import annotations

import re
from collections.abc import Callable

from review.query.languages import LANGUAGES
from review.query.readers.ovid_fields import DATES
from review.query.readers.strategy import Source
from review.query.tree import And, Heading, Language, Node, Range

_LIMIT = re.compile(r"limit\s+(\d+)\s+to\s+(.+)$", re.IGNORECASE)
_YEARS = re.compile(r"yr\s*=\s*[\"“]?\s*([0-9]{4})?\s*(?:([-–])\s*([0-9]{4}|current)?)?\s*[\"”]?\s*", re.IGNORECASE)
_DAYS = re.compile(r"(dt|da|ed|em|ez|up)\s*=\s*[\"“]?\s*([0-9]{4,8})?\s*(?:([-–])\s*([0-9]{4,8}|current)?)?\s*[\"”]?\s*",
                   re.IGNORECASE)
_LANGUAGES = {name: code for code, name in LANGUAGES.items()}


def limited(source: Source, line: Callable[[str], Node]) -> Node:
    """The line with its limits; each that can't be said as a search is left out with a note."""
    match = _LIMIT.search(source.text)
    if not match:
        raise source.fail(len(source.text) - len(source.text.lstrip()), "the limit has no end",
                          'Write limit 5 to yr="2000-Current".')
    parts: list[Node] = [line(match.group(1))]
    for limit in re.split(r"\s+and\s+", match.group(2).strip().strip("()")):
        text = limit.strip().strip("()\"“” ").casefold()
        if span := _span(limit.strip().strip("()")):
            parts.append(span)
        elif spoken := _languages(text):
            parts.append(Language(spoken))
        elif text in ("humans", "human"):
            # Ovid's limit: what is indexed with Humans, so nothing that is not indexed yet.
            parts.append(Heading("Humans", explode=False))
        elif text in ("animals", "animal"):
            parts.append(Heading("Animals", explode=False))
        else:
            source.note(source.text.find(limit.strip(), match.start(2)), "limit-left-out",
                        f"The limit {limit.strip()!r} has no search behind it here: left out, which finds more.")
    return And(tuple(parts)) if len(parts) > 1 else parts[0]


def _span(limit: str) -> Range | None:
    """yr="2000-Current", yr="-2010", dt="20200101-20201231": years, or dates to the day."""
    match = _YEARS.fullmatch(limit) or _DAYS.fullmatch(limit)
    if not match:
        return None
    *name, low, dash, high = match.groups()
    high = "" if (high or "").casefold() == "current" else high or ("" if dash else low)
    if not low and not high:
        return None
    return Range(_date(low or ""), _date(high or ""), DATES[name[0].lower()] if name else "year")


def _date(digits: str) -> str:
    """20200131 -> 2020/01/31."""
    return "/".join(filter(None, (digits[:4], digits[4:6], digits[6:8])))


def _languages(text: str) -> tuple[str, ...]:
    """The codes of "english", "english language" or "english or chinese"; () for anything else."""
    names = [name.strip().removesuffix(" language") for name in text.split(" or ")]
    return tuple(_LANGUAGES[n] for n in names) if all(n in _LANGUAGES for n in names) else ()
