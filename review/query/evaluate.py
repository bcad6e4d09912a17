"""Running an expression over records, offline: the slow and plain way that the fast one is checked against.

What is compared: words without case and accents, in any order of fields, phrases and proximities within
one field's value (never across title and abstract). A compiler's own `summary` and an engine's `snippet`
are looked at only where all fields are, because they are not abstracts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from review.model import Record
from review.query.compiled import Loss
from review.query.notation import VOCABULARY_NAMES, describe, named
from review.query.tree import (
    ALL,
    And,
    Fields,
    Heading,
    Language,
    Near,
    Node,
    Not,
    Or,
    Range,
    Term,
    leaves,
    terms,
)
from review.query.words import fold, matcher, patterns, words

Span = tuple[int, int]              # first word, last word + 1, within one value


def evaluate(tree: Node, records: Iterable[Record]) -> Iterator[Record]:
    """The records that the expression finds, in the order given."""
    return (record for record in records if matches(tree, Page(record)))


def offline_losses(tree: Node) -> tuple[Loss, ...]:
    """What running offline can't do: explode headings, map words, look where records hold nothing."""
    out: dict[Loss, None] = {}
    for leaf in leaves(tree):
        if isinstance(leaf, Heading) and leaf.vocabulary not in _HELD_VOCABULARIES:
            out[Loss("vocabulary-missing", leaf.text, f"search the {VOCABULARY_NAMES.get(leaf.vocabulary, leaf.vocabulary)}"
                     " terms, which the records don't hold", "nothing is found by it")] = None
        elif isinstance(leaf, Heading) and leaf.explode and leaf.vocabulary != "subheading":
            out[Loss("explosion-lost", leaf.text, "include narrower headings without the thesaurus",
                     "this heading alone")] = None
        elif isinstance(leaf, Range) and leaf.relative:
            out[Loss("relative-date", describe(leaf), "count back from the day of a search", "every date")] = None
    for term in terms(tree):
        if term.mapped:
            out[Loss("mapping-lost", term.text, "map words to headings as PubMed does", "all of the words")] = None
        if missing := term.fields - _HELD_ATOMS:
            rest = named(term.fields & _HELD_ATOMS)
            out[Loss("field-missing", named(missing), "look in fields that the records don't hold",
                     f"only in {rest}" if rest else "nothing is found there")] = None
    return tuple(out)


class Page:
    """A record as the evaluator reads it: the words of each value of an atom, made when first asked for."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self._words: dict[str, list[list[str]]] = {}

    def values(self, fields: Fields) -> Iterator[list[str]]:
        """The words of each value of the fields."""
        for atom in _ALL_ATOMS if "all" in fields else sorted(fields):
            if atom not in self._words:
                self._words[atom] = [words(v) for v in texts(self.record, atom) if v]
            yield from self._words[atom]

    @cached_property
    def headings(self) -> list[tuple[str, tuple[str, ...], bool]]:
        """Headings, their subheadings, and whether they are main points; folded."""
        return [split_heading(h) for h in self.record.mesh]


# What "all fields" looks at, besides the compiler's and the engine's own words.
_ALL_ATOMS = ("title", "abstract", "keywords", "heading", "publication-type", "author", "journal", "id",
              "own-words")
# Atoms and vocabularies that records can hold (see `texts`, `_heading`).
_HELD_ATOMS = frozenset({"all", *_ALL_ATOMS, "original-title", "subheading", "language", "full-author", "first-author",
                         "last-author"})
_HELD_VOCABULARIES = ("mesh", "publication-type", "subheading")


def texts(record: Record, atom: str) -> tuple[str, ...]:
    """The values of one atom of the fields; () for what a record doesn't hold."""
    match atom:
        case "title":
            return (record.title, *record.titles_other)
        case "original-title":
            return record.titles_other
        case "abstract":
            return (record.abstract,)
        case "keywords":
            return record.keywords
        case "heading":
            return tuple(h.rstrip("*") for h in record.mesh)
        case "subheading":
            return tuple(part.rstrip("*") for h in record.mesh for part in h.split("/")[1:])
        case "publication-type":
            return (*record.publication_types, record.kind)
        case "author" | "full-author":
            return record.authors
        case "first-author":
            return record.authors[:1]
        case "last-author":
            return record.authors[-1:]
        case "journal":
            return (record.journal,)
        case "language":
            return (record.language,)
        case "id":
            return (record.native_id, *record.ids.values())
        case "own-words":
            return (record.summary, record.snippet)
        case _:
            return ()


def split_heading(heading: str) -> tuple[str, tuple[str, ...], bool]:
    """"Child/psychology*" -> ("child", ("psychology",), True)."""
    first, *rest = heading.split("/")
    return (fold(first.rstrip("*")).strip(), tuple(fold(r.rstrip("*")).strip() for r in rest), "*" in heading)


def matches(tree: Node, page: Page) -> bool:
    """Whether a record is found."""
    match tree:
        case And(children=below):
            return all(matches(c, page) for c in below)
        case Or(children=below):
            return any(matches(c, page) for c in below)
        case Not(keep=keep, drop=drop):
            return matches(keep, page) and not matches(drop, page)
        case Term():
            return _term(tree, page)
        case Near():
            return any(next(_spans(tree, value, fields), None) is not None
                       for fields in (near_fields(tree),) for value in page.values(fields))
        case Heading():
            return _heading(tree, page)
        case Range():
            return _range(tree, page.record)
        case Language(codes=codes, keep_unknown=keep_unknown):
            held = page.record.language
            return held in codes if held else keep_unknown


def _term(term: Term, page: Page) -> bool:
    """A phrase within one value; a term that PubMed would map: every word somewhere in the fields."""
    wanted = patterns(term.text)
    if not wanted:
        return False
    if term.mapped:
        return all(any(next(_places((w,), v), None) is not None for v in page.values(term.fields))
                   for w in wanted)
    return any(next(_places(wanted, value), None) is not None for value in page.values(term.fields))


def _places(wanted: tuple[str, ...], value: list[str]) -> Iterator[Span]:
    """Where the words stand one after the other."""
    tests = [(w, matcher(w)) for w in wanted]
    size = len(wanted)
    if tests[0][1] is None and wanted[0] not in value:
        return                          # most values don't hold the first word at all
    for start in range(len(value) - size + 1):
        if all(value[start + i] == word if test is None else test.fullmatch(value[start + i])
               for i, (word, test) in enumerate(tests)):
            yield start, start + size


def near_fields(node: Node) -> Fields:
    """The fields of a proximity: those of its first term."""
    match node:
        case Term(fields=fields):
            return fields
        case Near(operands=below) | Or(children=below) | And(children=below):
            return near_fields(below[0])
        case _:
            return ALL


def _spans(node: Node, value: list[str], fields: Fields) -> Iterator[Span]:
    """Where an operand of a proximity, or a proximity itself, stands in one value."""
    match node:
        case Term(text=text):
            yield from _places(patterns(text), value) if patterns(text) else ()
        case Or(children=below):
            for child in below:
                yield from _spans(child, value, fields)
        case Near(operands=below, distance=distance, ordered=ordered):
            found: list[tuple[Span, ...]] = [()]
            for operand in below:
                places = list(_spans(operand, value, fields))
                found = [(*chosen, p) for chosen in found for p in places
                         if all(p[1] <= c[0] or p[0] >= c[1] for c in chosen)
                         and (not ordered or not chosen or p[0] >= chosen[-1][1])]
            for chosen in found:
                low, high = min(c[0] for c in chosen), max(c[1] for c in chosen)
                if high - low - sum(c[1] - c[0] for c in chosen) <= distance:
                    yield low, high


def _heading(heading: Heading, page: Page) -> bool:
    """The heading itself (not its narrower ones: that needs the thesaurus)."""
    text = fold(heading.text).strip()
    match heading.vocabulary:
        case "publication-type":
            return any(fold(t) == text for t in page.record.publication_types)
        case "subheading":
            return any(text in subs for _, subs, _ in page.headings)
        case "mesh":
            wanted = {fold(s) for s in heading.subheadings}
            return any(name == text and (major or not heading.major)
                       and (not wanted or bool(wanted & set(subs)))
                       for name, subs, major in page.headings)
        case _:
            return False


def _range(span: Range, record: Record) -> bool:
    """Whether the year, or one of the dates, lies within; by the digits that both give."""
    if span.relative:
        return True
    if span.field == "year":
        held = [str(record.year)] if record.year else []
    else:
        held = [record.dates[span.field]] if record.dates.get(span.field) else []
    if not held:
        return span.keep_unknown
    return any(within(h, span.low, span.high) for h in held)


def within(held: str, low: str, high: str) -> bool:
    """Whether a date lies within, both ends included, by the digits that it and the end both give."""
    low, high = low.replace("/", "-"), high.replace("/", "-")
    after = not low or held[:len(low)] >= low[:len(held)]
    before = not high or held[:len(high)] <= high[:len(held)]
    return after and before


__all__ = ["Page", "evaluate", "matches", "offline_losses", "texts", "within"]
