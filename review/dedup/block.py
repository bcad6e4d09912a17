"""Which pairs are worth comparing: records that share a key. Blocks are bounded, so work grows with the records."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from itertools import combinations
from typing import TypeVar

from review.dedup.features import Features
from review.model import Issue

LARGEST = 60                                            # records a block; larger ones are cut up by further fields
CROWD = 1000                                            # records under one beginning that are worth a word
WINDOW = 8                                              # neighbours that a record of an uncuttable block meets

K = TypeVar("K", bound=Hashable)


class Pairs:
    """Pairs of positions (i < j), each once and in order; held as one number each, since there can be millions."""

    def __init__(self, records: int) -> None:
        self.records = records
        self._codes = array("q")
        self._settled = True

    def add(self, i: int, j: int) -> None:
        """Note a pair; twice is as good as once."""
        self._codes.append(i * self.records + j if i < j else j * self.records + i)
        self._settled = False

    def add_all(self, members: Iterable[int]) -> None:
        """Note each pair of a block; its members are in rising order."""
        n = self.records
        self._codes.extend([i * n + j for i, j in combinations(members, 2)])
        self._settled = False

    def __iter__(self) -> Iterator[tuple[int, int]]:
        self._settle()
        n = self.records
        return (divmod(code, n) for code in self._codes)

    def __len__(self) -> int:
        self._settle()
        return len(self._codes)

    def _settle(self) -> None:
        if not self._settled:
            self._codes = array("q", sorted(set(self._codes)))
            self._settled = True


def candidates(records: Sequence[Features], settled: Collection[int] = (),
               frequency: Counter[str] | None = None) -> tuple[Pairs, list[Issue]]:
    """Pairs of positions that share a key, and notes on blocks that were too large.

    Blocks of none but `settled` positions, which nobody asks about, make no pairs. `frequency` is how many titles have
    each word, where `records` are not all that there are.
    """
    pairs = Pairs(len(records))
    crowded: dict[str, int] = {}
    for keys in FAMILIES:                               # one family at a time: less memory
        for key, members in _blocks(records, keys):
            if settled and all(i in settled for i in members):
                continue
            _add(pairs, members, records)
            if len(members) > (LARGEST if keys in (_identifiers, _titles) else CROWD):
                crowded[key[:80]] = len(members)
    _add_rare_pairs(pairs, records, settled, frequency or Counter(word for f in records for word in terms(f)))
    notes = [Issue("dedup-block", f"{n} records share “{key}”; each was compared with its nearest ones only. "
                   "Look through them by hand if duplicates among them matter.", severity="info")
             for key, n in sorted(crowded.items())]
    return pairs, notes


def _blocks(records: Sequence[Features], keys: Callable[[Features], Iterable[K]]) -> Iterable[tuple[K, list[int]]]:
    """The keys that several records have, with the records' positions in rising order."""
    alone: dict[K, int] = {}                            # most keys are one record's: no list for these
    shared: dict[K, list[int]] = {}
    for i, f in enumerate(records):
        for key in keys(f):
            members = shared.get(key)
            if members is None:
                first = alone.setdefault(key, i)
                if first != i:
                    shared[key] = [first, i]
            elif members[-1] != i:
                members.append(i)
    return shared.items()


def _add_rare_pairs(pairs: Pairs, records: Sequence[Features], settled: Collection[int], frequency: Counter[str]) -> None:
    """Pairs whose titles share two rare words; where many share two, other keys find the true pairs."""
    number = {word: n for n, word in enumerate(frequency)}
    for _, members in _blocks(records, lambda f: _rare_pairs(terms(f), frequency, number)):
        if len(members) <= LARGEST and not (settled and all(i in settled for i in members)):
            pairs.add_all(members)


def _add(pairs: Pairs, members: list[int], records: Sequence[Features]) -> None:
    """All pairs of a block; of a large one those that a further field brings together, and neighbours in content."""
    if len(members) <= LARGEST:
        pairs.add_all(members)
        return
    for cut in (_by_author, _by_place):
        parts: dict[str, list[int]] = defaultdict(list)
        for i in members:
            parts[cut(records[i])].append(i)
        for name, part in parts.items():
            if name and len(part) <= LARGEST:
                pairs.add_all(part)
    ordered = sorted(members, key=lambda i: records[i].order)
    for at, i in enumerate(ordered):
        for j in ordered[at + 1:at + 1 + WINDOW]:
            pairs.add(i, j)


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
        yield from sorted(f.trials)


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


FAMILIES = (_identifiers, _titles, _beginnings, _places, _people, _abstracts)


def terms(f: Features) -> list[str]:
    """What the title is made of: its words, or pairs of Han characters."""
    out: list[str] = []
    for form in f.title.forms[:2]:
        if form.han:
            out += ["".join(p) for p in zip(form.words, form.words[1:], strict=False)]
        else:
            out += [w for w in form.words if len(w) > 3]
    return list(dict.fromkeys(out))


def rarest(words: list[str], frequency: Counter[str]) -> list[str]:
    """The four rarest of a title's words that other titles have as well."""
    return [w for _, w in sorted((frequency[w], w) for w in words if frequency[w] > 1)[:4]]


def _rare_pairs(words: list[str], frequency: Counter[str], number: dict[str, int]) -> Iterator[int]:
    """Keys of two of a title's rarest words: one number each, since there are many."""
    for x, y in combinations(sorted(number[w] for w in rarest(words, frequency)), 2):
        yield x * len(number) + y
