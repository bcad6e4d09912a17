"""Which pairs are worth comparing: records that share a key. Blocks are bounded, so work grows with the records."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

from review.dedup.features import Features
from review.model import Issue

LARGEST = 60                                            # records a block; larger ones are cut up by further fields
CROWD = 1000                                            # records under one beginning that are worth a word
WINDOW = 8                                              # neighbours that a record of an uncuttable block meets


def candidates(records: Sequence[Features]) -> tuple[list[tuple[int, int]], list[Issue]]:
    """Pairs of positions (i < j) that share a key, sorted, and notes on blocks that were too large."""
    pairs: set[tuple[int, int]] = set()
    crowded: dict[str, int] = {}
    for keys in (_identifiers, _titles, _beginnings, _places, _people, _abstracts):     # one family at a time: less memory
        blocks: dict[str, list[int]] = defaultdict(list)
        for i, f in enumerate(records):
            for key in set(keys(f)):
                blocks[key].append(i)
        for key, members in blocks.items():
            if len(members) > 1:
                _add(pairs, members, records)
                if len(members) > (LARGEST if keys in (_identifiers, _titles) else CROWD):
                    crowded[key[:80]] = len(members)
    _add_rare_pairs(pairs, records)
    notes = [Issue("dedup-block", f"{n} records share “{key}”; each was compared with its nearest ones only. "
                   "Look through them by hand if duplicates among them matter.", severity="info")
             for key, n in sorted(crowded.items())]
    return sorted(pairs), notes


def _add_rare_pairs(pairs: set[tuple[int, int]], records: Sequence[Features]) -> None:
    """Pairs whose titles share two rare words; where many share two, other keys find the true pairs."""
    terms = [_terms(f) for f in records]
    frequency: Counter[str] = Counter()
    for t in terms:
        frequency.update(t)
    blocks: dict[tuple[str, str], list[int]] = defaultdict(list)
    for i, t in enumerate(terms):
        for key in _rare_pairs(t, frequency):
            blocks[key].append(i)
    for members in blocks.values():
        if 1 < len(members) <= LARGEST:
            pairs.update(combinations(members, 2))


def _add(pairs: set[tuple[int, int]], members: list[int], records: Sequence[Features]) -> None:
    """All pairs of a block; of a large one those that a further field brings together, and neighbours in content."""
    if len(members) <= LARGEST:
        pairs.update(combinations(members, 2))
        return
    for cut in (_by_author, _by_place):
        parts: dict[str, list[int]] = defaultdict(list)
        for i in members:
            parts[cut(records[i])].append(i)
        for name, part in parts.items():
            if name and len(part) <= LARGEST:
                pairs.update(combinations(part, 2))
    ordered = sorted(members, key=lambda i: records[i].order)
    for at, i in enumerate(ordered):
        for j in ordered[at + 1:at + 1 + WINDOW]:
            pairs.add((i, j) if i < j else (j, i))


def _by_author(f: Features) -> str:
    return f"{f.authors.people[0].families[0]}|{f.year}" if f.authors.people else ""


def _by_place(f: Features) -> str:
    return f"{f.volume[:1]}|{f.pages.first}|{f.year}" if f.pages.first else ""


def _identifiers(f: Features) -> Iterator[str]:
    for value in (f.doi, f.pmid, f.pmcid, f.native, f.url):
        if value:
            yield value
    r = f.record
    if f.kind == "registration" or "trial" in r.ids or "NCT" in r.abstract or "ISRCTN" in r.abstract:
        yield from f.trials


def _titles(f: Features) -> Iterator[str]:
    for form in f.title.forms:
        yield form.key


def _beginnings(f: Features) -> Iterator[str]:
    """The first letters of a title: search engines cut titles, subtitles get lost."""
    for form in f.title.forms:
        if len(form.key) >= (8 if form.han else 24):
            yield form.key[:8 if form.han else 24]


def _places(f: Features) -> Iterator[str]:
    """Volume and first page, with the journal's first letter or the last page."""
    if not f.pages.first:
        return
    letter = f.journal.words[0][0] if f.journal.words else ""
    for volume in f.volume[:2]:
        yield f"{volume}|{f.pages.first}|{letter}"
        if f.pages.last:
            yield f"{volume}|{f.pages.first}|{f.pages.last}"


def _people(f: Features) -> Iterator[str]:
    """The first author's family name with first page and year; without pages, with the journal's first letter."""
    for family in f.authors.people[0].families[:2] if f.authors.people else ():
        if f.pages.first:
            yield f"{family}|{f.pages.first}|{f.year}"
        elif f.year:
            yield f"{family}|{f.year}|{f.journal.words[0][0] if f.journal.words else ''}"


def _abstracts(f: Features) -> Iterator[str]:
    if f.abstract_text:
        yield f.abstract_start


def _terms(f: Features) -> list[str]:
    """What the title is made of: its words, or pairs of Han characters."""
    out: list[str] = []
    for form in f.title.forms[:2]:
        if form.han:
            out += ["".join(p) for p in zip(form.words, form.words[1:], strict=False)]
        else:
            out += [w for w in form.words if len(w) > 3]
    return list(dict.fromkeys(out))


def _rare_pairs(terms: list[str], frequency: Counter[str]) -> Iterator[tuple[str, str]]:
    """Keys of two words out of the four rarest that other titles have as well."""
    shared = sorted((frequency[t], t) for t in terms if frequency[t] > 1)[:4]
    for (_, x), (_, y) in combinations(shared, 2):
        yield (x, y) if x < y else (y, x)
