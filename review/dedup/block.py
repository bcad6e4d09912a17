"""Which pairs are worth comparing: records that share a key. Blocks are bounded, so work grows with the records."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

from review.dedup.features import Features
from review.model import Issue

LARGEST = 60                                            # records a block; larger ones are cut up by further fields
WINDOW = 8                                              # neighbours that a record of an uncuttable block meets


def candidates(records: Sequence[Features]) -> tuple[list[tuple[int, int]], list[Issue]]:
    """Pairs of positions (i < j) that share a key, sorted, and notes on blocks that were too large."""
    frequency: Counter[str] = Counter()
    terms = [_terms(f) for f in records]
    for t in terms:
        frequency.update(set(t))
    blocks: dict[str, list[int]] = defaultdict(list)
    for i, f in enumerate(records):
        for key in set(_keys(f)):
            blocks[key].append(i)
        for key in _rare_pairs(terms[i], frequency):
            blocks[key].append(i)
    pairs: set[tuple[int, int]] = set()
    crowded: dict[str, int] = {}
    for key, members in blocks.items():
        if len(members) > 1:
            _add(pairs, key, members, records, crowded)
    notes = [Issue("dedup-block", f"{n} records look alike ({what}); each was compared with its nearest ones only. "
                   "Look through them by hand if duplicates among them matter.", severity="info")
             for what, n in sorted(crowded.items())]
    return sorted(pairs), notes


def _add(pairs: set[tuple[int, int]], key: str, members: list[int], records: Sequence[Features], crowded: dict[str, int]) -> None:
    if len(members) <= LARGEST:
        pairs.update(combinations(members, 2))
        return
    if key[0] == "w":                                   # two words that many titles share: other keys find those pairs
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
    if key[0] in "tid":
        crowded[f"title “{records[ordered[0]].order[0][:60]}”" if key[0] == "t" else f"identifier {key[1:80]}"] = len(members)


def _by_author(f: Features) -> str:
    return f"{f.authors.people[0].families[0]}|{f.year}" if f.authors.people else ""


def _by_place(f: Features) -> str:
    return f"{f.volume[:1]}|{f.pages.first}|{f.year}" if f.pages.first else ""


def _keys(f: Features) -> Iterator[str]:
    """The keys of a record; the first letter tells the family of keys."""
    for value in (f.doi, f.pmid, f.pmcid, f.native, f.url):
        if value:
            yield "i" + value
    if f.kind == "registration" or "trial" in f.record.ids or "NCT" in f.record.abstract or "ISRCTN" in f.record.abstract:
        for number in f.trials:
            yield "n" + number
    for form in f.title.forms:
        yield "t" + form.key
        if len(form.key) >= (8 if form.han else 24):
            yield "p" + form.key[:8 if form.han else 24]
    if not f.pages.first:
        if f.authors.people and f.year:
            letter = f.journal.words[0][0] if f.journal.words else ""
            yield f"y{f.authors.people[0].families[0]}|{f.year}|{letter}"
        return
    if f.volume:
        letter = f.journal.words[0][0] if f.journal.words else ""
        for volume in f.volume[:2]:
            yield f"v{volume}|{f.pages.first}|{letter}"
            if f.pages.last:
                yield f"v{volume}|{f.pages.first}|{f.pages.last}"
    for person in f.authors.people[:1]:
        for family in person.families[:2]:
            yield f"a{family}|{f.pages.first}|{f.year}"
    if f.abstract_text:
        yield "b" + f.abstract_start


def _terms(f: Features) -> list[str]:
    """What the title is made of: its words, or pairs of Han characters."""
    out: list[str] = []
    for form in f.title.forms[:2]:
        if form.han:
            out += ["".join(p) for p in zip(form.words, form.words[1:], strict=False)]
        else:
            out += [w for w in form.words if len(w) > 3]
    return list(dict.fromkeys(out))


def _rare_pairs(terms: list[str], frequency: Counter[str]) -> Iterator[str]:
    """Keys of two words out of the four rarest that other titles have as well."""
    shared = sorted((frequency[t], t) for t in terms if frequency[t] > 1)[:4]
    for (_, x), (_, y) in combinations(shared, 2):
        yield f"w{min(x, y)} {max(x, y)}"
