"""The text of a new definition: a commented template, or a copy of another one with its comments."""

from __future__ import annotations

import re

from review.model import ReviewError
from review.query import tomltext
from review.query.tomltext import lines_of, quoted

# What stands in a new definition until somebody writes a question and criteria (the linter reminds of it).
QUESTION = "What is known about ...?"
CRITERION = "Reports on ..."

_TEMPLATE = '''\
# A query definition: the one file that says what is searched, where, and how it is screened.
# Lines that begin with # are notes. The terms below are an example: put your own in their place.
#
#   1. Write the question. Take it apart into ideas (who, what, where), two to four of them.
#   2. Give each idea a table [concepts.name] with all the words that authors use for it.
#   3. Look at the strings, and at what a librarian would remark:   review query {id}
#   4. Try it on records that you have, and see what each word adds:
#                                                                   review try {id} --on library.ris
#   5. Run it:                                                      review search {id}

{title_line}
question  = "{question}"
framework = "PCC"                       # Population, Concept, Context (or PICO, SPIDER, ...)
combine   = "population AND place"      # names of the concepts with AND, OR, NOT and parentheses
databases = ["pubmed", "google-scholar"]    # more: scopus, web-of-science, ovid-medline, cinahl, cnki, ...

# One table for each idea. A record needs to hold one of its terms; more terms find more.
# Write a term without quotation marks inside: a term of several words is searched as a phrase.
# A star stands for any ending (polic* finds policy and policies); at least four letters before it.
[concepts.population]
terms = ["left-behind children", "left-behind child"]
mesh  = []                              # MeSH headings, with the narrower ones: ["Child"]
zh    = []                              # Chinese terms, for Chinese databases: ["留守儿童"]
# Words near each other, in any order, with at most so many between; alternatives in a list of their own:
# near  = [{{ words = ["parent*", ["migrant", "absent"]], within = 3 }}]

[concepts.place]
terms = ["China", "Chinese"]
# block = "china"                       # or take the terms of queries/blocks/china.toml, shared by several definitions

# Where to look: "all", "tiab" (title, abstract, author keywords), "title"; for one database or by default.
[fields]
default = "tiab"

# Leave limits out unless the question needs them: each one can lose a relevant record.
[limits]
# years     = [2000, 2026]
# languages = ["en", "zh"]              # ISO 639-1

# Relevant reports that you know already: `review try` shows which of them the search finds, and what loses the others.
[sentinels]
pmids  = []                             # ["12345678"]
dois   = []
titles = []

[eligibility]
include = ["{criterion}"]            # what a report must be about to be included, a line a criterion

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

[flow]
wording = "studies"                     # words of the diagram: "studies", "sources-of-evidence", "zh", "de"
colour  = true                          # false: greys
without = []                            # layers left out: "sources", "title-abstract-reasons", "automation"
'''


def new_text(id: str, title: str | None = None) -> str:
    """A commented definition, valid as it stands; the title is the id in words unless given."""
    words = title or id.replace("-", " ").replace("_", " ").strip().capitalize() or "A new review"
    return _TEMPLATE.format(id=id, title_line="title     = " + quoted(words), question=QUESTION, criterion=CRITERION)


def copy_text(source_text: str, old_id: str, new_id: str) -> str:
    """The text of another definition with its comments, and where it was copied from.

    ReviewError if the text is not valid TOML: a copy of a broken file would be a second broken file.
    """
    tomltext.parse(source_text, f"queries/{old_id}.toml")
    text = source_text.replace("\r\n", "\n")
    line = f"copied-from = {quoted(old_id)}"
    places = lines_of(text)
    lines = text.split("\n")
    if ("copied-from",) in places:
        lines[places[("copied-from",)] - 1] = line
    elif ("title",) in places:
        lines.insert(places[("title",)] - 1, line)       # before it: a title may go over several lines
    else:
        raise ReviewError(f"queries/{old_id}.toml has no title, so it can't be copied. Add title = \"...\".",
                          code="definition", file=f"queries/{old_id}.toml")
    copy = "\n".join(lines)
    return re.sub(rf"(?m)^(#.*\breview query ){re.escape(old_id)}\b", rf"\g<1>{new_id}", copy)
