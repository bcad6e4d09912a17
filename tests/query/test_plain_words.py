"""The index against an evaluator that shares nothing with it: words one by one, every combination, no shortcut."""

from __future__ import annotations

import itertools
import random
import unicodedata
from collections.abc import Iterator
from functools import cache

from review import formats
from review.model import Entry, Record
from review.query.index import Index
from review.query.tree import TIAB, TITLE, And, Fields, Heading, Near, Node, Not, Or, Term
from tests.shared_data import shared

AUTHOR: Fields = frozenset({"author"})
ODD = ("留守儿童的心理健康研究", "café naïve Sjögren’s syndrome", "O'Brien: children's parents’ health",
       "covid-19 and SARS-CoV-2",
       "state-of-the-art β-blocker", "中国政策的影响 left-behind 儿童")


def words(text: str, wild: str = "") -> list[str]:
    """Small letters without accents; anything but a letter or digit separates; a Chinese character is a word."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    spaced = "".join(f" {c} " if "\u3400" <= c <= "\u9fff" else c if c.isalnum() or c in wild and c else " " for c in plain)
    return spaced.split()


@cache
def fits(pattern: str, word: str) -> bool:
    """`*` any number of characters, `?` one or none, `#` exactly one."""
    if not pattern:
        return not word
    sign, rest = pattern[0], pattern[1:]
    if sign == "*":
        return any(fits(rest, word[n:]) for n in range(len(word) + 1))
    if sign == "?" and fits(rest, word):
        return True
    return bool(word) and (sign in "?#" or sign == word[0]) and fits(rest, word[1:])


def values(record: Record, fields: Fields) -> list[list[str]]:
    held = {"title": (record.title, *record.titles_other), "abstract": (record.abstract,), "keywords": record.keywords,
            "author": record.authors}
    return [words(value) for field in fields for value in held[field]]


def places(node: Node, value: list[str]) -> Iterator[tuple[int, int]]:
    """From where to where an operand stands."""
    match node:
        case Term(text=text):
            wanted = words(text, "*?#")
            for at in range(len(value) - len(wanted) + 1):
                if all(map(fits, wanted, value[at:])):
                    yield at, at + len(wanted)
        case Or(children=below):
            for child in below:
                yield from places(child, value)
        case Near(operands=below, distance=distance, ordered=ordered):
            for spans in itertools.product(*(list(places(o, value)) for o in below)):
                apart = all(a[1] <= b[0] or not ordered and b[1] <= a[0] for a, b in itertools.combinations(spans, 2))
                low, high = min(a for a, _ in spans), max(b for _, b in spans)
                if apart and high - low - sum(b - a for a, b in spans) <= distance:
                    yield low, high


def fields_of(node: Node) -> Fields:
    return node.fields if isinstance(node, Term) else fields_of(node.operands[0] if isinstance(node, Near) else node.children[0])  # type: ignore[union-attr]


def found(node: Node, record: Record) -> bool:
    match node:
        case And(children=below):
            return all(found(c, record) for c in below)
        case Not(keep=keep, drop=drop):
            return found(keep, record) and not found(drop, record)
        case Heading(text=text, major=major, subheadings=subs):
            each = [(h.rstrip("*").partition("/"), h.endswith("*")) for h in record.mesh]
            return any(name == text and (star or not major) and (not subs or sub in subs) for (name, _, sub), star in each)
        case Or(children=below) if not all(isinstance(c, Term) for c in below):
            return any(found(c, record) for c in below)
    return any(True for value in values(record, fields_of(node)) for _ in places(node, value))


def some_term(dice: random.Random, records: list[Record], fields: Fields) -> Term:
    record = dice.choice(records)
    texts = [t for t in (record.authors if fields == AUTHOR else (record.title, record.abstract)) if t]
    written = [w for w in dice.choice(texts or ["the"]).split()
               if any(map(str.isalnum, w)) and not set(w) & set("*?#")] or ["the"]
    at = dice.randrange(len(written))
    kept = [w.strip(".,;:()[]") or "the" for w in written[at:at + dice.choice([1, 1, 2, 3])]]
    cut = dice.randrange(1, len(kept[-1]) + 1)
    kept[-1] = dice.choice([kept[-1], kept[-1][:cut] + "*", kept[-1][:cut] + "?", kept[-1][:cut - 1] + "#" + kept[-1][cut:]])
    return Term(" ".join(kept) if any(map(str.isalnum, kept[-1])) else "the", fields)


def some_tree(dice: random.Random, records: list[Record]) -> Node:
    fields = dice.choice([TITLE, TIAB, AUTHOR])
    a, b, c = (some_term(dice, records, fields) for _ in range(3))
    heading = dice.choice([h for r in records for h in r.mesh]).rstrip("*").partition("/")
    return dice.choice([
        a, Near((a, b), dice.randrange(8), dice.random() < 0.5), Near((Or((a, b)), c), dice.randrange(8)), And((a, Not(b, c))),
        Near((Near((a, b), 1), c), 5), Or((a, And((b, c)))), Near((a, b, c), dice.randrange(12), dice.random() < 0.5),
        Heading(heading[0], major=dice.random() < 0.5, subheadings=(heading[2],) if heading[2] and dice.random() < 0.5 else ()),
    ])


def test_the_index_finds_what_word_by_word_looking_finds() -> None:
    path = shared("pubmed/pubmed20n0014.xml.gz")
    with path.open("rb") as stream:
        items = itertools.islice(formats.read(stream, name=path.name), 3_000)
        every = [x.record for x in items if isinstance(x, Entry)]
    records = [*every[::20], *(Record(title=text, abstract=text) for text in ODD)]
    index, dice = Index(records), random.Random(20)
    hits = 0
    for _ in range(400):
        tree = some_tree(dice, records)
        expected = [n for n, record in enumerate(records) if found(tree, record)]
        assert sorted(index.rows(tree)) == expected, tree
        hits += bool(expected)
    assert hits > 120
