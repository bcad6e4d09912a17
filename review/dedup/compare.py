"""Two records side by side: what agrees, what differs, what cannot be told. No verdict yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz

from review.dedup import identifiers, names, places
from review.dedup.alike import TitleLevel, begins, compare_titles
from review.dedup.features import Features
from review.dedup.text import has_kana

Agreement = Literal["same", "differ", "unknown"]



@dataclass(slots=True)
class Comparison:
    """What two records have in common, field by field."""

    a: Features
    b: Features
    title: TitleLevel
    title_ratio: float              # of the best pair of title forms, 0..1; of a part: its share of the whole
    generic: bool                   # alone, such a title tells nothing; nor does that of a reply by others
    numbers_differ: bool            # the numbers in the titles: "part 1", "2019"
    words_differ: tuple[str, ...]   # content words of one title that have no counterpart in the other
    swapped: bool                   # both titles have such words: one may have been put for another
    slip: str                       # a short word and its counterpart a letter away: a slip, or another word
    authors: Literal["agree", "partly", "differ", "unknown"]
    year_gap: int | None
    journal: Agreement
    volume: Agreement
    issue: Agreement
    pages: Agreement                # first page or article number
    last_page: Agreement            # "same" also where first pages differ but the ranges overlap
    span: int                       # pages that both ranges cover, 0 where first or last pages differ
    locator_kind: bool              # one has pages, the other an electronic locator: they cannot be compared
    doi: Agreement
    pmid: Agreement
    pmcid: Agreement
    asked: bool                     # whether title or place are alike enough to hold the abstracts side by side
    _abstract: tuple[Agreement, float] | None = None

    @property
    def abstract(self) -> Agreement:
        """Whether the abstracts agree."""
        return self._abstracts()[0]

    @property
    def abstract_ratio(self) -> float:
        """How alike the abstracts are, 0..1; 0 where they were not compared."""
        return self._abstracts()[1]

    @property
    def abstract_known(self) -> bool:
        """Whether the abstracts were needed for the verdict and hence compared."""
        return self._abstract is not None

    def _abstracts(self) -> tuple[Agreement, float]:
        if self._abstract is None:
            self._abstract = _abstracts(self.a, self.b) if self.asked else ("unknown", 0.0)
        return self._abstract


def compare(a: Features, b: Features) -> Comparison:
    """Compare two records field by field."""
    level, ratio, generic, numbers_differ, odd, swapped, slip = compare_titles(a.title, b.title)
    agreed = _authors(a.authors, b.authors)
    if agreed != "agree" and (_read_as_chinese(a, b) or _read_as_chinese(b, a)):
        agreed = "unknown"
    pages, last, incomparable = _pages(a.pages, b.pages)
    volume, issue = _numbers(a.volume, b.volume), _numbers(a.issue, b.issue)
    if volume == issue == "unknown" and (_sole(a, b) or _sole(b, a)):
        volume = "same"
    if _shifted(a, b) or _shifted(b, a):
        volume, issue, pages = "same", "same", "unknown"
    elif pages == "differ" and (_ahead(a, b) or _ahead(b, a)):
        pages = "unknown"
    asked = level not in ("different", "similar") or ratio >= 0.7 or pages == "same" or bool(a.doi and a.doi == b.doi)
    others_letter = a.title.reply and b.title.reply and agreed != "agree"
    return Comparison(
        a, b, level, ratio, generic or others_letter, numbers_differ, odd, swapped, slip, agreed,
        abs(a.year - b.year) if a.year and b.year else None, _journals(a, b), volume, issue, pages, last,
        _span(a.pages) if pages == last == "same" else 0, incomparable, _dois(a.doi, b.doi), _ids(a.pmid, b.pmid),
        _ids(a.pmcid, b.pmcid), asked)


def worth_comparing(a: Features, b: Features) -> bool:
    """Whether two records of one block have enough in common to be looked at field by field."""
    if (a.doi and a.doi == b.doi) or (a.pmid and a.pmid == b.pmid) or (a.pmcid and a.pmcid == b.pmcid) or (
            a.native and a.native == b.native) or (a.url and a.url == b.url):
        return True
    if a.cochrane[0] and a.cochrane[0] == b.cochrane[0]:
        return True
    if (a.kind == "registration") != (b.kind == "registration") and a.trials & b.trials:
        return True
    placed = bool(a.pages.first) and a.pages.first == b.pages.first and (
        not a.volume or not b.volume or not set(a.volume).isdisjoint(b.volume))
    if not a.title.forms or not b.title.forms:
        return placed or bool(a.abstract_text and b.abstract_text)
    for s in a.title.forms:
        for t in b.title.forms:
            short, long = (s, t) if len(s.key) <= len(t.key) else (t, s)
            if fuzz.ratio(s.key, t.key, score_cutoff=75) or begins(short, long) or (short.cut and fuzz.ratio(
                    short.key, long.key[:len(short.key)], score_cutoff=75)):
                return True
    agreed = _authors(a.authors, b.authors) if placed else "differ"     # many articles begin on page 1 of volume 5
    return agreed == "agree" or (agreed == "unknown" and bool(a.pages.last) and a.pages.last == b.pages.last and (
        a.title.forms[0].key.isascii() != b.title.forms[0].key.isascii()))


def _ids(x: str, y: str) -> Agreement:
    return "unknown" if not x or not y else "same" if x == y else "differ"


def _dois(x: str, y: str) -> Agreement:
    if x and y and x != y and (x.startswith(y) or y.startswith(x)) and min(len(x), len(y)) > 14:
        rest = max(x, y, key=len)[min(len(x), len(y)):]
        if rest[0] in "./?&;,([-_" and not rest[1:2].isdigit():                 # something hung on by a database
            return "unknown"
    return _ids(x, y)


def _numbers(x: tuple[str, ...], y: tuple[str, ...]) -> Agreement:
    if not x or not y:
        return "unknown"
    return "same" if set(x) & set(y) else "differ"


def _authors(x: names.Authors, y: names.Authors) -> Literal["agree", "partly", "differ", "unknown"]:
    if not x.people or not y.people:
        return "unknown"
    if x.people == y.people:
        return "agree"
    if _script(x) != _script(y):
        return "unknown"                                # names in two scripts, without a table between them
    first = names.same_person(x.people[0], y.people[0])
    share = names.overlap(x, y)
    if share < 0.5:
        share = max(share, _spelling(x, y))
    short = min(len(x.people), len(y.people))
    if share >= 0.6 and (first >= 0.5 or share >= 0.7 or short > 2):
        return "agree"
    return "partly" if share >= 0.3 or first == 1 else "differ"


def _read_as_chinese(x: Features, y: Features) -> bool:
    """Whether x's names, in characters, are of a Japanese record, where they are not read as in Chinese."""
    return any(p.han for p in x.authors.people[:1]) and not any(p.han for p in y.authors.people[:1]) and has_kana(
        x.record.title + x.record.journal)


def _script(authors: names.Authors) -> bool:
    """Whether the names are in Latin letters (Chinese ones are romanised)."""
    return authors.people[0].families[0].isascii()


def _spelling(x: names.Authors, y: names.Authors) -> float:
    """Agreement of family names that are spelled a little otherwise, 0..1."""
    n = min(len(x.people), len(y.people), 8)
    hits = sum(max(fuzz.ratio(f, g) for f in p.families for g in q.families) >= 80
               for p, q in zip(x.people[:n], y.people[:n], strict=True))
    return hits / n


def _ahead(x: Features, y: Features) -> bool:
    """Whether x is ahead of print: as many pages as y, counted from 1, and no volume or issue yet."""
    return x.pages.first == "1" and not (x.volume and x.issue) and 0 < _span(x.pages) == _span(y.pages)


def _sole(x: Features, y: Features) -> bool:
    """Whether x's only number, its volume, is y's only one, its issue: a journal that counts one of them only."""
    return bool(x.volume) and not x.issue and not y.volume and x.volume == y.issue


def _shifted(x: Features, y: Features) -> bool:
    """Whether x's volume and issue stand one column too far to the right."""
    return not x.volume and bool(x.issue and y.issue) and x.issue[:1] == y.volume[:1] and x.pages.first == y.issue[0]


def _journals(a: Features, b: Features) -> Agreement:
    if a.issn and b.issn and not set(a.issn).isdisjoint(b.issn):
        return "same"
    if not a.journal.words or not b.journal.words or a.journal.name.isascii() != b.journal.name.isascii():
        return "unknown"                                # a name in another script cannot be held against this one
    value = places.same_journal(a.journal, b.journal)
    return "same" if value >= 0.85 else "unknown" if value >= 0.6 else "differ"


def _pages(x: places.Pages, y: places.Pages) -> tuple[Agreement, Agreement, bool]:
    if not x.first or not y.first:
        if x.last and y.last:                           # "Suppl-48" against "L37-L48"
            ends = x.last.endswith(y.last) or y.last.endswith(x.last)
            return "unknown", "same" if ends else "differ", False
        return "unknown", "unknown", False
    if x.also or y.also:
        agree = bool(set(x.also or [(x.first, x.last)]) & set(y.also or [(y.first, y.last)]))
        return ("same", "same", False) if agree else ("unknown", "unknown", False) if not (x.last and y.last) else (
            "differ", "differ", False)
    last: Agreement = _ids(x.last, y.last)
    if x.first == y.first and (x.prefix == y.prefix or not x.prefix or not y.prefix or {x.prefix, y.prefix} <= set("eabcdf")):
        return "same", last, False
    if x.text.replace(" ", "") == y.text.replace(" ", ""):
        return "same", last, False
    if places.is_electronic(x) != places.is_electronic(y):
        return "unknown", last, True
    for p, q in ((x, y), (y, x)):                       # articles with a number count their pages from 1
        if p.first == "1" and p.last and not p.prefix and not q.last:
            return "unknown", last, True
    return "differ", "same" if last == "same" or _overlap(x, y) else last, False


def _span(p: places.Pages) -> int:
    return int(p.last) - int(p.first) + 1 if p.first.isdigit() and p.last.isdigit() else 0


def _overlap(x: places.Pages, y: places.Pages) -> bool:
    """Whether two page ranges of one volume have a page in common."""
    if x.prefix != y.prefix or not (x.first.isdigit() and y.first.isdigit()) or not (x.last or y.last):
        return False
    return int(x.first) <= int(y.last or y.first) and int(y.first) <= int(x.last or x.first)


def _abstracts(a: Features, b: Features) -> tuple[Agreement, float]:
    """How alike two abstracts are, by their beginnings, or by runs of three words where one lacks its opening."""
    if not a.abstract_text or not b.abstract_text:
        return "unknown", 0.0
    x, y = a.abstract, b.abstract
    n = min(len(x), len(y), 700)
    if n < 60:
        return "unknown", 0.0
    ratio = fuzz.ratio(x[:n], y[:n]) / 100
    if 0.6 <= ratio < 0.88 and n >= 150:
        for short, long in ((x[:n], y), (y[:n], x)):
            runs = _runs(short)
            if len(runs) > 9:
                ratio = max(ratio, 0.5 + len(runs & _runs(long)) / (2 * len(runs)))
    return ("same" if ratio >= 0.88 else "differ" if ratio < 0.65 else "unknown"), ratio


def _runs(text: str) -> set[tuple[str, str, str]]:
    words = text.split()
    return set(zip(words, words[1:], words[2:], strict=False))


def doi_family(x: str, y: str) -> bool:
    """Whether two DOIs are versions of one preprint."""
    first, second = identifiers.doi_version(x), identifiers.doi_version(y)
    return first[0] == second[0] and first[1] != second[1]
