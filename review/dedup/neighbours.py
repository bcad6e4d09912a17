"""Inside a review: which of the records that have a report a new one could meet, namely those that share a key with it.

The fields of the others need not be read. The keys of all records are kept in a derived file, so that they are made
once, and what a later run costs grows with its new records.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path

from review.dedup.block import FAMILIES, rarest, terms
from review.dedup.crew import Crew
from review.dedup.features import Features
from review.dedup.matcher import read_fields
from review.ledger import parts
from review.ledger.disk import sha256
from review.ledger.paths import Folder
from review.ledger.replay import State
from review.model import Progress, Record


@dataclass(frozen=True, slots=True)
class Keys:
    """The blocks that a record stands in: its keys by family, and its title's words, of which the rare ones pair."""

    id: str
    families: tuple[list[str], ...]
    words: list[str]

    @classmethod
    def of(cls, f: Features) -> Keys:
        """The keys of a record whose fields were read."""
        return cls(f.id, tuple([list(dict.fromkeys(family(f))) for family in FAMILIES]), terms(f))

    @classmethod
    def from_line(cls, line: bytes) -> Keys:
        """The inverse of `line`."""
        data = json.loads(line)
        return cls(data["id"], tuple(data["keys"]), data["words"])

    def line(self) -> bytes:
        """The record's line in the derived file."""
        return parts.line({"id": self.id, "keys": self.families, "words": self.words})


def to_match(folder: Folder, state: State, records: Mapping[str, Record], fresh: Sequence[str], crew: Crew,
             progress: Progress | None) -> tuple[list[Features], Counter[str]]:
    """The fields of the fresh records and of those that they could meet, with the rest of these ones' reports, in the
    order of ids; and how many titles have each word. All other records would change nothing: `block.candidates` makes
    no pairs of blocks without a fresh record.
    """
    settled = [r for r in state.report_of if r in records]
    source = {r: state.searches[r.partition("/")[0]].source_search for r in (*fresh, *settled)}
    known = _known_keys(folder, state)
    unread = {*fresh, *(r for r in settled if r not in known)}
    read = read_fields((records[r] for r in sorted(unread)), source, crew, progress)
    known.update((f.id, Keys.of(f).line()) for f in read)
    _keep_keys(folder, state, known)
    met, frequency = neighbours([Keys.from_line(known[r]) for r in fresh], (Keys.from_line(known[r]) for r in settled))
    wanted = {*fresh, *_with_their_reports(state, met)}
    features = [f for f in read if f.id in wanted]
    features += read_fields((records[r] for r in sorted(wanted - unread)), source, crew, progress)
    return sorted(features, key=lambda f: f.id), frequency


def _with_their_reports(state: State, met: Iterable[str]) -> Iterator[str]:
    """The records met, and all others of their reports: a cluster is judged by all its members."""
    for key in {state.report_of[r] for r in met}:
        yield from state.reports[key].records


def neighbours(fresh: Collection[Keys], others: Iterable[Keys]) -> tuple[set[str], Counter[str]]:
    """Ids of the `others` that share a key with a fresh record, and how many titles of all have each word."""
    wanted = [{key for keys in fresh for key in keys.families[n]} for n in range(len(FAMILIES))]
    frequency = Counter(word for keys in fresh for word in keys.words)
    known_words = set(frequency)
    found: set[str] = set()
    titles: list[tuple[str, list[str]]] = []            # two words in common; whether they are rare shows at the end
    for keys in others:
        frequency.update(keys.words)
        if any(not w.isdisjoint(mine) for w, mine in zip(wanted, keys.families, strict=True)):
            found.add(keys.id)
        elif len(known_words.intersection(keys.words)) > 1:
            titles.append((keys.id, keys.words))
    rare = {pair for keys in fresh for pair in _pairs(keys.words, frequency)}
    found.update(id for id, words in titles if any(pair in rare for pair in _pairs(words, frequency)))
    return found, frequency


def _pairs(words: list[str], frequency: Counter[str]) -> Iterable[tuple[str, str]]:
    return combinations(sorted(rarest(words, frequency)), 2)


@cache
def _rules() -> str:
    """A hash of this package's modules: other rules make other keys."""
    return sha256(b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py"))))


def _known_keys(folder: Folder, state: State) -> dict[str, bytes]:
    """Record -> the line with its keys, as far as an earlier run made them."""
    wanted = parts.made_from(state, _rules())
    made_from, known = parts.read(folder.keys)
    return {parts.record_of(line): line for search, made in made_from.items() if wanted.get(search) == made
            for line in known[search]}


def _keep_keys(folder: Folder, state: State, lines: Mapping[str, bytes]) -> None:
    wanted = parts.made_from(state, _rules())
    ids = sorted(lines)
    parts.write(folder.keys, {search: wanted[search] for search in dict.fromkeys(r.partition("/")[0] for r in ids)},
                (lines[r] for r in ids))
