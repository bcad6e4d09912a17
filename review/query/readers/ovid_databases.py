"""`use medall`: a part of a strategy that was run over several databases is for one of them."""

from __future__ import annotations

import re

from review.query.tree import And, Node, Not, Or, alternatives, conjunction

USE = re.compile(r"\s+use\s+([a-z]{3,8}\d*(?:\s*,\s*[a-z]{3,8}\d*)*)(?=\s*(?:\)|$)|\s+(?:and|or|not)\b)", re.IGNORECASE)
# What finds nothing here: the part of another database.
NOTHING = Or(())
# Vocabulary of the database that is read -> how Ovid's short names for its files begin; then those of others.
_OWN = {
    "mesh": r"med(?:all|l|\d|f|p)|mesz|mesx|ppez|ppomez|prmz|pmoz|pmnm|premed",
    "emtree": r"emez|emed|oemez|emcz|emefd|embase|oemed",
    "apa": r"psyh|psyc|psyb|psyf|ppsy|psyb",
}
_OTHERS = r"cctr|coch|cleed|dare|clhta|clcmr|amed|hmic|caba|glob|econ|hstar|nursing|joanna|eric|mwic|spc|agri|bioab|food"


def known(code: str) -> bool:
    """Whether a short name is one of Ovid's."""
    return re.match("|".join([*_OWN.values(), _OTHERS]), code.strip().casefold()) is not None


def own(code: str, vocabulary: str) -> bool:
    """Whether a short name is that of the database whose headings are read."""
    return re.match(_OWN[vocabulary], code.strip().casefold()) is not None


def without_nothing(node: Node) -> Node:
    """The same without what finds nothing here."""
    match node:
        case And(children=below) if below:
            each = tuple(map(without_nothing, below))
            return NOTHING if NOTHING in each else conjunction(each)
        case Or(children=below) if below:
            kept = tuple(c for c in map(without_nothing, below) if c != NOTHING)
            return alternatives(kept) if kept else NOTHING
        case Not(keep=keep, drop=drop):
            left, right = without_nothing(keep), without_nothing(drop)
            return left if NOTHING in (left, right) else Not(left, right)
        case _:
            return node
