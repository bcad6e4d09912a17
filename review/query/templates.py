"""The text of a new definition: a commented template, or a copy of another one with its comments."""

from __future__ import annotations

import re

from review.model import ReviewError
from review.query import tomltext
from review.query.tomltext import dump, lines_of

_TEMPLATE = '''\
# A query definition. Change what stands after the = signs; lines that begin with # are notes.
# See what it gives for each database:  review query {id}

{title_line}
question  = "What is known about ...?"
framework = "PCC"                       # Population, Concept, Context
combine   = "population AND place"      # AND, OR, NOT and parentheses over the names of the concepts
databases = ["pubmed", "google-scholar"]

# One table for each idea of the question. A record needs to hold one of its terms.
# A star ends a word stem (polic*); in PubMed at least four letters stand before it.
[concepts.population]
terms = ["left-behind children"]
mesh  = []                              # MeSH headings, narrower ones included
zh    = []                              # Chinese terms, for Chinese databases

[concepts.place]
terms = ["China", "Chinese"]
# block = "china"                       # or: take the terms of queries/blocks/china.toml

# Where to look: "all", "tiab" (title, abstract, author keywords), "title"; for one database or by default.
[fields]
default = "tiab"

# Leave limits out unless the question needs them: each one can lose a relevant record.
[limits]
# years     = [2000, 2026]
# languages = ["en", "zh"]              # ISO 639-1

# Relevant reports that you know already: the search must find them.
[sentinels]
pmids = []

[eligibility]
include = ["Reports on ..."]

# Reasons for exclusion, the most telling first. A code is given for ever: retired = true takes it out of use.
[[eligibility.exclude]]
code  = "wrong-population"
label = "Not the population of the question"

[[eligibility.exclude]]
code  = "wrong-concept"
label = "Not the concept of the question"

[[eligibility.exclude]]
code  = "wrong-publication-type"
label = "Not a kind of document that the review takes"

[screening]
reviewers      = ["AB", "CD"]           # codes, not names
adjudicator    = "EF"                   # settles what the two see differently
dual           = 1.0                    # share of reports that two reviewers screen
pilot          = 25                     # reports that the whole team screens first (0 for none)
pilot-counts   = false                  # whether decisions of the pilot count
title-abstract = "conflict"             # include or maybe against exclude: "conflict", or "advance"
full-text      = "conflict"             # differing reasons: "conflict", or "first" in the order above
'''


def new_text(id: str, title: str | None = None) -> str:
    """A commented definition, valid as it stands; the title is the id in words unless given."""
    words = title or id.replace("-", " ").replace("_", " ").strip().capitalize() or "A new review"
    return _TEMPLATE.format(id=id, title_line="title     = " + _quoted(words))


def copy_text(source_text: str, old_id: str, new_id: str) -> str:
    """The text of another definition with its comments, and where it was copied from.

    ReviewError if the text is not valid TOML: a copy of a broken file would be a second broken file.
    """
    tomltext.parse(source_text, f"queries/{old_id}.toml")
    text = source_text.replace("\r\n", "\n")
    line = f"copied-from = {_quoted(old_id)}"
    places = lines_of(text)
    lines = text.split("\n")
    if ("copied-from",) in places:
        lines[places[("copied-from",)] - 1] = line
    elif ("title",) in places:
        lines.insert(places[("title",)], line)
    else:
        raise ReviewError(f"queries/{old_id}.toml has no title, so it can't be copied. Add title = \"...\".",
                          code="definition", file=f"queries/{old_id}.toml")
    copy = "\n".join(lines)
    return re.sub(rf"(?m)^(#.*\breview query ){re.escape(old_id)}\b", rf"\g<1>{new_id}", copy)


def _quoted(text: str) -> str:
    return dump({"x": text}).removeprefix("x = ").strip()
