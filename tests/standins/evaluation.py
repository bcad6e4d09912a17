"""An evaluator of simple PubMed strings, the stand-in's own, written apart from the one under test.

Words and phrases, field tags, truncation, brackets, AND, OR and NOT from left to right, ranges of dates and PMIDs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.standins.corpus import Corpus


class SearchFailed(Exception):
    """The string can't be parsed."""


def plain(text: str) -> str:
    """Words in lower case with single blanks, a bar where one element ends."""
    return " " + " ".join(re.findall(r"\w+|\|", text.lower().replace("-", " "))) + " "


NAMES = {
    "all fields": "all",
    "all": "all",
    "title": "ti",
    "ti": "ti",
    "title/abstract": "tiab",
    "tiab": "tiab",
    "ab": "ab",
    "tw": "all",
    "text word": "all",
    "mesh terms": "mh",
    "mh": "mh",
    "mesh": "mh",
    "majr": "mh",
    "author": "au",
    "au": "au",
    "journal": "ta",
    "ta": "ta",
    "la": "la",
    "language": "la",
    "pt": "pt",
    "publication type": "pt",
    "ot": "ot",
    "ad": "ad",
    "dp": "dp",
    "pdat": "dp",
    "edat": "edat",
    "pmid": "uid",
    "uid": "uid",
}
DATE = r"\d{4}(?:/\d{1,2}(?:/\d{1,2})?)?"
TOKEN = re.compile(
    rf'''\s*(?:(?P<open>\()|(?P<close>\))
    |(?P<range>"?{DATE}"?\s*:\s*"?{DATE}"?(?=\s*\[)|"{DATE}"\[[a-z]+\]\s*:\s*"{DATE}"(?=\s*\[)|\d+:\d+(?=\s*\[))
    |"(?P<phrase>[^"]*)"|(?P<word>[^\s()"\[\]]+))(?:\s*\[(?P<tag>[^\]]*)\])?''',
    re.X | re.I,
)


class Evaluation:
    """One string over one corpus: operators from left to right, adjacent terms are ANDed."""

    def __init__(self, corpus: Corpus, term: str) -> None:
        self.corpus, self.said = corpus, list[tuple[str, str]]()
        self.tokens: list[re.Match[str]] = []
        place = 0
        while term[place:].strip():
            match = TOKEN.match(term, place)
            if not match:
                raise SearchFailed(term)
            self.tokens.append(match)
            place = match.end()
        self.at = 0

    def result(self) -> tuple[frozenset[str], str, list[tuple[str, str]]]:
        """(PMIDs, translation, what to say)."""
        if not self.tokens:
            raise SearchFailed("empty")
        found, translation = self._expression()
        if self.at < len(self.tokens):
            raise SearchFailed("a bracket too many")
        return found or frozenset(), translation, self.said

    def _expression(self) -> tuple[frozenset[str] | None, str]:
        """Terms up to a closing bracket. None is a term that was left out."""
        value, translation = self._operand()
        while self.at < len(self.tokens) and not self.tokens[self.at]["close"]:
            operator = "AND"
            if self._operator():
                operator = str(self.tokens[self.at]["word"])
                self.at += 1
            other, words = self._operand()
            translation += f" {operator} {words}"
            if other is None:
                continue
            if value is None:
                value = other if operator != "NOT" else self.corpus.all() - other
            elif operator == "AND":
                value &= other
            elif operator == "OR":
                value |= other
            else:
                value -= other
        return value, translation

    def _operator(self) -> bool:
        token = self.tokens[self.at]
        return token["word"] in ("AND", "OR", "NOT") and token["tag"] is None

    def _operand(self) -> tuple[frozenset[str] | None, str]:
        if self.at >= len(self.tokens) or self.tokens[self.at]["close"] or self._operator():
            raise SearchFailed("a term is missing")
        token = self.tokens[self.at]
        self.at += 1
        if not token["open"]:
            return self._term(token)
        value, translation = self._expression()
        if self.at >= len(self.tokens):
            raise SearchFailed("a bracket is not closed")
        self.at += 1
        return value, f"({translation})"

    def _term(self, token: re.Match[str]) -> tuple[frozenset[str] | None, str]:
        tag = (token["tag"] or "all").lower().partition(":")[0].strip()
        if tag not in NAMES:
            self.said.append(("FieldNotFound", tag))
        field = NAMES.get(tag, "all")
        text = token["range"] or token["phrase"] or token["word"] or ""
        if token["range"]:
            return self._range(field, text), f"{text}[{field}]"
        if field == "uid":
            return frozenset({text}) & self.corpus.all(), f"{text}[uid]"
        found = self._matching(field, text)
        if not found and token["phrase"] and " " in text:
            self.said.append(("QuotedPhraseNotFound", f'"{text}"'))
            found = self.corpus.all()
            for word in text.split():
                found &= self._matching(field, word)
        elif not found:
            self.said.append(("PhraseNotFound", text))
            return None, ""
        return found, f'"{text}"[{field}]'

    def _matching(self, field: str, text: str) -> frozenset[str]:
        if not self.corpus.items:  # made records answer every string
            return self.corpus.all()
        words = plain(text.rstrip("*"))
        needle = words.rstrip() if text.endswith("*") else words
        return frozenset(p for p, item in self.corpus.items.items() if needle in item.fields[field])

    def _range(self, field: str, text: str) -> frozenset[str]:
        low, high = re.findall(r"[\d/]+", text)
        if field == "uid":
            return frozenset(p for p in self.corpus.all() if int(low) <= int(p) <= int(high))
        if field == "edat":
            return between(self.corpus, self.corpus.all(), low, high)
        return frozenset(
            p
            for p, item in self.corpus.items.items()
            if any(low[:4] <= y <= high[:4] for y in re.findall(r"\d{4}", item.fields["dp"]))
        )


def between(corpus: Corpus, pmids: Iterable[str], low: str, high: str) -> frozenset[str]:
    """Those that entered between two dates as E-utilities write them: YYYY, YYYY/MM or YYYY/MM/DD."""

    def bound(text: str, late: bool) -> date:
        parts = [int(p) for p in text.split("/")]
        if len(parts) == 3:
            return date(parts[0], parts[1], parts[2])
        year, month = parts[0], parts[1] if len(parts) == 2 else (12 if late else 1)
        if not late:
            return date(year, month, 1)
        return date(year, 12, 31) if month == 12 else date(year, month + 1, 1) - timedelta(1)

    first, last = bound(low, False), bound(high, True)
    return frozenset(p for p in pmids if first <= corpus.edat(p) <= last)
