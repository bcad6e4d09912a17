"""Query definitions, the Boolean expression, the strings for every database, and running them offline.

    definition = load(Path("queries/left-behind-children-policy.toml"))
    compile(definition, "pubmed").strings[0].string
    list(evaluate(expression(definition), records))
"""

from __future__ import annotations

from review.query.compile import compile, expression, highlight_terms
from review.query.compiled import Compiled, Loss, SearchString
from review.query.definition import Definition, load, loads_resolved
from review.query.evaluate import evaluate
from review.query.lint import Finding, lint
from review.query.templates import copy_text, new_text

__all__ = ["Compiled", "Definition", "Finding", "Loss", "SearchString", "compile", "copy_text", "evaluate",
           "expression", "highlight_terms", "lint", "load", "loads_resolved", "new_text"]
