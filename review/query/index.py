"""Running expressions over many records quickly: words in SQLite's full-text index, headings in tables.

The index answers what it can exactly; where it can't (words near each other, wildcards inside a phrase) it
gives candidates, and the plain evaluator decides. Tests hold both to the same answers.
"""

from __future__ import annotations

import itertools
import math
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import groupby

from review.model import Record
from review.query.evaluate import Page, matches, near_fields, split_heading, texts, within
from review.query.tree import (
    PART_OF,
    And,
    Fields,
    Heading,
    Language,
    Near,
    Node,
    Not,
    Or,
    Range,
    Term,
)
from review.query.words import fold, matcher, patterns, spaced

# One column an atom; "own-words" are summaries and snippets, looked at only where all fields are.
_COLUMNS = ("title", "abstract", "keywords", "heading", "subheading", "publication-type", "author", "journal",
            "language", "original-title", "id", "own-words")
_ALL = tuple(c for c in _COLUMNS if c not in ("subheading", "language", "original-title"))
# Parts of a column, told by the plain evaluator.
_PARTS = frozenset({"full-author", "first-author", "last-author"})
_GATHERED = 1 << 27              # bytes of words that are gathered before they are sorted in: fewer, larger steps
# Stands between the values of a field, so that no phrase runs from one into the next. A sign for private use is no
# letter of any word, and no wildcard of a word finds it either (letters would: "AAAA" is found by "a*").
_BETWEEN = " \ue000 "
Rows = frozenset[int]


class Index:
    """Records made searchable; kept in memory, made anew when needed."""

    def __init__(self, records: Iterable[Record]) -> None:
        self.records: list[Record] = []
        self._pages: dict[int, Page] = {}
        self._headings: dict[str, list[tuple[int, frozenset[str], bool]]] = {}
        self._subheadings: dict[str, set[int]] = {}
        self._types: dict[str, set[int]] = {}
        self._dates: dict[str, dict[str, set[int]]] = {}        # year, entrez, ..., language -> value -> rows
        self._found: dict[Node, Rows] = {}
        self._base = sqlite3.connect(":memory:")
        columns = ", ".join(f'"{c}"' for c in _COLUMNS)
        # Words are cut and folded here, so the tokeniser only splits at blanks (it takes non-ASCII as letters).
        self._base.execute(f"create virtual table page using fts5({columns}, content='', columnsize=0, tokenize='ascii')")
        self._base.execute(f"insert into page(page, rank) values ('hashsize', {_GATHERED})")
        self._base.execute("create virtual table word using fts5vocab(page, row)")
        marks = ", ".join("?" * (len(_COLUMNS) + 1))
        self._base.executemany(f"insert into page(rowid, {columns}) values ({marks})", self._rows(records))
        self._base.commit()             # sorts the rest in now, not within the first question

    def _rows(self, records: Iterable[Record]) -> Iterator[list[str | int]]:
        for row, record in enumerate(records):
            self.records.append(record)
            for heading in record.mesh:
                name, subs, major = _split(heading)
                self._headings.setdefault(name, []).append((row, subs, major))
                for sub in subs:
                    self._subheadings.setdefault(sub, set()).add(row)
            dates = {**record.dates, "year": str(record.year or ""), "language": record.language}
            for field, value in dates.items():
                if value:
                    self._dates.setdefault(field, {}).setdefault(value, set()).add(row)
            for kind in record.publication_types:
                self._types.setdefault(_folded(kind), set()).add(row)
            yield [row, *(_BETWEEN.join(spaced(v) for v in texts(record, c) if v) for c in _COLUMNS)]

    def __len__(self) -> int:
        return len(self.records)

    def search(self, tree: Node) -> list[Record]:
        """The records that an expression finds, in the order they were given."""
        return [self.records[row] for row in sorted(self.rows(tree))]

    def count(self, tree: Node) -> int:
        """How many records an expression finds."""
        return len(self.rows(tree))

    def rows(self, tree: Node) -> Rows:
        """The places (from 0) of the records that an expression finds."""
        if tree not in self._found:
            if len(self._found) > 20_000:
                self._found.clear()
            self._found[tree] = self._rows_of(tree)
        return self._found[tree]

    def _rows_of(self, tree: Node) -> Rows:
        match tree:
            case And(children=below):
                found = self.rows(below[0])
                for child in below[1:]:
                    found = found & self.rows(child) if found else found
                return found
            case Or(children=below):
                return self._any(below)
            case Not(keep=keep, drop=drop):
                return self.rows(keep) - self.rows(drop)
            case Term():
                return self._terms((tree,))
            case Near():
                return self._verified(tree, self._near_candidates(tree))
            case Heading():
                return self._heading(tree)
            case Range(relative=True):
                return frozenset(range(len(self.records)))
            case Range():
                return self._given(tree.field, tree.keep_unknown, lambda held: within(held, tree.low, tree.high))
            case Language():
                return self._given("language", tree.keep_unknown, lambda held: held in tree.codes)

    def _given(self, field: str, keep_unknown: bool, fits: Callable[[str], bool]) -> Rows:
        """Records whose date or language fits; on request also those that give none."""
        held = self._dates.get(field, {})
        found = set().union(*(rows for value, rows in held.items() if fits(value)))
        return frozenset(found | (set(range(len(self.records))) - set().union(*held.values())) if keep_unknown else found)

    def _any(self, below: tuple[Node, ...]) -> Rows:
        """Alternatives: all plain terms of one set of fields in one question to the index."""
        plain = sorted((c for c in below if isinstance(c, Term)), key=lambda t: (t.mapped, sorted(t.fields)))
        found: set[int] = set()
        for _, group in groupby(plain, key=lambda t: (t.mapped, t.fields)):
            found |= self._terms(tuple(group))
        return frozenset(found.union(*(self.rows(c) for c in below if not isinstance(c, Term))))

    def _verified(self, tree: Node, candidates: Iterable[int]) -> Rows:
        """Those of the candidates that the plain evaluator finds too."""
        return frozenset(row for row in candidates if matches(tree, self._page(row)))

    def _page(self, row: int) -> Page:
        if row not in self._pages:
            if len(self._pages) > 5_000:
                self._pages.clear()
            self._pages[row] = Page(self.records[row])
        return self._pages[row]

    # words

    def _terms(self, terms: tuple[Term, ...]) -> Rows:
        """Records that hold any of the terms, which look in the same fields."""
        asked, doubtful, found = [], [], set()
        for term in terms:
            wanted = patterns(term.text)
            if not wanted:
                continue
            if term.mapped:
                each = [self._asked((w,), term.fields) for w in wanted]
                if all(each):
                    found |= self._ask(" AND ".join(f"({e})" for e in each))
            elif term.fields & _PARTS or any(c in "*?#" for w in wanted[:-1] for c in w):
                doubtful.append((term, wanted))
            elif question := self._asked(wanted, term.fields):
                asked.append(question)
        if asked:
            found |= self._ask(" OR ".join(asked))
        for term, wanted in doubtful:
            each = [self._asked((w,), term.fields) for w in wanted]
            if all(each):
                found |= self._verified(term, self._ask(" AND ".join(f"({e})" for e in each)))
        return frozenset(found)

    def _asked(self, wanted: tuple[str, ...], fields: Fields) -> str:
        """A phrase, whose last word may hold wildcards, as the index wants it; "" if no such word exists."""
        fields = fields | {PART_OF[part] for part in fields & _PARTS}
        columns = _ALL if "all" in fields else tuple(c for c in _COLUMNS if c in fields)
        if not columns:
            return ""
        *first, last = wanted
        start = " ".join(f'"{w}"' for w in first)
        joined = " + ".join(f'"{w}"' for w in first)
        where = "{" + " ".join(f'"{c}"' for c in columns) + "}"
        if matcher(last) is None or re.fullmatch(r"[^*?#]+\*", last):
            end = f'"{last}"' if matcher(last) is None else f'"{last[:-1]}" *'
            return f"{where} : ({joined + ' + ' if start else ''}{end})"
        ends = self._spelled(last)
        return " OR ".join(f'{where} : ({joined + " + " if start else ""}"{e}")' for e in ends)

    def _spelled(self, pattern: str) -> list[str]:
        """The words of the index that a word with wildcards stands for."""
        test, stem = matcher(pattern), re.split(r"[*?#]", pattern)[0]
        assert test is not None
        among = self._base.execute("select term from word where term >= ? and term < ?", (stem, stem + "\U0010ffff"))
        return [w for (w,) in among if test.fullmatch(w)]

    def _ask(self, question: str) -> set[int]:
        return {row for (row,) in self._base.execute("select rowid from page where page match ?", (question,))}

    def _near_candidates(self, near: Near) -> Rows:
        """Records that may hold it: by the index's own proximity where it can say it, else every operand."""
        fields = near_fields(near)
        if question := self._near_asked(near, fields):
            return frozenset(self._ask(question))
        found: Rows | None = None
        for operand in near.operands:
            rows = self.rows(_in_any(operand, fields))
            found = rows if found is None else found & rows
        return found or frozenset()

    def _near_asked(self, near: Near, fields: Fields) -> str:
        """The proximity of plain words and phrases as the index says it (a little wider); "" if it can't."""
        choices = [o.children if isinstance(o, Or) else (o,) for o in near.operands]
        if math.prod(map(len, choices)) > 300:
            return ""
        written = []
        for group in choices:
            each = [_plain_phrase(c) for c in group]
            if not all(each):
                return ""
            written.append(each)
        longest = sum(max(p.count('"') // 2 for p in group) for group in written)
        columns = _ALL if "all" in fields else tuple(c for c in _COLUMNS if c in fields)
        where = "{" + " ".join(f'"{c}"' for c in columns) + "}"
        # The index counts words from the end of the first phrase to the start of the last.
        return " OR ".join(f"{where} : NEAR({' '.join(chosen)}, {near.distance + longest})"
                           for chosen in itertools.product(*written))

    # headings

    def _heading(self, heading: Heading) -> Rows:
        text = fold(heading.text).strip()
        match heading.vocabulary:
            case "publication-type":
                return frozenset(self._types.get(text, ()))
            case "subheading":
                return frozenset(self._subheadings.get(text, ()))
            case "mesh":
                wanted = {fold(s) for s in heading.subheadings}
                return frozenset(row for row, subs, major in self._headings.get(text, ())
                                 if (major or not heading.major) and (not wanted or wanted & subs))
            case _:
                return frozenset()


# Headings, journals and kinds of publication come back in record after record.
_folded = lru_cache(maxsize=None)(fold)


@lru_cache(maxsize=100_000)
def _split(heading: str) -> tuple[str, frozenset[str], bool]:
    """A heading's name, its subheadings, whether it is a main point; folded."""
    name, subs, major = split_heading(heading)
    return name, frozenset(subs), major


def _plain_phrase(node: Node) -> str:
    """A phrase with at most a * at its end, as the index writes it; "" for anything else."""
    wanted = patterns(node.text) if isinstance(node, Term) else ()
    if not wanted or any(c in "*?#" for w in (*wanted[:-1], wanted[-1].rstrip("*")) for c in w):
        return ""
    joined = " + ".join('"' + w.rstrip("*") + '"' for w in wanted)
    return joined + (" *" if wanted[-1].endswith("*") else "")


def _in_any(operand: Node, fields: Fields) -> Node:
    """An operand of a proximity without the proximity: all words of a nested one."""
    match operand:
        case Term(text=text):
            return Term(text, fields)
        case Or(children=below):
            return Or(tuple(_in_any(c, fields) for c in below))
        case Near(operands=below):
            return And(tuple(_in_any(c, fields) for c in below))
        case _:
            return operand
