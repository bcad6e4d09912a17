"""Scopus: TITLE-ABS-KEY( ) and others; AND NOT; W/n, PRE/n; `*` any, `?` one (Scopus search tips).

KEY is author keywords and index terms. A proximity takes words and phrases, no Boolean. Phrases between double
quotes may hold wildcards.
"""

from __future__ import annotations

from dataclasses import dataclass

from review.query.tree import ALL, Fields, Language, Near, Node, Or, Range, children
from tests.query.oracles.grammar import ABSTRACT, INDEX, KEYWORDS, TITLE, Grammar, Unreadable, boolean, proximity
from tests.query.oracles.words import CODES

FIELDS: dict[str, Fields] = {
    "TITLE-ABS-KEY": TITLE | ABSTRACT | KEYWORDS | INDEX, "TITLE-ABS": TITLE | ABSTRACT, "TITLE": TITLE,
    "ABS": ABSTRACT, "AUTHKEY": KEYWORDS, "KEY": KEYWORDS | INDEX, "ALL": ALL, "AUTH": frozenset({"author"}),
    "AFFIL": frozenset({"affiliation"}), "SRCTITLE": frozenset({"journal"}),
}


@dataclass(frozen=True)
class _Scopus(Grammar):
    def read(self, string: str, lines: object = ()) -> Node:
        """As elsewhere, but no alternatives inside a proximity."""
        tree = super().read(string, lines)      # type: ignore[arg-type]
        _checked(tree)
        return tree


def _checked(node: Node) -> None:
    if isinstance(node, Near) and any(isinstance(o, Or) for o in node.operands):
        raise Unreadable("no Boolean inside a proximity")
    for below in children(node):
        _checked(below)


GRAMMAR = _Scopus(
    operators=[*boolean(without="AND NOT"), proximity(r"W/(\d+)"), proximity(r"PRE/(\d+)", ordered=True)],
    before=FIELDS, before_sign=r"(?=\()", wildcards={"*": "*", "?": "#"},
    special=[(r"PUBYEAR > (\d{4})", lambda m: Range(str(int(m[1]) + 1), "")),
             (r"PUBYEAR < (\d{4})", lambda m: Range("", str(int(m[1]) - 1))),
             (r"LANGUAGE\((\w+)\)", lambda m: Language((CODES[m[1].casefold()],)))],
    line=r"#(\d+)")
