"""From a source's tags to a `Record`: one function for every format; the formats differ by table.

A table says what each tag means: `tag,role,rank,pattern`. The tag with the lowest rank that holds
something gives a single value (the title, the journal); authors come from the best tag only (an
export often gives full and short names); keywords, MeSH and types come from all of them. With a
pattern the tag counts only where it is found, and its first group, if any, is the value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any

from review.formats import fields as f
from review.model import Record

Tags = Sequence[tuple[str, str]]

# What a tag can mean. `split` says how one value holds several.
ROLES = frozenset({
    "title", "title_part", "title_other", "author", "authors", "authors_initials", "collective", "year",
    "journal", "volume", "issue", "pages", "start", "end", "article_number", "abstract", "abstract_part",
    "abstract_other", "keyword",
    "mesh", "language", "type", "kind", "notice", "doi", "pmid", "pmcid", "pii", "trial", "issn", "isbn", "native",
    "database", "url", "entrez", "created", "electronic", "print", "doi_in_text", "snippet", "retracted", "more",
})
# Ids that take their first value, and how each is normalised.
_IDS = {
    "doi": f.doi, "pmid": f.digits, "pmcid": f.pmcid, "pii": f.clean, "trial": f.clean, "isbn": f.clean,
}
_ISSN = re.compile(r"\b(\d{4})-?(\d{3}[\dXx])\b")
_ISBN = re.compile(r"(?<![\d-])(?:97[89][- ]?)?(?:\d[- ]?){9}[\dXx](?![\d-])")
_RUNS = re.compile(r"\s{4,}")
MARK = "[scoping-review] "          # begins a note that holds what a format has no field for
_FIELDS = frozenset(x.name for x in fields(Record)) - {"id", "search", "ordinal"}


@dataclass(frozen=True)
class Meaning:
    """One row of a table of tags."""

    tag: str
    rank: int = 1
    pattern: re.Pattern[str] | None = None
    split: re.Pattern[str] | None = None        # what stands between several values in one field

    @cached_property
    def plain(self) -> bool:
        """Whether the tag's values are the role's as they stand."""
        return self.pattern is None and self.split is None


@dataclass(frozen=True)
class Table:
    """What the tags of a format mean: for each role the tags that can play it, best first."""

    roles: Mapping[str, tuple[Meaning, ...]]
    tags: frozenset[str] = field(default_factory=frozenset)
    _seen: dict[frozenset[str], Mapping[str, tuple[Meaning, ...]]] = field(default_factory=dict, compare=False)

    def for_tags(self, present: frozenset[str]) -> Mapping[str, tuple[Meaning, ...]]:
        """The roles as far as a record has tags for them. The records of one file mostly have the same few
        sets of tags, so they are kept."""
        found = self._seen.get(present)
        if found is None:
            narrowed = {r: tuple(m for m in meanings if m.tag in present) for r, meanings in self.roles.items()}
            found = {r: m for r, m in narrowed.items() if m}
            if len(self._seen) < 4096:
                self._seen[present] = found
        return found

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, str]]) -> Table:
        """From rows of `tag,role,rank,pattern,split`; an unknown role is a mistake in the table."""
        roles: dict[str, list[Meaning]] = {}
        tags = set()
        for row in rows:
            tags.add(row["tag"])
            if not row["role"]:
                continue
            if row["role"] not in ROLES:
                raise ValueError(f"no such role: {row['role']} (tag {row['tag']})")
            pattern = re.compile(row["pattern"]) if row.get("pattern") else None
            roles.setdefault(row["role"], []).append(
                Meaning(row["tag"], int(row.get("rank") or 1), pattern,
                        re.compile(row["split"]) if row.get("split") else None))
        return cls({r: tuple(sorted(m, key=lambda x: x.rank)) for r, m in roles.items()}, frozenset(tags))

    @classmethod
    def load(cls, name: str) -> Table:
        """The table of that name in this package."""
        return cls.from_rows(f.table(name))


class Values:
    """The tags of one record, asked by role."""

    def __init__(self, table: Table, tags: Tags) -> None:
        by_tag: dict[str, list[str]] = {}
        for tag, value in tags:
            if value:
                if tag in by_tag:
                    by_tag[tag].append(value)
                else:
                    by_tag[tag] = [value]
        self._by_tag = by_tag
        self.roles = table.for_tags(frozenset(by_tag))

    def _values(self, meaning: Meaning) -> list[str]:
        values = self._by_tag[meaning.tag]
        if meaning.plain:
            return values
        out: list[str] = []
        pattern, split = meaning.pattern, meaning.split
        for value in values:
            if len(value) > 2000:               # a long run of blanks would make the patterns slow
                value = _RUNS.sub(lambda m: "\n" if "\n" in m.group() else "  ", value)
            if pattern is not None:
                match = pattern.search(value)
                if match is None:
                    continue
                value = match.group(1) if pattern.groups and match.group(1) is not None else match.group()
            if split is None:
                out.append(value)
            else:
                out += split.split(value)
        return out

    def one(self, role: str) -> str:
        """The first value of the best tag; "" where there is none."""
        for meaning in self.roles.get(role, ()):
            for value in self._values(meaning):
                if cleaned := f.clean(value):
                    return cleaned
        return ""

    def first(self, role: str, normal: Callable[[str], str]) -> str:
        """The first value, of any tag, that is more than "" in its normal form."""
        for meaning in self.roles.get(role, ()):
            for value in self._values(meaning):
                if found := normal(value):
                    return found
        return ""

    def best(self, role: str, normal: Callable[[str], str] = f.clean) -> list[str]:
        """All values of the best tag (or tags of one rank) that hold some, in their normal form."""
        rank = 0
        found: list[str] = []
        for meaning in self.roles.get(role, ()):
            if found and meaning.rank != rank:
                break
            rank = meaning.rank
            found += filter(None, map(normal, self._values(meaning)))
        return found

    def raw(self, role: str) -> list[str]:
        """The values of the best tag that holds some, as they stand."""
        for meaning in self.roles.get(role, ()):
            if values := self._values(meaning):
                return values
        return []

    def all(self, role: str) -> list[str]:
        """The values of all tags, each once."""
        found: list[str] = []
        for meaning in self.roles.get(role, ()):
            found += filter(None, map(f.clean, self._values(meaning)))
        return list(dict.fromkeys(found)) if len(found) > 1 else found


def record(table: Table, tags: Tags) -> Record:
    """The record that a source's tags describe."""
    v = Values(table, tags)
    types = v.all("type")
    stated = v.best("kind")
    kind, notices = f.kind_and_notices(stated + types)
    if len(stated) == 1 and stated[0] in f.KINDS:
        kind = stated[0]
    notices += [n for n in v.all("notice") if n not in notices]
    if v.one("retracted").lower() in ("true", "yes", "1") and "retracted" not in notices:
        notices.append("retracted")
    title = " ".join(v.best("title_part")) or v.one("title")
    made = Record(
        native_id=v.one("native"),
        database=v.one("database"),
        ids=_ids(v),
        title=title,
        titles_other=tuple(t for t in v.all("title_other") if t != title),
        authors=tuple(_authors(v)),
        year=_year(v),
        journal=v.one("journal"),
        volume=v.one("volume"),
        issue=v.one("issue"),
        pages=v.one("pages") or f.pages(v.one("start"), v.one("end")) or v.one("article_number"),
        abstract=" ".join(dict.fromkeys(v.best("abstract_part"))) or v.one("abstract") or v.one("abstract_other"),
        snippet=v.one("snippet"),
        keywords=tuple(v.all("keyword")),
        mesh=tuple(v.all("mesh")),
        language=f.language(lang) if (lang := v.one("language")) else "",
        kind=kind,
        publication_types=tuple(types),
        notices=tuple(notices),
        dates={name: d for name in ("entrez", "created", "electronic", "print")
               if (raw := v.one(name)) and (d := f.iso_date(raw))},
        url=v.one("url"),
    )
    return _with_more(made, v)


def _authors(v: Values) -> list[str]:
    """From tags with one name each, else from one field that lists them."""
    names = v.best("author", f.author)
    for value in [] if names else v.raw("authors"):
        names += f.author_list(value)
    for value in [] if names else v.raw("authors_initials"):
        names += f.author_list(value, initials=True)
    return names + [c for c in v.all("collective") if c not in names]


def _year(v: Values) -> int | None:
    found = v.first("year", _year_text)
    return int(found) if found else None


def _year_text(value: str) -> str:
    return "" if (found := f.year(value)) is None else str(found)


def _ids(v: Values) -> dict[str, str]:
    out: dict[str, str] = {}
    for role, normal in _IDS.items():
        if role in v.roles and (found := v.first(role, normal)):
            out[role] = found
    if "doi" not in out and (found := v.first("doi_in_text", f.doi_in_text)):
        out["doi"] = found
    if issn := v.one("issn"):
        if serial := _ISSN.search(issn):
            out["issn"] = f"{serial.group(1)}-{serial.group(2).upper()}"
        elif "isbn" not in out and (book := _ISBN.search(issn)):
            out["isbn"] = book.group().replace(" ", "-")
    return out


def _with_more(made: Record, v: Values) -> Record:
    """Add what one of this program's own notes says beyond the format's fields."""
    for note in v.raw("more"):
        if not note.startswith(MARK):
            continue
        try:
            data = json.loads(note[len(MARK):])
        except ValueError:
            continue
        if isinstance(data, dict):
            known = {k: x for k, x in data.items() if k in _FIELDS}
            try:
                made = replace(made, **_typed(known))
            except (TypeError, ValueError):
                continue
    return made


def _typed(data: Mapping[str, object]) -> dict[str, Any]:
    """Values from JSON in the types of the record's fields; ValueError where one does not fit."""
    out: dict[str, Any] = {}
    blank = Record()
    for name, value in data.items():
        like = getattr(blank, name)
        if isinstance(like, tuple):
            if not isinstance(value, list):
                raise ValueError(name)
            out[name] = tuple(map(str, value))
        elif isinstance(like, dict):
            if not isinstance(value, dict):
                raise ValueError(name)
            out[name] = {str(k): str(x) for k, x in value.items()}
        elif name == "year":
            out[name] = None if value is None else int(str(value))
        else:
            out[name] = str(value)
    return out


def more(made: Record, read_back: Record) -> str:
    """The note that carries what was lost between a record and its own reading back; "" where nothing was."""
    lost: dict[str, object] = {}
    for name in sorted(_FIELDS):
        value = getattr(made, name)
        if value != getattr(read_back, name):
            lost[name] = dict(value) if isinstance(value, Mapping) else value
    return MARK + json.dumps(lost, ensure_ascii=True, sort_keys=True) if lost else ""
