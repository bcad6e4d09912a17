"""One record for a report: the best of each field over the records that describe it, every id kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from review.dedup import places, titles
from review.model import Record, replace

T = TypeVar("T")


def merged(records: Sequence[Record], order: Sequence[str] = ()) -> Record:
    """The best of each field over one report's records.

    `order` names record ids, searches or databases, the most trusted first; it settles which record leads
    (gives id, search and database) and breaks ties. Raises ValueError where there is no record.
    """
    if not records:
        raise ValueError("a report has at least one record")
    ranked = sorted(records, key=lambda r: (_place_in(r, order), -_completeness(r)))
    lead = ranked[0]
    if len(ranked) == 1:
        return lead
    title, others = _titles(ranked)
    place = max(ranked, key=_placed)
    return replace(
        lead, ids=_ids(ranked), title=title, titles_other=others, authors=_authors(ranked),
        year=place.year or _first(ranked, lambda r: r.year), journal=_journal(ranked),
        volume=place.volume or _text(ranked, lambda r: r.volume), issue=place.issue or _text(ranked, lambda r: r.issue),
        pages=_pages(place, ranked), abstract=_longest(r.abstract for r in ranked), snippet=_longest(r.snippet for r in ranked),
        summary=_longest(r.summary for r in ranked), keywords=_union(r.keywords for r in ranked),
        mesh=_union(r.mesh for r in ranked), language=_text(ranked, lambda r: r.language), kind=_text(ranked, lambda r: r.kind),
        publication_types=_union(r.publication_types for r in ranked), notices=_union(r.notices for r in ranked),
        orcids=_union(r.orcids for r in ranked), grants=_union(r.grants for r in ranked),
        dates={k: v for r in reversed(ranked) for k, v in r.dates.items()}, url=_text(ranked, lambda r: r.url))


def _place_in(record: Record, order: Sequence[str]) -> int:
    names = (record.id, record.search, record.database)
    return min((i for i, name in enumerate(order) if name and name in names), default=len(order))


def _completeness(record: Record) -> int:
    """How many of the fields that readers of a record need it has; the abstract counts twice."""
    return sum(map(bool, (record.abstract, record.abstract, record.title, record.authors, record.year, record.journal,
                          record.volume, record.pages, record.ids.get("doi"), record.ids.get("pmid"))))


def _first(records: Iterable[Record], get: Callable[[Record], T | None]) -> T | None:
    return next((v for v in map(get, records) if v), None)


def _text(records: Iterable[Record], get: Callable[[Record], str]) -> str:
    return next((v for v in map(get, records) if v), "")


def _longest(texts: Iterable[str]) -> str:
    return max(texts, key=len, default="")


def _union(values: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    out: dict[str, str] = {}
    for group in values:
        for value in group:
            out.setdefault(value.casefold(), value)
    return tuple(out.values())


def _ids(records: Sequence[Record]) -> dict[str, str]:
    """All ids; a second value of one kind gets a number ("doi_2"), since two DOIs of a paper are both its own."""
    out: dict[str, str] = {}
    for record in records:
        for kind, value in record.ids.items():
            name, n = kind, 1
            while name in out and out[name].casefold() != value.casefold():
                n += 1
                name = f"{kind}_{n}"
            out.setdefault(name, value)
    return out


def _titles(records: Sequence[Record]) -> tuple[str, tuple[str, ...]]:
    """The fullest title, and those in other words."""
    given = dict.fromkeys(r.title for r in records if r.title)
    others = dict.fromkeys(t for r in records for t in r.titles_other if t not in given)
    if len(given) < 2 and not others:
        return next(iter(given), ""), ()
    read = {text: titles.read(text).forms for text in (*given, *others)}

    def worth(text: str) -> tuple[bool, bool, int]:
        forms = read[text]
        shouted = text.upper() == text and text.lower() != text
        return (bool(forms) and not forms[0].cut, not shouted and not any(f.bracketed for f in forms),
                len(forms[0].key) if forms else 0)

    best = max(given or others, key=worth)
    seen = {f.key for f in read[best]}
    apart = []
    for text in (*given, *others):
        keys = {f.key for f in read[text]}
        if keys and not keys & seen and not any(s.startswith(k) or k.startswith(s) for k in keys for s in seen):
            apart.append(text)
            seen |= keys
    return best, tuple(apart)


def _authors(records: Sequence[Record]) -> tuple[str, ...]:
    """The longest list; of equal ones that with the fullest names."""
    return max((r.authors for r in records), key=lambda a: (len(a), sum(map(len, a))))


def _journal(records: Sequence[Record]) -> str:
    """The name in full rather than its abbreviation, without what databases hang on in brackets."""
    named = [r.journal for r in records if r.journal]
    return max(named, key=lambda j: (sum(map(len, places.journal(j).words)), -len(j)), default="")


def _placed(record: Record) -> tuple[bool, bool, int]:
    """Final print before ahead of print: a volume, pages, then the later year."""
    return (bool(record.volume), bool(record.pages), record.year or 0)


def _pages(place: Record, records: Sequence[Record]) -> str:
    """The pages of the chosen record, or the fuller form of the same ones ("123-129" rather than "123")."""
    chosen = places.pages(place.pages)
    same = [r.pages for r in records if places.pages(r.pages).first == chosen.first and chosen.first]
    ranged = [p for p in same if places.pages(p).last]
    return _longest(ranged or same) or place.pages or _longest(r.pages for r in records)
