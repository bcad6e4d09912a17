"""Authors' names: one list of persons from the many ways in which databases write it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from review.dedup.pinyin import romanised
from review.dedup.text import folded_word, has_han, unmarked
from review.dedup.vocabulary import FUNCTION, NOT_NAMES, PARTICLES

_REST = re.compile(r"[,;\s]*(?:\bet\.? al\b\.?|\band others\b|\.\.\.|…|等)\s*$", re.IGNORECASE)
_GLUED = re.compile(r"(?<=[A-Z])\.(?=[^\W\d_][^\W\d_'’-])")           # "Smith J.Jones B." lost its separators
_TOKEN = re.compile(r"[^\W\d_]+")
_AND = re.compile(r"\s+(?:and|&|und|et|y)\s+")


class Person(NamedTuple):
    """One author: the forms the family name may have, the first letters of all names, the Chinese name."""

    families: tuple[str, ...]
    initials: str                   # sorted, each letter once
    han: str = ""


class Authors(NamedTuple):
    """The authors of a record, in order; `more` says that the source cut the list."""

    people: tuple[Person, ...] = ()
    more: bool = False


def authors(names: Sequence[str]) -> Authors:
    """Persons of an author field, whether it came as a list or as one string of any style."""
    people: list[Person] = []
    more = False
    for name in names[:400]:
        text = unmarked(name).strip()
        cut = _REST.sub("", text)
        more = more or cut != text
        for part in _split(cut):
            person = _person(part)
            if person:
                people.append(person)
    return Authors(tuple(people), more)


def _split(text: str) -> list[str]:
    """The single names of a string that may hold several."""
    if not text:
        return []
    if has_han(text):
        return [p for p in re.split(r"[,，、;；|/]+|\s{2,}|(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff]{2})", text) if p.strip()]
    for mark in (";", "|", "\n"):
        if mark in text:
            return [p for part in text.split(mark) for p in _split(part.strip())]
    if _GLUED.search(text):
        return [p for part in _GLUED.split(text) for p in _split(part.strip())]
    if " " in text and _AND.search(text) and not _is_body(text):
        return [p for part in _AND.split(text) for p in _split(part.strip(" ,"))]
    return _split_commas(text)


def _is_body(text: str) -> bool:
    """Whether a string with "and" in it names an organisation rather than two people."""
    return "," not in text and len(text.split()) > 6


def _split_commas(text: str) -> list[str]:
    parts = [p.strip() for p in text.split(",") if p.strip()]
    if len(parts) < 2:
        return parts
    if len(parts) == 2:
        both = all(len(p.split()) > 1 and _has_initials(p) and not _only_initials(p) for p in parts)
        return parts if both else [", ".join(parts)]
    if all(_only_initials(p) for p in parts[1::2]) and not any(_only_initials(p) for p in parts[::2]):
        return [", ".join(parts[i:i + 2]) for i in range(0, len(parts), 2)]     # "Zhou, Y., Zhao, C."
    if all(len(_TOKEN.findall(p)) > 1 for p in parts):
        return parts                                                            # "Y Zhou, C Zhao, F He"
    if len(parts) == 3 and folded_word(parts[1]).strip(". ") in NOT_NAMES:
        return [f"{parts[0]}, {parts[2]}"]                                      # "King, Jr., M. L."
    if len(parts) == 3 and folded_word(parts[2]).strip(". ") in NOT_NAMES:
        return [f"{parts[0]}, {parts[1]}"]
    return parts


def _has_initials(text: str) -> bool:
    return any(len(t) == 1 or (t.isupper() and len(t) <= 3) for t in _TOKEN.findall(text))


def _only_initials(text: str) -> bool:
    tokens = _TOKEN.findall(text)
    return all(len(t) == 1 or (t.isupper() and len(t) <= 3) for t in tokens)


@lru_cache(maxsize=100_000)
def _person(text: str) -> Person | None:
    if has_han(text):
        name = "".join(_TOKEN.findall(text))
        reading = romanised(name)
        if reading and len(name) <= 4:
            return Person((reading[0],), _sorted(s[0] for s in reading), name)
        return Person((name.casefold(),), "", name)
    before, comma, after = text.partition(",")
    if comma and not after.strip():
        before, comma = text.rstrip(", "), ""
    family = _TOKEN.findall(before)
    given = _TOKEN.findall(after)
    own = folded_word(family[0]) if comma and len(family) == 1 and family[0][0].isupper() else ""    # Du and Le are names too
    if comma and family and all(folded_word(t) in PARTICLES for t in family):
        family, given = family + given[:1], given[1:]                           # "De, Vroey B."
    # Two or three capitals beside a longer name are initials ("Zhou YM"), unless all is in capitals.
    initials_only = {t for t in family if len(t) <= 3 and t.isupper()} if not comma and not text.isupper() else set()
    firsts: set[str] = set()
    longs: list[str] = []
    for token in family:
        folded = folded_word(token)
        if token in initials_only or len(folded) == 1:
            firsts.update(folded)
        elif folded not in NOT_NAMES:
            longs.append(folded)
            firsts.add(folded[0])
    for token in given:
        if len(token) <= 4 and token.isupper() and not text.isupper():
            firsts.update(folded_word(token))
        elif folded_word(token) not in NOT_NAMES:
            firsts.add(folded_word(token)[0])
    if not longs:
        longs = [folded_word(t) for t in given if len(t) > 1][:2] or [folded_word(t) for t in family][:1]
    if not longs:
        return None
    forms = ["".join(longs), *(t for t in (longs[-1], longs[0]) if len(t) > 2 or (len(t) == 2 and len(longs) < 3))]
    if not comma and len(longs) > 2 and len(text) > 15:
        forms.append(_acronym(text))
    names = dict.fromkeys([*(f for f in forms if f and f not in PARTICLES), *([own] if own in PARTICLES else [])])
    return Person(tuple(names) or ("".join(longs),), _sorted(firsts))


def _acronym(text: str) -> str:
    """The letters by which a body may sign: "who" for World Health Organization."""
    return "".join(folded_word(w)[0] for w in text.split() if w[0].isalpha() and w not in FUNCTION)


def _sorted(letters: Iterable[str]) -> str:
    return "".join(sorted(set(letters)))


def same_person(a: Person, b: Person) -> float:
    """1 where two names can be one person's, .5 where only the family name agrees, else 0."""
    if a.han and b.han:
        return float(a.han == b.han)
    if not any(f in b.families for f in a.families):
        # "Jun-Mei X." for "Xu J. M.": what was taken for the family name is the given name.
        return 0.5 if len(a.initials) > 2 and a.initials == b.initials and a.families[0][0] != b.families[0][0] else 0.0
    if not a.initials or not b.initials or a.initials == b.initials:
        return 1.0
    x, y = set(a.initials), set(b.initials)
    return 1.0 if x <= y or y <= x else 0.5


def overlap(a: Authors, b: Authors) -> float:
    """The share of the shorter list that the longer one holds, 0..1 (one list may be cut, or in another order)."""
    short, long = (a.people, b.people) if len(a.people) <= len(b.people) else (b.people, a.people)
    if not short:
        return 0.0
    left: dict[str, list[int]] = {}
    for i, person in enumerate(long):
        for family in (*person.families, person.han):
            left.setdefault(family, []).append(i)
    taken: set[int] = set()
    total = 0.0
    for at_short, person in enumerate(short):
        best, at = 0.0, -1
        for family in (*person.families, person.han):
            for i in left.get(family, ()) if family else ():
                value = same_person(person, long[i])
                if value > best and i not in taken:
                    best, at = value, i
        if at < 0 and at_short not in taken:            # the same place in the list, names turned round
            best, at = same_person(person, long[at_short]), at_short
        if at >= 0 and best:
            taken.add(at)
            total += best
    return total / len(short)
