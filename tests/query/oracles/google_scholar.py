"""Google Scholar: OR (or |), AND understood, -term, "phrases", intitle: author: source: before one term.

It searches whole texts, read here as all fields of a record, and stems words, read here as they stand.
"""

from __future__ import annotations

from review.query.tree import ALL, Fields
from tests.query.oracles.grammar import TITLE, Grammar, boolean

FIELDS: dict[str, Fields] = {"intitle": TITLE, "author": frozenset({"author"}), "source": frozenset({"journal"})}
GRAMMAR = Grammar(operators=[*boolean()][1:], before=FIELDS, before_sign=":", before_groups=False, default=ALL,
                  minus=True)
