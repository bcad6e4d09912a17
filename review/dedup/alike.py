"""Two titles side by side: equal, nearly so, one the beginning of the other, or other words."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import Literal

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from review.dedup import titles
from review.dedup.text import is_greek_name

TitleLevel = Literal["equal", "near", "contained", "truncated", "similar", "different", "unknown"]
TitleAgreement = tuple[TitleLevel, float, bool, bool, tuple[str, ...], bool, str]  # the first fields of Comparison
_LEVELS = ("equal", "near", "contained", "truncated", "similar", "different", "unknown")
_OPPOSITES = [("hyper", "hypo"), ("pre", "post"), ("in", "ex"), ("micro", "macro"), ("intra", "inter"), ("intra", "extra"),
              ("pro", "anti"), ("mono", "poly"), ("over", "under"), ("up", "down"), ("short", "long"), ("in", "out"),
              ("homo", "hetero"), ("endo", "exo"), ("epi", "endo"), ("uni", "bi"), ("tri", "bi"), ("ab", "ad"),
              ("af", "ef"), ("fe", ""), ("wo", ""), ("un", ""), ("non", ""), ("in", ""), ("im", ""), ("a", ""), ("dis", ""),
              ("de", "in"), ("anti", ""), ("sub", ""), ("super", ""), ("neo", ""), ("grand", ""), ("para", ""), ("multi", "uni")]

_MANY = 20                                              # odd words; titles with more have little in common
_SURE = 10                                              # letters; two words as long as this are rarely one letter apart

_SPELLINGS = (("ae", "e"), ("oe", "e"), ("ue", "u"), ("our", "or"), ("ise", "ize"), ("isa", "iza"), ("yse", "yze"),
              ("tre", "ter"), ("ph", "f"), ("ll", "l"), ("mm", "m"), ("gue", "g"))


def compare_titles(x: titles.Reading, y: titles.Reading) -> TitleAgreement:
    """The best agreement between any forms of two titles."""
    if not x.forms or not y.forms:
        return "unknown", 0.0, True, False, (), False, ""
    best: TitleAgreement = ("different", 0.0, False, False, (), False, "")
    for s in x.forms:
        for t in y.forms:
            found = _two_titles(s, t)
            if (_LEVELS.index(found[0]), -found[1]) < (_LEVELS.index(best[0]), -best[1]):
                best = found
            if best[0] == "equal":
                return best
    return best


def _two_titles(s: titles.Title, t: titles.Title) -> TitleAgreement:
    generic = s.generic or t.generic
    if s.key == t.key:
        return "equal", 1.0, generic, False, (), False, ""
    short, long = (s, t) if len(s.key) <= len(t.key) else (t, s)
    n = len(short.key)
    if begins(short, long) and (short.cut or not _inside_last_word(short, long)):
        cut = short.cut or not _ends_word(short, long)
        if cut or short.key in long.heads:
            numbers = _numbers_differ(short, long, cut=True) if cut else short.numbers != long.numbers
            return "truncated" if cut else "contained", n / len(long.key), generic, numbers, (), False, ""
    if short.cut and n >= 25 and not s.han:
        ratio = fuzz.ratio(short.key, long.key[:n], score_cutoff=60) / 100
    else:
        ratio = fuzz.ratio(s.key, t.key, score_cutoff=40) / 100
    if ratio < 0.6:
        return "different", ratio, generic, False, (), False, ""
    numbers = _numbers_differ(s, t, cut=short.cut)
    left, right, slip = odd_words(s, t)
    odd, swapped = left + right, bool(left and right)
    if ratio >= (0.88 if not s.han else 0.9) and not odd and not numbers:
        return "near", ratio, generic, False, (), False, slip or _turned_round(s, t)
    return "similar", ratio, generic, numbers, odd, swapped, slip


def begins(short: titles.Title, long: titles.Title) -> bool:
    """Whether one title is the beginning of the other: a subtitle left out, or a title cut off."""
    n = len(short.key)
    if n < (4 if short.han else 12):
        return False
    if long.key.startswith(short.key):
        return n >= ((8 if short.cut else 12) if short.han else (20 if short.cut else 30)) or short.key in long.heads
    return short.cut and n >= 30 and short.key in long.key


def _ends_word(short: titles.Title, long: titles.Title) -> bool:
    """Whether the shorter title ends where a word of the longer one does; else it was cut off."""
    n = len(short.key)
    for word in long.words:
        n -= len(word)
        if n <= 0:
            return n == 0 or long.han
    return False


def _inside_last_word(short: titles.Title, long: titles.Title) -> bool:
    """Whether the longer title only spells its last word on: "Niger" and "Nigeria" are two words, nothing was cut."""
    return not long.han and short.text.count(" ") == long.text.count(" ") and len(short.key) < len(long.key)


def _numbers_differ(s: titles.Title, t: titles.Title, cut: bool = False) -> bool:
    if s.numbers == t.numbers or "".join(s.numbers) == "".join(t.numbers):
        return False
    if cut:
        n = min(len(s.numbers), len(t.numbers))
        x, y = s.numbers[:n], t.numbers[:n]
        short, long = (s, t) if len(s.key) <= len(t.key) else (t, s)
        if x == y or x[:-1] != y[:-1] or not (short.cut and short.key[-1:].isdigit()):
            return x != y
        return not long.numbers[n - 1].startswith(short.numbers[n - 1])       # "48 versus 2…"
    return sorted(s.numbers) != sorted(t.numbers)


def _turned_round(s: titles.Title, t: titles.Title) -> str:
    """Whether the same words stand in another order: "sleep in anxiety", "anxiety in sleep"."""
    x, y = titles.content(s.words), titles.content(t.words)
    return "words in another order" if x != y and sorted(x) == sorted(y) else ""


def odd_words(s: titles.Title, t: titles.Title) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """Content words of each title without a counterpart (same, or differently spelled) in the other; and, where a
    short word was matched with one a letter away, these two: a slip or another word ("henan / hunan")."""
    # A letter or a Greek letter that stands in one title only was lost; one for another is another substance.
    words, others = s.words, t.words
    for kind in (_is_letter, is_greek_name):
        x, y = [w for w in words if kind(w)], [w for w in others if kind(w)]
        if x != y:
            one, other = Counter(x) - Counter(y), Counter(y) - Counter(x)
            if len(one) == len(other) == 1:
                return tuple(one), tuple(other), ""
    left = [w for w in titles.content(words) if w not in others]
    right = [w for w in titles.content(others) if w not in words]
    if "".join(left) == "".join(right):
        return (), (), ""
    slip = ""
    for word in list(left) if max(len(left), len(right)) <= _MANY else ():
        match = next((w for w in right if _spelled_otherwise(word, w)), None)
        if match is not None:
            if min(len(word), len(match)) < _SURE and _stem(word) != _stem(match):
                slip = f"{word} / {match}"
            left.remove(word)
            right.remove(match)
    # "Heart" may stand in a title once more, beside "hearts".
    known = ({_stem(w) for w in words}, {_stem(w) for w in others}) if left or right else (set(), set())
    left, right = [w for w in left if _stem(w) not in known[1]], [w for w in right if _stem(w) not in known[0]]
    # A word broken or joined otherwise ("left behind", "leftbehind") is in the other title's letters.
    return (tuple(w for w in left if _counts(w) and not (len(w) > 3 and w in t.key)),
            tuple(w for w in right if _counts(w) and not (len(w) > 3 and w in s.key)), slip)


def _is_letter(word: str) -> bool:
    """Whether a word of a title is a single letter: vitamin D, hepatitis B."""
    return len(word) == 1 and word.isascii() and word.isalpha()


def _counts(word: str) -> bool:
    return len(word) > 1 or not word.isascii()          # a single Han character is a word


def _spelled_otherwise(x: str, y: str) -> bool:
    """Whether two words are one in another spelling: plural, British or American, transliterated, or with a letter
    wrong, lost or doubled. "Maternal" and "paternal" are two words, as are "hyper-" and "hypo-"."""
    if x.isdigit() or y.isdigit() or min(len(x), len(y)) < 2:
        return False
    if _stem(x) == _stem(y):
        return True
    short, long = (x, y) if len(x) <= len(y) else (y, x)
    if x[0] != y[0]:                                    # the first letter lost, unless it was a prefix ("asymptomatic")
        return len(short) >= 5 and long[1:] == short and long[0] != "a"
    slips = OSA.distance(x, y, score_cutoff=2)
    if slips > (2 if len(short) >= 14 else 1) or (len(long) < 5 and len(short) == len(long)):
        return False
    return not any(_opposite(x, y, p, q) or _opposite(y, x, p, q) for p, q in _OPPOSITES)


def _opposite(x: str, y: str, p: str, q: str) -> bool:
    return x.startswith(p) and y.startswith(q) and x[len(p):] == y[len(q):]


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    """A word without what spelling habits change."""
    for x, y in _SPELLINGS:
        word = word.replace(x, y)
    for end in ("ies", "es", "s"):
        if word.endswith(end) and len(word) > 4:
            return word[:-len(end)] + ("y" if end == "ies" else "")
    return word.removesuffix("e") if len(word) > 4 else word
