"""Ovid's fields come after the terms: (a or b).ti. Here they find their terms."""

from __future__ import annotations

import re
from dataclasses import replace

from review.query.languages import code_of
from review.query.readers import ovid_fields as codes
from review.query.tree import TEXT, And, Fields, Heading, Language, Near, Node, Not, Or, Range, Term, terms

LATER: Fields = frozenset()         # of a term whose field is still to come


def proximate(node: Node) -> bool:
    """Whether a node can stand in a proximity."""
    match node:
        case Term() | Near():
            return True
        case Or(children=below):
            return all(map(proximate, below))
        case _:
            return False


def together(left: Node, right: Node) -> tuple[Node, Node]:
    """Two sides of a proximity in one field: what stands near a title's word stands in the title too."""
    given = {t.fields for t in (*terms(left), *terms(right))}
    if len(given) != 2 or LATER not in given:
        return left, right
    fields = next(f for f in given if f != LATER)
    return _moved(left, fields), _moved(right, fields)


def _moved(node: Node, fields: Fields) -> Node:
    """Terms that have no field yet, in these."""
    match node:
        case Term(fields=own):
            return replace(node, fields=fields) if own == LATER else node
        case Or(children=below):
            return Or(tuple(_moved(c, fields) for c in below))
        case Near(operands=below):
            return replace(node, operands=tuple(_moved(c, fields) for c in below))
        case _:
            return node


def placed(node: Node, names: list[str], vocabulary: str) -> Node:
    """Terms that have no field yet, in these fields; .sh. and .pt. make headings of them."""
    match node:
        case Term(text=text, fields=fields):
            if fields != LATER:
                return node
            kinds = [n for n in names if n in codes.FIELDS]
            out: list[Node] = [Term(text, codes.fields_of(kinds))] if kinds else []
            for name in (n for n in names if n not in codes.FIELDS):
                out.append(special(text, name, vocabulary))
            return out[0] if len(out) == 1 else Or(tuple(out))
        case And(children=below):
            return And(tuple(placed(c, names, vocabulary) for c in below))
        case Or(children=below):
            return Or(tuple(placed(c, names, vocabulary) for c in below))
        case Not(keep=keep, drop=drop):
            return Not(placed(keep, names, vocabulary), placed(drop, names, vocabulary))
        case Near(operands=below):
            kinds = [n for n in names if n in codes.FIELDS] or ["mp"]
            return replace(node, operands=tuple(placed(c, kinds, vocabulary) for c in below))
        case _:
            return node


def special(text: str, name: str, vocabulary: str) -> Node:
    """A term in a field that holds no free text: a heading, a date, a language."""
    if name in codes.DATES:
        digits = text.rstrip("*")
        return Range(digits, digits, codes.DATES[name])
    if name in codes.LANGUAGE:
        return Language((code_of(text),))
    kind = vocabulary if name == "sh" else codes.HEADINGS[name]
    if kind == "subheading":
        text = codes.SUBHEADINGS.get(text.lower(), text)
    return Heading(text, kind, explode=False)


def settled(node: Node) -> Node:
    """Terms without any field look in .mp., Ovid's default."""
    match node:
        case Term(fields=fields):
            return replace(node, fields=TEXT) if fields == LATER else node
        case And(children=below):
            return And(tuple(map(settled, below)))
        case Or(children=below):
            return Or(tuple(map(settled, below)))
        case Not(keep=keep, drop=drop):
            return Not(settled(keep), settled(drop))
        case Near(operands=below):
            return replace(node, operands=tuple(map(settled, below)))
        case _:
            return node


def wildcards(text: str) -> str:
    """Ovid's signs in ours: `$` is `*`; `$3` and `*3` are up to three characters; `?` and `#` are the same."""
    text = re.sub(r"(?<=\w)[$*](\d)", lambda m: "?" * int(m.group(1)), text)
    return text.replace("$", "*")
