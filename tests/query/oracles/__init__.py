"""Readers of the databases' own syntax, for tests only: what would the database find for our string?

Each is written from what the database documents, and knows nothing of the compilers. They are strict: where a
string would lean on the order in which a database applies its operators, or holds anything that the database
doesn't document, it is refused. A field is read as the parts of a PubMed record that it covers.
"""

from __future__ import annotations

from collections.abc import Sequence

from review.query.readers import read as read_strategy
from review.query.tree import Node
from tests.query.oracles import (
    chinese,
    cochrane,
    ebsco,
    embase,
    europe_pmc,
    google_scholar,
    openalex,
    proquest,
    scopus,
    web_of_science,
)
from tests.query.oracles.grammar import Grammar, Unreadable

GRAMMARS: dict[str, Grammar] = {
    "web-of-science": web_of_science.GRAMMAR, "scopus": scopus.GRAMMAR, "cinahl": ebsco.CINAHL,
    "ebsco-psycinfo": ebsco.PSYCINFO, "ebsco-eric": ebsco.ERIC, "cochrane": cochrane.GRAMMAR,
    "proquest": proquest.GRAMMAR, "embase": embase.GRAMMAR, "europe-pmc": europe_pmc.GRAMMAR,
    "openalex": openalex.GRAMMAR, "google-scholar": google_scholar.GRAMMAR, "cnki": chinese.CNKI,
    "wanfang": chinese.WANFANG,
}
# PubMed and Ovid have readers of their own in the product.
PRODUCT = ("pubmed", "ovid-medline", "ovid-embase", "ovid-psycinfo")


def read(database: str, string: str) -> Node:
    """What a database would look for. Unreadable (or ReviewError) where it would refuse the string."""
    if database in PRODUCT:
        return read_strategy(string, database).tree
    return GRAMMARS[database].read(string)


def read_lines(database: str, lines: Sequence[str]) -> Node:
    """What numbered lines find together: each may name those before it, the last is the result."""
    if database in PRODUCT:
        text = "\n".join(lines) if database != "pubmed" else "\n".join(f"#{n} {x}" for n, x in enumerate(lines, 1))
        return read_strategy(text if len(lines) > 1 else lines[0], database).tree
    known: list[Node] = []
    for line in lines:
        known.append(GRAMMARS[database].read(line, known))
    return known[-1]


__all__ = ["GRAMMARS", "PRODUCT", "Unreadable", "read", "read_lines"]
