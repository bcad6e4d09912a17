"""Where a document stands: journal, volume, issue, pages, each brought to forms that can be compared."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from review.dedup.text import plain, words
from review.dedup.vocabulary import HOSTS, MEETING, SMALL

_LONGEST = 150                                          # characters of a page, volume or issue field; longer ones are damage
_MONTHS = {m: i + 1 for i, m in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"])}
_EXCEL = re.compile(r"^\s*(?:(\d{1,4})[-/ ]([A-Za-z]{3})|([A-Za-z]{3})[-/ ](\d{1,4}))\s*$")
_DATE = re.compile(r"^\s*(?:(\d{4})-(\d\d)-(\d\d)(?: 00:00:00)?|(\d{1,2})/(\d{1,2})/(\d{4}))\s*$")
_NUMBER = re.compile(r"\d+")
_PAGE = re.compile(r"([a-z]{0,4})\s?(\d+)([a-z]?)")
_RANGE = re.compile(r"^([a-z]{0,4})\s?(\d+)([a-z]?)\s*(?:-{1,2}|–|—|‐|‑|−|~|to)\s*([a-z]{0,4})\s?(\d+)")
_NO_PAGES = re.compile(r"no pagination|n\.?\s?pag|not specified|^\W*$|^(?:na|n/a|nil|none|unspecified|null|nan)$")
_COUNT = re.compile(r"^\d+\s*(?:p|pp|pages?|s|leaves|页)\.?$")                    # how many there are, not which
_LOST_FIRST = re.compile(r"^[a-z]+\.?\s?[-–]\s?(\d+)$")                           # "Suppl-48": the first page is lost
_SUPPLEMENT_PREFIX = re.compile(r"s\d+[-:.](?=\d+\s*-\s*s\d+[-:.]\d)|(?<=-)s\d+[-:.](?=\d+$)")
_ROMAN_PAGE = re.compile(r"^([ivxlc]{1,7})(?:-([ivxlc]{1,7}))?$")
# "academia.edu", "eprints.xyz.ac.uk": the host that a search engine names in a journal's place.
_HOST = re.compile(r"(?:https?://)?(?:www\.)?(?:[a-z0-9-]+\.)+(?:com|org|net|edu|gov|info|io|(?:ac|co|com|edu|gov|org)\.[a-z]{2})(?:/\S*)?$")
_TRAILER = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])\s*$")
_SUBTITLE = re.compile(r"\s+[=/:]\s+|:\s+|\s=\s|\.\s(?=[a-z]{3})|;\s")


class Pages(NamedTuple):
    """First and last page as numbers in text; prefix "s" in "S42"; `single` where no range was given."""

    prefix: str = ""
    first: str = ""
    last: str = ""
    text: str = ""
    also: tuple[tuple[str, str], ...] = ()              # what else a damaged field may have been


class Journal(NamedTuple):
    """A journal's words without small words, as given and without subtitle or place."""

    name: str = ""
    words: tuple[str, ...] = ()
    short: tuple[str, ...] = ()
    cut: bool = False               # "Journal of clinical …"
    section: str = ""               # "b" in "Physical Review B"


@lru_cache(maxsize=50_000)
def pages(text: str) -> Pages:
    """What a page field says. Dates that a spreadsheet made of "1-6" are turned back."""
    folded = plain(text[:_LONGEST]).strip()
    if not folded or _NO_PAGES.search(folded):
        return Pages()
    undone = _from_date(folded)
    if undone:
        return undone
    folded = re.sub(r"^(?:pp?|pages?|pg|art(?:icle)?(?: ?(?:no|number|id))?|id|seiten?|s)[.:]\s*|"
                    r"^(?:pp|pages?|art(?:icle)?(?: ?(?:no|number|id))?|article number)\s+", "", folded)
    folded = re.sub(r"^\d+\s*\(\d+\)\s*[:,]\s*", "", folded)                    # "12(4): 123-30"
    folded = _SUPPLEMENT_PREFIX.sub(r"s", folded)                               # "S4-76-S4-101"
    if _COUNT.match(folded):
        return Pages()
    lost = _LOST_FIRST.match(folded)
    if lost:
        return Pages(last=_bare(lost.group(1)), text=folded)
    roman = _ROMAN_PAGE.match(folded)
    if roman:
        return Pages("", roman.group(1), roman.group(2) or "", folded)
    found = _RANGE.match(folded)
    if found:
        prefix, first, _, _, last = found.groups()
        return Pages(prefix, _bare(first), _whole(_bare(first), last), folded)
    found = _PAGE.search(folded)
    if not found:
        return Pages("", "", "", folded)
    return Pages(found.group(1), _bare(found.group(2)), "", folded)


def _bare(number: str) -> str:
    return number.lstrip("0") or "0"


def _whole(first: str, last: str) -> str:
    """The last page in full: "9" after "123" is 129."""
    last = _bare(last)
    return first[:len(first) - len(last)] + last if len(last) < len(first) else last


def _from_date(text: str) -> Pages | None:
    """Pages behind a date that a spreadsheet made of them: "01-jun" and "mar-47" are 1-6 and 3-47, and
    "21-aug" may be 21-8, short for 21-28, or 8-21."""
    found = _EXCEL.match(text)
    if found:
        day, month, month2, day2 = found.groups()
        number = _MONTHS.get(month or month2)
        if number is None:
            return None
        left, right = (int(day), number) if day else (number, int(day2))
    else:
        found = _DATE.match(text)
        if not found:
            return None
        if found.group(1):
            left, right = int(found.group(2)), int(found.group(3))
        else:
            left, right = int(found.group(4)), int(found.group(5))
    options = {(str(min(left, right)), str(max(left, right)))}
    for x, y in ((left, right), (right, left)):
        if x > y:
            options.add((str(x), _whole(str(x), str(y))))
    return Pages("", str(min(left, right)), str(max(left, right)), text, tuple(sorted(options)))


def is_electronic(p: Pages) -> bool:
    """Whether the pages are an electronic locator or article number ("e505", "a1754", a long number alone)."""
    return not p.last and (p.prefix in ("e", "a", "b", "c", "d", "f", "cd", "id", "art") or len(p.first) >= 5)


@lru_cache(maxsize=20_000)
def numbers(text: str) -> tuple[str, ...]:
    """The numbers in a volume or issue field, in order; a month stands for its number (spreadsheets)."""
    folded = plain(text[:_LONGEST])
    found = _EXCEL.match(folded)
    if found:
        return tuple(sorted((_bare(p) if p.isdigit() else str(_MONTHS.get(p, 0)) for p in found.groups() if p), key=int))
    return tuple(_bare(n) for n in _NUMBER.findall(folded))


@lru_cache(maxsize=20_000)
def journal(text: str) -> Journal:
    """A journal's name as words, with and without what databases add ("(Basel)", ": official organ of")."""
    folded = plain(text[:4 * _LONGEST]).replace("&", " and ").strip()
    if _HOST.match(folded):
        return Journal()
    bare = folded
    while True:
        cut = _TRAILER.sub("", bare)
        if cut == bare or not cut:
            break
        bare = cut
    head = _SUBTITLE.split(bare, maxsplit=1)[0]
    all_words = tuple(w for w in words(bare) if w not in SMALL)
    short = tuple(w for w in words(head) if w not in SMALL)
    if not all_words:
        all_words = tuple(words(bare))
    shortened = text.strip().endswith(("…", "..."))
    if shortened and len(all_words) > 1 and any(w.startswith(all_words[-1]) for w in SMALL):
        all_words, short = all_words[:-1], ()                                   # "American journal o…"
    last = words(bare)[-1:]
    section = last[0] if last and len(last[0]) == 1 and last[0] in "abcdefgh" and len(all_words) > 1 else ""
    return Journal("".join(all_words), all_words, short or all_words, shortened, section)


@lru_cache(maxsize=200_000)
def same_journal(a: Journal, b: Journal) -> float:
    """How surely two names are one journal's, 0..1: equal, abbreviated, an acronym, or spelled a little otherwise."""
    if not a.words or not b.words:
        return 0.0
    if a.name == b.name:
        return 1.0
    if a.section and b.section and a.section != b.section:
        return 0.3
    if a.cut or b.cut:
        return _cut_journal(a, b)
    best = 0.0
    both = a.short != a.words and b.short != b.words    # "American volume", "British volume": not without them
    for x in {a.words, a.short}:
        for y in {b.words, b.short}:
            if both and x == a.short and y == b.short:
                continue
            best = max(best, 0.98 if x == y else _abbreviates(x, y), _acronym(x, y))
    if best >= 0.9:
        return best
    from rapidfuzz import fuzz

    best = max(best, fuzz.ratio(a.name, b.name) / 100 - 0.03)
    if MEETING.intersection(a.words) and MEETING.intersection(b.words):    # named in any order, with years and numbers
        p, q = ({w for w in j.words if not w[0].isdigit() and w not in MEETING | HOSTS} for j in (a, b))
        if p and q and max(map(len, p if len(p) < len(q) else q)) > 3:
            best = max(best, len(p & q) / min(len(p), len(q)) - 0.1)
    return best


def _cut_journal(a: Journal, b: Journal) -> float:
    """A name that a search engine cut: two words that begin the other are enough, one tells nothing."""
    x, y = sorted((a.words, b.words), key=len)
    alike = all(_stands_for(p, q) for p, q in zip(x, y, strict=False))
    return 0.7 if len(x) < 2 and alike else 0.88 if alike else 0.5


def _abbreviates(x: tuple[str, ...], y: tuple[str, ...]) -> float:
    """Whether each word of the shorter name stands, in order, for a word of the longer one."""
    if sum(map(len, x)) > sum(map(len, y)):
        x, y = y, x
    at, matched = 0, 0
    for word in x:
        while at < len(y) and not _stands_for(word, y[at]):
            at += 1
        if at == len(y):
            return 0.0
        matched += 1
        at += 1
    if not _stands_for(x[0], y[0]):
        return 0.0
    missed = len(y) - matched
    if missed == 0:
        return 0.95
    return 0.9 if missed == 1 and matched >= 3 else 0.75 if matched >= 2 else 0.6


def _stands_for(short: str, word: str) -> bool:
    """"j" for journal, "natl" for national: first letters agree and the rest stand in order."""
    if word.startswith(short) or short.startswith(word):
        return True
    if short[0] != word[0] or len(short) < 3 or len(short) >= len(word):
        return False
    rest = iter(word)
    return all(c in rest for c in short)


def _acronym(x: tuple[str, ...], y: tuple[str, ...]) -> float:
    """"jama" against journal, american, medical, association."""
    if len(x) > len(y):
        x, y = y, x
    return 0.9 if len(x) == 1 and len(y) >= 3 and x[0] == "".join(w[0] for w in y) else 0.0
