"""The cases of two public tools beside our answers: where they differ, of what kind it is, and who is right.

A case is named by its place (from 1) in `polyglot-cases.jsonl` or `search-query-cases.jsonl`. Agreement is by meaning:
both strings are read by the oracles and say the same. Every rule below puts a disagreement under one kind; a case
that none of them takes is `unclassified`, and a test fails.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from review.model import ReviewError
from review.query import targets
from review.query.readers import pubmed_tags, read
from review.query.tree import ALL, TITLE, And, Heading, Near, Node, Not, Or, Range, Term, flatten, leaves, terms
from tests.query import oracles

ENGINES = {
    "PubMed abbreviation": "pubmed", "CINAHL (Ebsco)": "cinahl", "PsycInfo (Ebsco)": "ebsco-psycinfo",
    "Ovid MEDLINE": "ovid-medline", "Cochrane Library": "cochrane", "Embase (Elsevier)": "embase",
    "PsycInfo (Ovid)": "ovid-psycinfo", "Scopus (advanced search)": "scopus", "Web of Science": "web-of-science",
    "WoS Advanced": "web-of-science",
    "Business Source Ultimate": "ebsco-eric",       # EBSCO without a thesaurus that we know
}
# Kind -> who is right, and why.
VERDICTS = {
    "agree": ("", "the same meaning"),
    "no-target": ("", "a database that we don't compile for"),
    "internal": ("", "a step inside the other tool, without a string"),
    "not-read": ("", "a lint of a syntax that we compile to and don't read"),
    "heading-as-words": ("ours", "its vocabulary is not MeSH: a heading that it lacks finds nothing; words, and a loss "
                         "that says where the own heading goes"),
    "heading-in-index-terms": ("both", "theirs looks in index terms only, ours in title, abstract and keywords too, "
                               "with a named loss"),
    "heading-without-field": ("ours", "theirs drops field and heading without a word"),
    "major-dropped": ("ours", "both give the plain heading; ours names the loss"),
    "subheading": ("theirs", "nearer where the codes agree; ours gives the words with a named loss"),
    "substance": ("theirs", "a field for substances is nearer; ours gives the words with a named loss"),
    "field-lost": ("ours", "theirs searches every field where one was asked for"),
    "every-field": ("both", "no field was asked for; ours writes out which that is"),
    "text-word": ("ours", "theirs searches everything for [tw]; ours title, abstract and subjects, with a named loss"),
    "author-keywords": ("ours", "[tiab] holds the author's keywords (PubMed User Guide)"),
    "distance": ("ours", "Ovid's adjN counts one more than the words between"),
    "proximity-dropped": ("ours", "both give AND; ours names the loss"),
    "default-field": ("ours", "without a field Ovid looks in .mp.; ours writes it, theirs searches everything"),
    "dollar": ("ours", "Ovid's $ stands for any number of characters, not for one"),
    "other-sign": ("both", "N3 is EBSCO's sign: in PubMed it is a word"),
    "mapping": ("ours", "quotes switch PubMed's mapping off; ours leaves the words as they were"),
    "no-such-tag": ("ours", "PubMed has no tag [ab]; the message gives the place and a repair"),
    "hash": ("ours", "PubMed has no #; ours makes it a blank and says so, theirs widens to * in silence"),
    "lines-joined": ("both", "lines with operators between them: ours asks for one string or a last line by numbers"),
    "adjacent": ("ours", "PubMed joins adjacent terms by AND; ours reads that and notes it"),
    "proximity-misused": ("ours", "what PubMed does with it would be a guess: an error with the place and a repair"),
    "foreign-text": ("both", "theirs cuts text away and goes on; ours shows the place"),
    "single-words": ("ours", "without quotes or tag PubMed doesn't look for the phrase"),
    "three-word-proximity": ("ours", "an OR of pairs finds many times too much; one span of three words"),
    "strict": ("both", "mixed operators: the oracle refuses what leans on an order of operators; ours never writes it"),
    "default-distance": ("both", "NEAR without a number: the oracle refuses it; ours never writes it"),
    "whole-date": ("both", "theirs keeps the dates as one text, ours as a range of dates"),
}


@dataclass(frozen=True)
class Case:
    """One case: where it stands, for which database, both answers in short, and the kind of difference."""

    id: str
    database: str
    asked: str
    ours: str
    theirs: str
    kind: str

    @property
    def verdict(self) -> str:
        """Who is right: "ours", "theirs", "both", or "" where they agree or can't be compared."""
        return VERDICTS[self.kind][0] if self.kind in VERDICTS else "?"

    @property
    def why(self) -> str:
        """The reason of the verdict."""
        return VERDICTS[self.kind][1] if self.kind in VERDICTS else ""


def cases(folder: Path) -> list[Case]:
    """All cases of both files, in their order."""
    out = [_polyglot(n, row) for n, row in _rows(folder / "polyglot-cases.jsonl")]
    out += [_search_query(n, row) for n, row in _rows(folder / "search-query-cases.jsonl")]
    return out


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        yield number, json.loads(line)


def _shape(node: Node) -> Any:
    """An expression without order and case of its alternatives, to be compared."""
    match node:
        case And(children=below) | Or(children=below):
            return (type(node).__name__, frozenset(map(_shape, below)))
        case Not(keep=keep, drop=drop):
            return ("Not", _shape(keep), _shape(drop))
        case Near(operands=below):
            return ("Near", node.distance, node.ordered, tuple(map(_shape, below)))
        case Term(text=text, fields=fields, mapped=mapped):
            return ("Term", text.casefold(), fields, mapped)
        case Heading():
            return ("Heading", node.text.casefold(), node.vocabulary, node.explode, node.major,
                    tuple(s.casefold() for s in node.subheadings))
        case _:
            return node


def _read(database: str, string: str) -> Node | None:
    try:
        return flatten(oracles.read(database, string))
    except (oracles.Unreadable, ReviewError):
        return None


# polyglot: input, database, expected string


def _polyglot(number: int, row: dict[str, Any]) -> Case:
    name, asked, theirs = f"polyglot {number}", row["input"], row["expected"]
    database = ENGINES.get(row["engine"])
    if database is None:
        return Case(name, row["engine"], asked, "", theirs, "no-target")
    ovid = re.search(r"\.[a-z]{2}(,[a-z]{2})*(\.|\s*$)|/\s*$|/\)|\badj\d|\$", asked, re.IGNORECASE)
    try:
        tree = read(asked, "ovid-medline" if ovid else "pubmed").tree
    except ReviewError:
        kind = "no-such-tag" if "[ab]" in asked else "lines-joined" if "\n" in asked else "unclassified"
        return Case(name, database, asked, "(refused)", theirs, kind)
    target = targets.get(database)
    assert target is not None
    compiled = target.compile(tree)
    ours = compiled.strings[0].string
    mine, other = _read(database, ours), _read(database, theirs)
    if mine is not None and other is not None and _shape(mine) == _shape(other):
        return Case(name, database, asked, ours, theirs, "agree")
    codes = {x.code for x in compiled.losses}
    return Case(name, database, asked, ours, theirs, _polyglot_kind(asked, database, tree, codes, theirs, mine, other))


def _polyglot_kind(asked: str, database: str, tree: Node, codes: set[str], theirs: str, mine: Node | None,
                   other: Node | None) -> str:
    """The first rule that takes the difference."""
    first = next(iter(leaves(tree)))
    bare = other is not None and all(t.fields == ALL for t in terms(other)) and not any(
        isinstance(x, Heading) for x in leaves(other))
    if "\n" in asked and "1." in asked:
        return "lines-joined"
    if "#" in asked:
        return "hash"
    if isinstance(first, Heading) and first.vocabulary in ("subheading", "substance"):
        return "heading-without-field" if bare else first.vocabulary
    if "heading-as-words" in codes:
        if bare:
            return "heading-without-field"
        return "heading-in-index-terms" if theirs.startswith("INDEXTERMS") else "heading-as-words"
    if "major-dropped" in codes:
        return "major-dropped"
    if re.search(r"\bN\d\b", asked):
        return "other-sign"
    if re.search(r"\badj\d", asked, re.IGNORECASE):
        if database == "pubmed":
            return "proximity-dropped"
        return "default-field" if database in ("ovid-medline", "ovid-psycinfo", "cochrane", "embase") else "distance"
    if "$" in asked:
        return "dollar"
    if "tiab" in asked.lower() or "title/abstract" in asked.lower():
        return "field-lost" if bare else "author-keywords"
    if "[tw]" in asked and bare:
        return "text-word"
    if all(t.mapped for t in terms(tree)) and mine is not None:
        return "mapping"
    if bare and all(t.fields == ALL for t in terms(tree)):
        return "every-field"
    if bare and re.search(r"\.[a-z]{2}|\[[a-z]+\]", asked, re.IGNORECASE):
        return "field-lost"
    if all(t.fields == ALL for t in terms(tree)):
        return "every-field"
    if asked.startswith("(exp"):
        return "default-field"
    return "unclassified"


# search-query: a string, and a tree or messages


def _search_query(number: int, row: dict[str, Any]) -> Case:
    name = f"search-query {number}"
    database = row["file"].split("/")[1]
    test, values = row["test"], row["values"]
    asked = str(values[0])
    if "token" in test or "flatten" in test:
        return Case(name, database, "", "", "", "internal")
    if database in ("ebscohost", "wos"):
        if "linter" in test:
            return Case(name, database, asked, "", "", "not-read")
        return _compared(name, {"ebscohost": "cinahl", "wos": "web-of-science"}[database], asked, str(values[-1]),
                         str(values[1]) if len(values) > 2 else "")
    if "linter" in test:
        return _linted(name, asked, values[-1])
    return _compared(name, "pubmed", asked, str(values[-1]))


def _compared(name: str, database: str, asked: str, theirs: str, default: str = "") -> Case:
    """A string as both read it."""
    expected = _Notation(theirs, database).read()
    mine = _read(database, asked)
    if mine is not None and default:        # the field that the tool was told of beside the string
        mine = _mapped(mine, lambda t: Term(t.text, TITLE, t.mapped) if t.fields == ALL else t)
    kind = "unclassified"
    if mine is None:
        operators = set(re.findall(r"\b(?:AND|OR|NOT)\b", asked))
        kind = "default-distance" if re.search(r"NEAR(?!/)", asked) else "strict" if len(operators) > 1 else kind
    elif _shape(flatten(expected)) == _shape(mine):
        kind = "agree"
    elif any(isinstance(x, Range) for x in leaves(mine)) and ":" in theirs:
        kind = "whole-date"
    elif any(isinstance(x, Near) and len(x.operands) > 2 for x in leaves(mine)):
        kind = "three-word-proximity"
    elif "[abstract]" in theirs and _shape(flatten(_without_keywords(mine))) == _shape(flatten(_joined_fields(expected))):
        kind = "author-keywords"
    elif _shape(flatten(_joined_fields(expected))) == _shape(mine):
        kind = "agree"
    return Case(name, database, asked, "", "", kind)


def _without_keywords(node: Node) -> Node:
    """[tiab] as title and abstract only, as search-query has it."""
    return _mapped(node, lambda t: Term(t.text, t.fields - {"keywords"}, t.mapped))


def _mapped(node: Node, change: Callable[[Term], Node]) -> Node:
    match node:
        case Term():
            return change(node)
        case And(children=below):
            return And(tuple(_mapped(c, change) for c in below))
        case Or(children=below):
            return Or(tuple(_mapped(c, change) for c in below))
        case Not(keep=keep, drop=drop):
            return Not(_mapped(keep, change), _mapped(drop, change))
        case Near(operands=below):
            return Near(tuple(_mapped(c, change) for c in below), node.distance, node.ordered)
        case _:
            return node


def _joined_fields(node: Node) -> Node:
    """The same term or proximity in title and in abstract, or in both orders, as one that looks in both."""
    match node:
        case And(children=below):
            return And(tuple(map(_joined_fields, below)))
        case Or(children=below):
            groups: dict[Any, set[str]] = {}
            first: dict[Any, Node] = {}
            for child in map(_joined_fields, below):
                found = list(terms(child))
                simple = isinstance(child, (Term, Near))
                key = ((type(child).__name__, frozenset(t.text for t in found), getattr(child, "distance", None))
                       if simple else child)
                groups.setdefault(key, set()).update(found[0].fields if simple else ())
                first.setdefault(key, child)
            out = [_mapped(n, lambda t, k=k: Term(t.text, frozenset(groups[k]), t.mapped)) if groups[k] else n
                   for k, n in first.items()]
            return out[0] if len(out) == 1 else Or(tuple(out))
        case Not(keep=keep, drop=drop):
            return Not(_joined_fields(keep), _joined_fields(drop))
        case _:
            return node


class _Notation:
    """search-query's own notation of a tree: AND[a[[tiab]], OR[b[title], "c"[AB]]]."""

    def __init__(self, text: str, database: str) -> None:
        self.text, self.database, self.at = text, database, 0

    def read(self, field: str = "") -> Node:
        """The node at hand; `field` is that of the group around it."""
        if found := re.compile(r"(AND|OR|NOT|RANGE|(?:NEAR|WITHIN)/\d+)((?:\[[A-Z]+=?\])?)\[").match(self.text, self.at):
            self.at = found.end()
            field = found.group(2).strip("[]") or field
            below = [self.read(field)]
            while self.text.startswith(", ", self.at):
                self.at += 2
                below.append(self.read(field))
            self.at += 1
            return self.joined(found.group(1), below)
        found = re.compile(r'("[^"]*"|[^\[\],]+)(\[\[[^\[\]]*\]\]|\[[^\[\]]*\]|)').match(self.text, self.at)
        assert found is not None, self.text[self.at:]
        self.at = found.end()
        return self.leaf(found.group(1), found.group(2).strip("[]") or field)

    def joined(self, kind: str, below: list[Node]) -> Node:
        """An operator over its operands."""
        name, _, number = kind.partition("/")
        match name:
            case "AND":
                return And(tuple(below))
            case "OR":
                return Or(tuple(below))
            case "NOT":
                return Not(below[0], below[1])
            case "RANGE":
                low, high = below
                assert isinstance(low, Range) and isinstance(high, Range)
                return Range(low.low, "" if high.high == "3000" else high.high, low.field)
        if len(below) == 1 and isinstance(below[0], Term):      # PubMed: both words in one quoted phrase
            only = below[0]
            below = [Term(w, only.fields) for w in only.words]
        return Near(tuple(below), int(number), ordered=name == "WITHIN")

    def leaf(self, text: str, field: str) -> Node:
        """A term, a heading or a date in one field of its database."""
        words = text.strip('"')
        if self.database == "pubmed":
            tag = pubmed_tags.fold(field)
            if tag in pubmed_tags.DATES:
                return Range(words, words, pubmed_tags.DATES[tag])
            if tag in pubmed_tags.HEADINGS:
                vocabulary, major = pubmed_tags.HEADINGS[tag]
                return Heading(words, vocabulary, True, major)
            return Term(words, pubmed_tags.FIELDS.get(tag) or frozenset({field}))
        grammar = oracles.GRAMMARS[self.database]
        signs = grammar.wildcards
        return Term("".join(signs.get(c, c) for c in words), grammar.before.get(field.rstrip("="), grammar.default))


def _linted(name: str, asked: str, messages: Any) -> Case:
    """A string of its PubMed linter: do both take it?"""
    found = messages if isinstance(messages, list) else ast.literal_eval(str(messages))
    codes = {m["label"] for m in found}
    fatal = sorted(m["label"] for m in found if m["is_fatal"])
    notes: list[str] = []
    try:
        notes = [n.code for n in read(asked, "pubmed").notes]
        refused = False
    except ReviewError:
        refused = True
    kind = "unclassified"
    if refused == bool(fatal):
        kind = "agree"
        if "implicit-precedence" in codes and "mixed-operators" not in notes:
            kind = "unclassified"
    elif fatal == ["invalid-token-sequence"] and "implicit-and" in notes:
        kind = "adjacent"
    elif "invalid-proximity-use" in codes:
        kind = "proximity-misused"
    elif codes & {"unsupported-suffix", "unsupported-prefix-platform-identifier", "query-in-quotes",
                  "invalid-character"}:
        kind = "foreign-text"
    return Case(name, "pubmed", asked, "(refused)" if refused else "read", ", ".join(fatal) or "read", kind)


NOT_COMPARED = ("no-target", "internal", "not-read")


def table(found: list[Case]) -> str:
    """Every case in a row: id, database, kind, who is right."""
    return "".join(f"{c.id}\t{c.database}\t{c.kind}\t{c.verdict}\n" for c in found)


def summary(found: list[Case]) -> str:
    """The page that says by kind how the answers differ, and who is right."""
    out = ["# Where our answers differ from two public tools, and who is right\n",
           "Made by `python -m tests.query.adjudication DATA` (DATA holds `queries/`); `adjudicated.tsv` beside this page "
           "names every case, `benchmarks/query.py DATA --part cases` prints both answers. Answers agree where oracles of "
           "the databases' own syntax read the same meaning in both strings; the rules that put a disagreement under a "
           "kind are in `adjudication.py`, and a case that none of them takes fails a test.\n"]
    for tool, what in (("polyglot", "translations of PubMed and Ovid input"),
                       ("search-query", "its parsers, linter and translator")):
        own = [c for c in found if c.id.startswith(tool)]
        compared = [c for c in own if c.kind not in NOT_COMPARED]
        agree = sum(c.kind == "agree" for c in compared)
        out.append(f"## {tool}: {what}\n\n{len(own)} cases; {len(compared)} can be compared, {agree} of them agree.\n\n"
                   "| kind | cases | who is right | why | for example |\n|---|---|---|---|---|")
        for kind, n in Counter(c.kind for c in own).most_common():
            who, why = VERDICTS.get(kind, ("?", ""))
            example = next(c for c in own if c.kind == kind)
            shown = example.asked.replace("\n", " / ").replace("|", "\\|")[:50]
            out.append(f"| {kind} | {n} | {who} | {why} | {example.id}{f': `{shown}`' if shown and who else ''} |")
        out.append("")
    return "\n".join(out)


if __name__ == "__main__":
    here, everything = Path(__file__).parent, cases(Path(sys.argv[1]) / "queries")
    (here / "adjudicated.tsv").write_text(table(everything), encoding="utf-8")
    (here / "ADJUDICATION.md").write_text(summary(everything), encoding="utf-8")
