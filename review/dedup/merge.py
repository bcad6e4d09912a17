"""One record for a report: the best of each field over the records that describe it, every id kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import TypeVar

from review.dedup import titles
from review.dedup.features import is_preprint
from review.dedup.reference import journal, pages, same_place, to_cite
from review.model import Record, replace

T = TypeVar("T")
_OF_THE_PLACE = frozenset({"issn", "eissn", "essn", "isbn"})


def merged(records: Sequence[Record], order: Sequence[str] = ()) -> Record:
    """The best of each field over one report's records.

    `order` names record ids, searches or databases, the most trusted first; it settles which record leads
    (gives id, search and database) and breaks ties. The place (journal, year, volume, issue, pages) is one record's, with
    gaps filled by those that agree with it; title, authors, kind and dates are of records that agree with it too,
    as far as these have them. Raises ValueError where there is no record.
    """
    if not records:
        raise ValueError("a report has at least one record")
    ranked = sorted(records, key=lambda r: (_place_in(r, order), is_preprint(r), -_completeness(r)))
    lead = ranked[0]
    if len(ranked) == 1:
        return lead
    cited = to_cite(ranked)
    own, rest = _parted(cited, ranked)
    alike = [r for r in ranked if is_preprint(r) == is_preprint(cited)]
    ranked = [*own, *rest]
    title, others = _titles(own, rest)
    return replace(
        lead, ids=_ids([cited, *own], rest), title=title, titles_other=others, authors=_authors(title, own, rest),
        year=cited.year or _first(own, lambda r: r.year), journal=journal(cited, own),
        volume=cited.volume or _text(own, lambda r: r.volume), issue=cited.issue or _text(own, lambda r: r.issue),
        pages=pages(cited, own), abstract=_longest(r.abstract for r in ranked), snippet=_longest(r.snippet for r in ranked),
        summary=_longest(r.summary for r in ranked), keywords=_union(r.keywords for r in ranked),
        mesh=_union(r.mesh for r in ranked), language=_text(ranked, lambda r: r.language), kind=_text(alike, lambda r: r.kind),
        publication_types=_union(r.publication_types for r in alike), notices=_union(r.notices for r in ranked),
        orcids=_union(r.orcids for r in ranked), grants=_union(r.grants for r in ranked),
        dates={k: v for r in reversed(alike) for k, v in r.dates.items()}, url=_text(ranked, lambda r: r.url))


def _parted(cited: Record, ranked: Sequence[Record]) -> tuple[list[Record], list[Record]]:
    """The records that agree with the cited one and with each other, and the rest, both in the order given."""
    own: list[Record] = [cited]
    rest: list[Record] = []
    for record in ranked:
        if record is not cited:
            (own if all(same_place(record, other) for other in own) else rest).append(record)
    return [r for r in ranked if any(r is o for o in own)], rest


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


def _ids(own: Sequence[Record], rest: Sequence[Record]) -> dict[str, str]:
    """All ids; a second value of one kind gets a number ("doi_2"), since two DOIs of a paper are both its own. The number
    of another journal or book than the cited one is never the first of its kind."""
    out: dict[str, str] = {}
    for record in (*own, *rest):
        for kind, value in record.ids.items():
            foreign = kind in _OF_THE_PLACE and kind not in out and not any(record is r for r in own)
            n = 2 if foreign else 1
            while out.get(name := kind if n == 1 else f"{kind}_{n}", value).casefold() != value.casefold():
                n += 1
            out.setdefault(name, value)
    return out


def _titles(own: Sequence[Record], rest: Sequence[Record]) -> tuple[str, tuple[str, ...]]:
    """The fullest title of the records that agree, and those in other words; the rest help where it is cut or missing."""
    given = dict.fromkeys(r.title for r in own if r.title) or dict.fromkeys(r.title for r in rest if r.title)
    further = dict.fromkeys(r.title for r in rest if r.title and r.title not in given)
    others = dict.fromkeys(t for r in (*own, *rest) for t in r.titles_other if t not in given and t not in further)
    if len(given) < 2 and not others and not further:
        return next(iter(given), ""), ()
    read = {text: _forms(text) for text in (*given, *further, *others)}

    def worth(text: str) -> tuple[bool, bool, int]:
        forms = read[text]
        shouted = text.upper() == text and text.lower() != text
        return (bool(forms) and not forms[0].cut, not shouted and not any(f.bracketed for f in forms),
                len(forms[0].key) if forms else 0)

    best = max(given or others, key=worth)
    if not worth(best)[0]:
        best = max((t for t in (*given, *further) if _same_words(read[best], read[t])), key=worth, default=best)
    seen = {f.key for f in read[best]}
    apart = []
    for text in (*given, *further, *others):
        keys = {f.key for f in read[text]}
        if keys and not keys & seen and not any(s.startswith(k) or k.startswith(s) for k in keys for s in seen):
            apart.append(text)
            seen |= keys
    return best, tuple(apart)


@lru_cache(maxsize=64)              # the titles of one report are read for several questions
def _forms(title: str) -> tuple[titles.Title, ...]:
    return titles.read(title).forms


def _alike(a: str, b: str) -> bool:
    return _same_words(_forms(a), _forms(b)) or _close(_forms(a), _forms(b))


def _same_words(a: Sequence[titles.Title], b: Sequence[titles.Title]) -> bool:
    """Whether two titles are one, of which either may lack its end."""
    return any(x.key.startswith(y.key) or y.key.startswith(x.key) for x in a for y in b if x.key and y.key)


def _close(a: Sequence[titles.Title], b: Sequence[titles.Title]) -> bool:
    """Whether two titles are one but for the spelling of some words."""
    from rapidfuzz import fuzz

    return any(fuzz.ratio(x.key, y.key) >= 85 for x in a for y in b)


def _authors(title: str, own: Sequence[Record], rest: Sequence[Record]) -> tuple[str, ...]:
    """The longest list beside the title that was chosen, else of a record that agrees, else of any; of equal ones that
    with the fullest names."""
    beside = [r for r in own if r.authors and (r.title == title or _alike(title, r.title))]
    lists = next((found for some in (beside, own, rest) if (found := [r.authors for r in some if r.authors])), [()])
    return max(lists, key=lambda a: (len(a), sum(map(len, a))))
