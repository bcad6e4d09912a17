"""The Boolean expression that a definition becomes, and that every target compiles: frozen dataclasses.

Fields are sets of *atoms* (title, abstract, keywords, ...), because databases cut them differently:
PubMed's [tiab] is title, abstract and author keywords, Ovid's .ti,ab. only the first two. A target that
has no such set says what it searched instead.

Wildcards inside a term's text, whatever a database writes for them:
`*` any number of characters, `?` one character or none, `#` exactly one character.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from operator import is_

Fields = frozenset[str]

ATOMS: tuple[str, ...] = (
    "all", "title", "abstract", "keywords", "heading", "subheading", "publication-type", "substance",
    "author", "affiliation", "journal", "language", "original-title", "id", "first-author", "last-author",
    "full-author", "group-author", "investigator", "author-id", "person-as-subject", "editor", "volume", "issue", "pages",
    "issn", "isbn", "journal-id", "book", "publisher", "place-of-publication", "article-id", "location-id",
    "pmcid", "registry-number", "secondary-id", "grant", "conflict-of-interest",
)
# A part of a field -> the field it is a part of: for databases (and records) that tell no parts.
PART_OF: dict[str, str] = {
    **dict.fromkeys(("first-author", "last-author", "full-author", "group-author", "investigator", "editor"), "author"),
    "article-id": "id", "location-id": "id", "pmcid": "id",
}
ALL: Fields = frozenset({"all"})
TITLE: Fields = frozenset({"title"})
TITLE_ABSTRACT: Fields = frozenset({"title", "abstract"})
TIAB: Fields = frozenset({"title", "abstract", "keywords"})
# PubMed's text words, Ovid's .mp.: everything a person or an indexer wrote about the content.
TEXT: Fields = frozenset({"title", "abstract", "keywords", "heading", "subheading", "publication-type",
                          "substance"})
# What a definition may write under [fields].
NAMED_FIELDS: dict[str, Fields] = {
    "all": ALL, "tiab": TIAB, "title": TITLE, "title-abstract": TITLE_ABSTRACT, "text": TEXT,
    "abstract": frozenset({"abstract"}), "keywords": frozenset({"keywords"}),
}
WILDCARDS = "*?#"
# Vocabularies whose terms stand in a hierarchy; those of the others have nothing narrower.
EXPLODABLE = frozenset({"mesh", "emtree", "cinahl", "apa", "publication-type", "subheading"})


@dataclass(frozen=True, slots=True)
class Term:
    """A word or a phrase, looked for in some fields.

    `mapped` marks a term that PubMed would widen by itself (untagged and unquoted: automatic term mapping).
    """

    text: str
    fields: Fields = TIAB
    mapped: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """The words as they stand, split at blanks."""
        return tuple(self.text.split())

    @property
    def truncated(self) -> bool:
        """Whether a wildcard stands in it."""
        text = self.text
        return "*" in text or "?" in text or "#" in text


@dataclass(frozen=True, slots=True)
class Heading:
    """A term of a controlled vocabulary, as an indexer gave it.

    `vocabulary`: mesh, emtree, cinahl, apa, or publication-type, subheading, substance.
    """

    text: str
    vocabulary: str = "mesh"
    explode: bool = True            # narrower headings too
    major: bool = False             # only where it is a main point of the paper
    subheadings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Near:
    """Operands close to each other, with at most `distance` other words between them.

    Operands are terms, or alternatives (`Or`) of terms, or `Near` again; with more than two, at most
    `distance` other words stand within the whole span (PubMed User Guide, proximity).
    """

    operands: tuple[Node, ...]
    distance: int
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Range:
    """Years or dates from `low` to `high`, both included; "" is an open end. `field`: year or a date's name.

    `low` may count back from the day of the search: "last 30 days" (PubMed User Guide, relative date ranges).
    `keep_unknown`: a record that gives no year stays in (the limit of a definition must not lose it).
    """

    low: str
    high: str
    field: str = "year"
    keep_unknown: bool = False

    @property
    def relative(self) -> bool:
        """Whether it counts back from the day of the search, so that no dates can be written for it."""
        return self.low.startswith("last ")


@dataclass(frozen=True, slots=True)
class Language:
    """Records in one of the languages (ISO 639-1); those that give none stay in if `keep_unknown`."""

    codes: tuple[str, ...]
    keep_unknown: bool = False


@dataclass(frozen=True, slots=True)
class And:
    """All of them."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of them."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """What `keep` finds and `drop` doesn't."""

    keep: Node
    drop: Node


Node = Term | Heading | Near | Range | Language | And | Or | Not
Leaf = Term | Heading | Near | Range | Language


def children(node: Node) -> tuple[Node, ...]:
    """The nodes right below one; none below a term or heading."""
    match node:
        case And(children=below) | Or(children=below):
            return below
        case Not(keep=keep, drop=drop):
            return (keep, drop)
        case Near(operands=below):
            return below
        case _:
            return ()


def leaves(node: Node) -> Iterator[Leaf]:
    """Terms, headings, ranges and whole proximities, in reading order."""
    if isinstance(node, (And, Or, Not)):
        for child in children(node):
            yield from leaves(child)
    else:
        yield node


def terms(node: Node) -> Iterator[Term]:
    """Every term, also those inside proximities."""
    if isinstance(node, Term):
        yield node
    for child in children(node):
        yield from terms(child)


def conjunction(nodes: tuple[Node, ...]) -> Node:
    """All of them; a single one stands for itself."""
    return nodes[0] if len(nodes) == 1 else And(nodes)


def alternatives(nodes: tuple[Node, ...]) -> Node:
    """Any of them, each once; a single one stands for itself."""
    once = tuple(dict.fromkeys(nodes))
    return once[0] if len(once) == 1 else Or(once)


def flatten(node: Node) -> Node:
    """The same expression with nested ANDs and ORs of one kind joined, and single children lifted."""
    match node:
        case Term() | Heading():                # by far the most frequent
            return node
        case And(children=below) | Or(children=below):
            kind = type(node)
            out: list[Node] = []
            same = len(below) > 1
            for child in below:
                flat = flatten(child)
                if type(flat) is kind:
                    out.extend(flat.children)
                    same = False
                else:
                    out.append(flat)
                    same = same and flat is child
            return node if same else out[0] if len(out) == 1 else kind(tuple(out))
        case Not(keep=keep, drop=drop):
            return Not(flatten(keep), flatten(drop))
        case Near(operands=below):
            return replace(node, operands=tuple(map(flatten, below)))
        case _:
            return node


def change(node: Node, leaf: Callable[[Leaf], Node]) -> Node:
    """The same expression with each leaf (proximities as a whole) replaced by what `leaf` gives for it."""
    match node:
        case Term() | Heading():
            return leaf(node)
        case And(children=below) | Or(children=below):
            changed = tuple([change(c, leaf) for c in below])
            return node if all(map(is_, changed, below)) else type(node)(changed)
        case Not(keep=keep, drop=drop):
            return Not(change(keep, leaf), change(drop, leaf))
        case _:
            return leaf(node)


def depth(node: Node) -> int:
    """Levels of AND, OR and NOT; 0 for a leaf."""
    return 1 + max(map(depth, children(node))) if isinstance(node, (And, Or, Not)) else 0
