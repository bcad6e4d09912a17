"""Exports of the same papers by many databases and programs, compared with each other field by field.

    python benchmarks/export_pairs.py DATA/database-exports

The papers are told apart by DOI, else by title. For each field the value that most exports of a paper give is taken as
right. An export's value is `same`, `none` (the record has none), or `other`; where it is not the same, the record's own
tags are searched for the right value: `there` says that they hold it. Else the file itself differs. Values are compared
as people would: letters and digits only, authors by the last word of their family names, journals also by abbreviations,
pages by the first page, an abstract by its first 80 letters. Keywords are what a source chose: only that there are some,
where the file names a field of keywords, is looked at.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path

from review import formats
from review.model import Entry, Record

Compared = Mapping[str, Callable[[Record], str]]


def letters(text: str) -> str:
    """Letters and digits without accents and case."""
    flat = unicodedata.normalize("NFKD", text)
    return "".join(c for c in flat.casefold() if c.isalnum() or "\u4e00" <= c <= "\u9fff")


def families(item: Record) -> str:
    """The family names, in order, as one text."""
    names = []
    for name in item.authors:
        family, comma, _ = name.partition(",")
        names.append(letters(re.split(r"[ -]", (family if comma else name).strip())[-1]))
    return " ".join(names)


def abbreviates(one: str, other: str) -> bool:
    """Whether the words of one name begin words of the other, in their order."""
    short, long = sorted((one.split(), other.split()), key=lambda words: sum(map(len, words)))
    rest = iter(long)
    return all(any(word.startswith(part) for word in rest) for part in short)


FIELDS: Compared = {
    "title": lambda r: letters(r.title),
    "authors": families,
    "year": lambda r: str(r.year or ""),
    "journal": lambda r: " ".join(letters(w) for w in re.split(r"[\W_]+", re.sub(r"\([^)]*\)", "", r.journal))
                                  if w.casefold() not in ("the", "of", "and", "in", "for", "")),
    "volume": lambda r: letters(r.volume),
    "issue": lambda r: letters(r.issue),
    "pages": lambda r: letters(re.split(r"[-–]", r.pages)[0]),
    "DOI": lambda r: r.ids.get("doi", ""),
    "PMID": lambda r: r.ids.get("pmid", ""),
    "abstract": lambda r: letters(re.sub(r"^\W*(?:abstract|background|objectives?)\b", "", r.abstract, flags=re.I))[:80],
}


def main(arguments: list[str] | None = None) -> int:
    """Print the tables; 1 where a value that a file holds was not found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    papers = papers_of(parser.parse_args(arguments).data)
    totals: Counter[tuple[str, str]] = Counter()
    lines = [line for paper in papers for line in _differences(paper, totals)]
    print(f"# {len(papers)} papers in more than one export, {sum(map(len, papers))} records")
    print("field\tsame\tnone\tother\tof these there")
    for field in (*FIELDS, "keywords"):
        print("\t".join([field, *(str(totals[field, what]) for what in ("same", "none", "other", "there"))]))
    print("\n".join(["", "file\tfield\twhat\tthis export\tmost exports", *sorted(lines)]))
    return 1 if any(what == "there" for _, what in totals) else 0


def papers_of(folder: Path) -> list[list[tuple[str, Entry]]]:
    """The records of all files that describe one paper, for each paper that several files hold."""
    found: dict[str, list[tuple[str, Entry]]] = defaultdict(list)
    titles: dict[str, str] = {}
    entries = [(path.name, e) for path in sorted(folder.iterdir()) if path.is_file()
               for e in formats.read(io.BytesIO(path.read_bytes()), name=path.name) if isinstance(e, Entry)]
    for _, entry in entries:
        if doi := entry.record.ids.get("doi"):
            titles.setdefault(letters(entry.record.title), doi)
    for name, entry in entries:
        title = letters(entry.record.title)
        found[entry.record.ids.get("doi") or titles.get(title) or title].append((name, entry))
    return [paper for paper in found.values() if len({name for name, _ in paper}) > 1]


def _differences(paper: list[tuple[str, Entry]], totals: Counter[tuple[str, str]]) -> list[str]:
    """What each export says otherwise than most do."""
    lines = []
    for field, value_of in FIELDS.items():
        values = Counter(v for _, e in paper if (v := value_of(e.record)))
        if not values:
            continue
        right = values.most_common(1)[0][0]
        for name, entry in paper:
            value = value_of(entry.record)
            what = "same" if value == right or (field == "journal" and value and abbreviates(value, right)) else \
                "other" if value else "none"
            totals[field, what] += 1
            if what != "same":
                there = _holds(entry, field, right)
                totals[field, "there"] += there
                lines.append(f"{name}\t{field}\t{what}{', there' if there else ''}\t{value[:60]}\t{right[:60]}")
    for name, entry in paper:
        named = any(re.search(r"^(?:KW|K1|DE|keywords?|author.?keywords)$", tag, re.I) for tag, _ in entry.tags)
        what = "same" if entry.record.keywords or entry.record.mesh else "other" if named else "none"
        totals["keywords", what] += 1
        if what == "other":
            lines.append(f"{name}\tkeywords\tother, there\t\t")
            totals["keywords", "there"] += 1
    return lines


def _holds(entry: Entry, field: str, right: str) -> bool:
    """Whether some tag of the record is the right value (a long one: holds it)."""
    if field == "authors":
        text = letters(" ".join(value for _, value in entry.tags))
        return all(family in text for family in right.split())
    if field in ("volume", "issue", "pages", "year"):
        return any(letters(value) == right for tag, value in entry.tags if letters(tag) not in ("id", "key", "citations"))
    return any(letters(right) in letters(value) for _, value in entry.tags)


if __name__ == "__main__":
    sys.exit(main())
