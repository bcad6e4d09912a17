#!/usr/bin/env python3
"""What deduplication makes of real records that were damaged in one way at a time, and of records made different.

usage: dedup_perturbed.py DATA [--each N] [--show CLASS]...

DATA is that of dedup.py. From each labelled set reports are drawn; of one record of each a copy is changed in one way
and put back among all records. For damage the copy should join its report (missed, of these asked: a person is
asked), for a change that makes it another report it should stay apart (false). A joined third report is false, too.
"""

from __future__ import annotations

import argparse
import random
import re
import unicodedata
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

from dedup import labels

from review import formats
from review.dedup import match
from review.model import Entry, Record, replace

Change = Callable[[Record, random.Random], Record]
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&#39;", "-": "&#8211;", "é": "&eacute;"})
_CONFUSED = {"rn": "m", "l": "1", "m": "rn", "e": "c", "h": "b", "i": "l"}
_NAME = re.compile(r"[^\W\d_]+")
_SMALL = {"of", "the", "and", "in", "for", "on", "de", "la"}


def _words(text: str, change: Callable[[str], str]) -> str:
    return " ".join(change(w) for w in text.split())


def _abbreviated(name: str) -> str:
    return _words(name, lambda w: "" if w.lower() in _SMALL else w if len(w) < 6 else w[:4] + ".").replace("  ", " ").strip()


def _initials(name: str) -> str:
    family, _, given = name.partition(",")
    return f"{family} {''.join(g[0] for g in _NAME.findall(given))}".strip()


def _noise(text: str, rnd: random.Random, times: int) -> str:
    for _ in range(times):
        places = [(m.start(), k) for k in _CONFUSED for m in re.finditer(k, text)]
        if places:
            at, k = rnd.choice(places)
            text = text[:at] + _CONFUSED[k] + text[at + len(k):]
    return text


def _typo(text: str, rnd: random.Random) -> str:
    words = text.split()
    long = [i for i, w in enumerate(words) if len(w) > 6 and w.isalpha()]
    if long:
        i, at = rnd.choice(long), rnd.randrange(1, 5)
        w = words[i]
        words[i] = rnd.choice([w[:at] + w[at + 1] + w[at] + w[at + 2:], w[:at] + w[at + 1:], w[:at] + w[at] + w[at:]])
    return " ".join(words)


def _other_year(r: Record, years: int, volume: int) -> Record:
    return replace(r, ids={}, year=(r.year or 2000) + years, pages=_moved(r.pages), issue="", abstract="",
                   volume=str(int(r.volume) + volume) if r.volume.isdigit() else r.volume)


def _moved(pages: str) -> str:
    return re.sub(r"\d+", lambda m: str(int(m.group()) + 40), re.sub(r"-\d+$", "", pages)) if pages else ""


def _twin(r: Record, rnd: random.Random) -> Record:
    """Another paper by the same group: one word of the title is another word."""
    words = r.title.split()
    long = [i for i, w in enumerate(words) if len(w) > 5 and w.isalpha()] or [0]
    words[rnd.choice(long)] = rnd.choice(["magnesium", "adolescents", "rosuvastatin", "Denmark", "hippocampus"])
    return replace(r, title=" ".join(words), ids={}, pages=_moved(r.pages), abstract="")


def _letter_away(r: Record, rnd: random.Random) -> Record:
    """Another paper by the same group, of which no place is known: a word is a letter away ("Henan", "Hunan")."""
    words = r.title.split()
    short = [i for i, w in enumerate(words) if 4 < len(w) < 10 and w.isalpha()] or [0]
    i = rnd.choice(short)
    at = rnd.randrange(1, len(words[i]) - 1) if len(words[i]) > 2 else 0
    words[i] = words[i][:at] + rnd.choice("aeiou".replace(words[i][at].lower(), "")) + words[i][at + 1:]
    return _placeless(replace(r, title=" ".join(words)))


def _placeless(r: Record) -> Record:
    return replace(r, ids={}, volume="", issue="", pages="", abstract="")


def _misread(text: str) -> str:
    """UTF-8 that was read as Windows-1252; dashes and quotation marks as journals print them."""
    printed = text.replace("-", "\u2013").replace("'", "\u2019")
    return printed.encode().decode("cp1252", "ignore")


DAMAGE: dict[str, Change] = {
    "no DOI, no PMID": lambda r, _: replace(r, ids={}),
    "no abstract": lambda r, _: replace(r, abstract="", ids={}),
    "no pages": lambda r, _: replace(r, pages="", ids={}),
    "no volume, issue, pages": lambda r, _: replace(r, volume="", issue="", pages="", ids={}),
    "no year": lambda r, _: replace(r, year=None, ids={}),
    "year off by one": lambda r, _: replace(r, year=r.year + 1 if r.year else None, ids={}),
    "no journal": lambda r, _: replace(r, journal="", ids={}),
    "journal abbreviated": lambda r, _: replace(r, journal=_abbreviated(r.journal), ids={}),
    "no authors": lambda r, _: replace(r, authors=(), ids={}),
    "initials": lambda r, _: replace(r, authors=tuple(map(_initials, r.authors)), ids={}),
    "first author only": lambda r, _: replace(r, authors=(*r.authors[:1], "et al."), ids={}),
    "authors in another order": lambda r, rnd: replace(r, authors=tuple(rnd.sample(r.authors, len(r.authors))), ids={}),
    "accents lost": lambda r, _: replace(r, ids={}, authors=tuple(
        unicodedata.normalize("NFKD", a).encode("ascii", "ignore").decode() for a in r.authors)),
    "decomposed letters": lambda r, _: replace(r, title=unicodedata.normalize("NFD", r.title), ids={}),
    "full-width letters": lambda r, _: replace(r, title="".join(
        chr(ord(c) + 0xfee0) if "!" <= c <= "~" else c for c in r.title), ids={}),
    "title in capitals": lambda r, _: replace(r, title=r.title.upper(), ids={}),
    "no punctuation": lambda r, _: replace(r, title=re.sub(r"[^\w\s]", "", r.title), ids={}),
    "HTML entities": lambda r, _: replace(r, title=r.title.translate(_ENTITIES), ids={}),
    "title in brackets": lambda r, _: replace(r, title=f"[{r.title.rstrip('.')}].", ids={}),
    "title cut at 60": lambda r, _: replace(r, title=r.title if len(r.title) < 61 else r.title[:60] + "…", ids={}),
    "subtitle lost": lambda r, _: replace(r, title=re.split(r"[:?.]\s", r.title)[0], ids={}),
    "one slip of the pen": lambda r, rnd: replace(r, title=_typo(r.title, rnd), ids={}),
    "two letters misread": lambda r, rnd: replace(r, title=_noise(r.title, rnd, 2), ids={}),
    "last page shortened": lambda r, _: replace(r, ids={}, pages=re.sub(
        r"^(\d)(\d*)-\1(\d*)$", lambda m: f"{m[1]}{m[2]}-{m[3]}" if m[3] else m[0], r.pages)),
    "wrong page": lambda r, _: replace(r, pages=_moved(r.pages), ids={}),
    "wrong volume": lambda r, _: replace(r, volume=str(int(r.volume) + 9) if r.volume.isdigit() else r.volume, ids={}),
    "a search engine's row": lambda r, _: replace(
        r, ids={}, abstract="", volume="", issue="", pages="", title=r.title if len(r.title) < 81 else r.title[:80] + " …",
        authors=(*map(_initials, r.authors[:3]), "…"), journal=r.journal[:18] + "…" if len(r.journal) > 18 else r.journal),
    "read in a wrong encoding": lambda r, _: replace(r, ids={}, title=_misread(r.title), authors=tuple(map(_misread, r.authors))),
    "volume in the issue's column": lambda r, _: replace(r, ids={}, volume="", issue=r.volume),
    "doubled spaces and marks": lambda r, _: replace(r, ids={}, title="\u202a" + r.title.replace(" ", " \u200b ") + "\u202c"),
    "a host for a journal": lambda r, _: replace(_placeless(r), journal="eprints.example.ac.uk", abstract=r.abstract),
    "subtitle in front": lambda r, _: replace(r, ids={}, title=": ".join(reversed(r.title.rstrip(". ").split(": ", 1)))),
    "title and year only": lambda r, _: Record(title=r.title, year=r.year),
    "title, first author, year": lambda r, _: Record(title=r.title, year=r.year, authors=tuple(map(_initials, r.authors[:1]))),
}
OTHERS: dict[str, Change] = {
    "part 2": lambda r, _: replace(_other_year(r, 0, 0), title=r.title.rstrip(". ") + ". Part 2"),
    "next year's": lambda r, _: replace(_other_year(r, 1, 1), title=f"Annual report: {r.title}"),
    "another edition": lambda r, _: replace(_other_year(r, 3, 3), title=r.title.rstrip(". ") + ": an update"),
    "reply": lambda r, _: replace(_other_year(r, 0, 0), title=f"Reply: {r.title}"),
    "comment by others": lambda r, _: replace(_other_year(r, 0, 0), title=f"Comment on: {r.title}", authors=("Other, A.",)),
    "erratum": lambda r, _: replace(_other_year(r, 1, 1), title=f"Erratum: {r.title}"),
    "retraction notice": lambda r, _: replace(_other_year(r, 2, 2), title=f"Retraction: {r.title}"),
    "preprint": lambda r, _: replace(r, journal="medRxiv", volume="", issue="", pages="",
                                     ids={"doi": "10.1101/2020.01.02.200100"}),
    "meeting's abstract": lambda r, _: replace(_other_year(r, -1, 0), journal="Circulation", volume="117", issue="Suppl. 1",
                                               pages="S2171", kind="conference-abstract"),
    "protocol": lambda r, _: replace(_other_year(r, -2, -2), title=f"{r.title.rstrip('. ')}: study protocol"),
    "twin paper": _twin,
    "twin paper without a place": lambda r, rnd: _placeless(_twin(r, rnd)),
    "a letter away, no place": _letter_away,
    "at another time, no place": lambda r, _: replace(_placeless(r), title=f"{r.title.rstrip('. ')}: results at 24 months"),
    "marked as an abstract": lambda r, _: replace(
        _placeless(r), title=f"{r.title.rstrip('. ')} [Abstract]", year=(r.year or 2000) - 1),
    "next meeting's": lambda r, _: replace(_other_year(r, 1, 1), issue="Suppl 1", pages="S" + (_moved(r.pages) or "1")),
    "other sex": lambda r, _: replace(_other_year(r, 0, 0), title=f"{r.title.rstrip('. ')} in women"),
    "namesakes": lambda r, _: replace(_other_year(r, 4, 30), authors=("Zzyzx, Q.", "Otherperson, W."), journal="Acta Incognita"),
}


def read(folder: Path) -> list[Record]:
    """The records of one set under its name."""
    with (folder / "records_pre_merged.csv").open("rb") as stream:
        return [replace(e.record, id=f"{folder.name}-{next(v for t, v in e.tags if t == 'ID')}")
                for e in formats.read(stream, name="records.csv") if isinstance(e, Entry)]


def main() -> None:
    """Make the copies, match, and print what came of each class."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--each", type=int, default=60, help="copies of each class")
    parser.add_argument("--show", action="append", default=[], metavar="CLASS", help="print the pairs of it that went wrong")
    args = parser.parse_args()
    rnd = random.Random(7)
    pool: list[Record] = []
    report: dict[str, str] = {}
    for folder in sorted(p.parent for p in args.data.glob("*/records_pre_merged.csv")):
        gold = labels(folder, "v2").report
        pool += read(folder)
        report.update((f"{folder.name}-{i}", f"{folder.name}-{r}") for i, r in gold.items())
    whole = [r for r in pool if len(r.title) > 30 and r.authors and r.year and r.journal and r.volume and r.pages]
    rnd.shuffle(whole)
    source, copies = {}, []
    for n, (name, record) in enumerate(zip(list(DAMAGE | OTHERS) * args.each, cycle(whole), strict=False)):
        made = (DAMAGE | OTHERS)[name](record, rnd)
        made = replace(made, id=f"copy-{n:05d}", url=made.url if made.ids == record.ids else "")
        source[made.id] = (name, record)
        copies.append(made)
    matching = match([*pool, *copies])
    cluster = {r: g.records for g in matching.groups for r in g.records}
    asked = {frozenset((report.get(v.a, v.a), report.get(v.b, v.b))) for v in matching.possible}
    known = {r.id: r for r in copies}
    print(f"{'':28s} copies  joined  asked  left apart  joined to another report")
    for name in DAMAGE | OTHERS:
        mine = [i for i, (kind, _) in source.items() if kind == name]
        sums = [0, 0, 0, 0]
        for i in mine:
            truth = report[source[i][1].id]
            others = {report[r] for r in cluster[i] if r in report}
            at = 3 if others - {truth} else 0 if truth in others else 1 if frozenset((i, truth)) in asked else 2
            sums[at] += 1
            if name in args.show and at != (0 if name in DAMAGE else 2):
                seen = [source[i][1], known[i], *(r for r in pool if at == 3 and r.id in cluster[i])]
                print(f"{name}:", *(r.as_dict() | {"abstract": ""} for r in seen), sep="\n   ")
        print(f"{name:28s} {len(mine):6d} {sums[0]:7d} {sums[1]:6d} {sums[2]:11d} {sums[3]:11d}"
              + ("   <- must stay apart" if name in OTHERS else ""))


if __name__ == "__main__":
    main()
