"""OpenAlex, title_and_abstract.search: AND, OR, NOT in capitals, phrases between quotes, parentheses; no wildcards.

Words are stemmed there; read here as they stand.
"""

from __future__ import annotations

from tests.query.oracles.grammar import ABSTRACT, TITLE, Grammar, boolean

GRAMMAR = Grammar(operators=boolean(), default=TITLE | ABSTRACT)
