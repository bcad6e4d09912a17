"""Which of a report's records is the one to cite, and which others speak of the same place in print.

A report may hold records of different documents: people join a preprint with its article, an abstract with its paper.
Journal, year, volume and pages that come from several of these make a reference that exists nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence

from review.dedup import places
from review.dedup.features import is_preprint
from review.model import Record

SAME_NAME = 0.85                # from here on two names are one journal's for sure
OTHER_NAME = 0.6                # below, they are two journals'


def to_cite(records: Sequence[Record]) -> Record:
    """The record with a place in print, of an article rather than of a preprint, and the fullest: a volume, pages, a
    journal, then the later year. Of equal ones the first."""
    return max(records, key=lambda r: (
        bool(r.journal or r.volume or r.pages), not is_preprint(r), bool(r.volume), bool(r.pages), bool(r.journal),
        r.year or 0, bool(r.issue)))


def same_place(a: Record, b: Record) -> bool:
    """Whether two records can be of one document in one place: nothing that both tell contradicts.

    A year off by one is none (ahead of print), nor a journal's name in another script, nor a page beside an article's
    number. One volume and first page outweigh the rest.
    """
    if is_preprint(a) != is_preprint(b):
        return False
    volume, pages = _same_volume(a, b), _same_pages(a, b)
    if volume and pages:
        return True
    if volume is False or pages is False:
        return False
    if a.year and b.year and abs(a.year - b.year) > 1:
        return False
    return _same_journal(a, b) is not False


def _same_volume(a: Record, b: Record) -> bool | None:
    x, y = places.numbers(a.volume), places.numbers(b.volume)
    return not set(x).isdisjoint(y) if x and y else None


def _same_pages(a: Record, b: Record) -> bool | None:
    x, y = places.pages(a.pages), places.pages(b.pages)
    if not x.first or not y.first:
        return None
    if x.first == y.first:
        return True
    return None if x.also or y.also or places.is_electronic(x) or places.is_electronic(y) else False


def _same_journal(a: Record, b: Record) -> bool | None:
    x, y = places.journal(a.journal), places.journal(b.journal)
    if not x.words or not y.words or x.name.isascii() != y.name.isascii():
        return None
    alike = places.same_journal(x, y)
    return True if alike >= SAME_NAME else None if alike >= OTHER_NAME else False


def journal(cited: Record, agreeing: Sequence[Record]) -> str:
    """The journal of the cited record, its name in full where one that agrees gives it so, without what databases hang on
    in brackets; where it names none, the fullest name of those that agree."""
    own = places.journal(cited.journal)
    named = [r.journal for r in agreeing if r.journal and (
        not own.words or own.cut or _same_journal(cited, r) or (_same_volume(cited, r) and _same_pages(cited, r)
                                                                and own.name.isascii()))]
    return max(named, key=lambda j: (sum(map(len, places.journal(j).words)), -len(j)), default=cited.journal)


def pages(cited: Record, agreeing: Sequence[Record]) -> str:
    """The pages of the cited record, or the fuller form of the same ones ("123-129" rather than "123")."""
    chosen = places.pages(cited.pages)
    same = [r.pages for r in agreeing if places.pages(r.pages).first == chosen.first and chosen.first]
    ranged = [p for p in same if places.pages(p).last]
    return max(ranged or same, key=len, default="") or cited.pages or max((r.pages for r in agreeing), key=len)
