"""The verdict on a pair, and questions about a comparison that several rules ask."""

from __future__ import annotations

from typing import NamedTuple

from review.dedup.compare import Comparison
from review.dedup.vocabulary import OCCASIONS


class Ruling(NamedTuple):
    """A verdict without its record ids; `source` is 0 or 1: which of the two is the preprint, erratum, ..."""

    kind: str                       # same, related, possible, different
    rule: str
    score: float
    type: str = ""
    source: int = 0


_NOT_ARTICLES = frozenset({"conference-abstract", "conference-paper", "book", "book-chapter", "thesis"})
DIFFERENT = Ruling("different", "", 0.0)


def alike(c: Comparison) -> bool:
    """Titles close enough for two documents that have to do with each other."""
    return c.title in ("equal", "near") or c.title_ratio >= (0.6 if c.title in ("contained", "truncated") else 0.8)


def telling(c: Comparison) -> bool:
    """Whether a title is long enough to be one document's alone."""
    form = min((f.title.forms[0] for f in (c.a, c.b)), key=lambda t: len(t.key))
    return len(form.words) >= (10 if form.han else 6) and len(form.key) >= (10 if form.han else 40)


def short(c: Comparison) -> bool:
    """Whether a title has one or two words only."""
    return any(f.title.forms and f.title.forms[0].short for f in (c.a, c.b))


def begins_alike(c: Comparison) -> bool:
    """Whether one title, however short, is the beginning of the other: enough beside an identifier."""
    return any(min(len(s.key), len(t.key)) >= 8 and (s.key.startswith(t.key) or t.key.startswith(s.key))
               for s in c.a.title.forms for t in c.b.title.forms)


def contradicted(c: Comparison) -> bool:
    """Whether any field speaks against one report."""
    if "differ" in (c.pages, c.volume, c.journal, c.doi, c.pmid, c.pmcid, c.abstract):
        return True
    if c.journal != "same" and c.pages != "same" and _other_kind(c):
        return True
    if c.a.supplement != c.b.supplement and c.issue != "unknown" and c.pages != "same" and c.abstract != "same":
        return True
    return c.issue == "differ" and c.pages != "same" and not c.locator_kind and c.doi != "same"


def _other_kind(c: Comparison) -> bool:
    """Whether one record says that it is a journal's article and the other a meeting's or a book's."""
    x, y = c.a.record.kind, c.b.record.kind
    names = c.a.journal.words, c.b.journal.words
    if all(names) and OCCASIONS.isdisjoint(names[0]) != OCCASIONS.isdisjoint(names[1]):
        return True
    return (x == "journal-article" and y in _NOT_ARTICLES) or (y == "journal-article" and x in _NOT_ARTICLES)


def irreconcilable(c: Comparison) -> bool:
    """Whether two records cannot be of one report, even where a third one is like both."""
    if c.numbers_differ and c.title in ("similar", "contained", "truncated") and c.pages != "same":
        return True
    if c.pages != "differ" or c.last_page == "same":
        return False
    return c.journal == "differ" or c.doi == "differ" or c.pmid == "differ" or c.volume == "differ"
