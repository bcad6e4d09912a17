"""Expressions, fields and headings in words, for messages."""

from __future__ import annotations

from review.query.tree import (
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
)

VOCABULARY_NAMES = {"mesh": "MeSH", "emtree": "Emtree", "cinahl": "CINAHL", "apa": "APA Thesaurus",
         "publication-type": "publication type", "subheading": "subheading", "substance": "substance",
         "pharmacological-action": "pharmacological action", "filter": "filter"}


def natural_order(heading: str) -> str:
    """A heading as people would say it: "Adenocarcinoma, Follicular" -> "Follicular Adenocarcinoma".

    Only a single comma is turned; with more, the words stay in the order of the heading.
    """
    parts = [p.strip() for p in heading.split(",")]
    return f"{parts[1]} {parts[0]}" if len(parts) == 2 and all(parts) else " ".join(parts)


def describe(node: Node) -> str:
    """An expression in a neutral notation, for messages: `parent* NEAR/3 (absent OR absence)`."""
    match node:
        case Term(text=text):
            return f'"{text}"' if " " in text else text
        case Near(operands=below, distance=n, ordered=ordered):
            return f" {'PRE' if ordered else 'NEAR'}/{n} ".join(
                f"({describe(o)})" if isinstance(o, (Or, And, Near)) else describe(o) for o in below)
        case Or(children=below):
            return " OR ".join(_enclosed(c, And) for c in below)
        case And(children=below):
            return " AND ".join(_enclosed(c, Or) for c in below)
        case Not(keep=keep, drop=drop):
            return f"({describe(keep)}) NOT ({describe(drop)})"
        case Heading(text=text, vocabulary=vocabulary):
            return f"{text} [{VOCABULARY_NAMES.get(vocabulary, vocabulary)}]"
        case Range(low=low, field=name) if node.relative:
            return f"{name} {low}"
        case Range(low=low, high=high, field=name):
            return f"{name} {low or '...'}-{high or '...'}"
        case Language(codes=codes):
            return f"language {', '.join(codes)}"


def _enclosed(node: Node, other: type[And] | type[Or]) -> str:
    """A described operand, between parentheses where it needs them."""
    return f"({describe(node)})" if isinstance(node, (other, Not)) else describe(node)


def named(fields: Fields) -> str:
    return "all fields" if "all" in fields else ", ".join(a for a in (
        "title", "abstract", "keywords", *sorted(fields - {"title", "abstract", "keywords"})) if a in fields)
