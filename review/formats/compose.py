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
# Roles that give a record one value.
_SINGLE = frozenset({"title", "year", "journal", "volume", "issue", "pages", "start", "end", "article_number", "abstract",
                     "abstract_other", "language", "native", "database", "url", "snippet", "issn", "retracted",
                     "entrez", "created", "electronic", "print"})
# Ids that take their first value, and how each is normalised.
_IDS = {
    "doi": f.doi, "pmid": f.digits, "pmcid": f.pmcid, "pii": f.clean, "trial": f.clean, "isbn": f.clean,
}
_DATES = frozenset({"entrez", "created", "electronic", "print"})
_SEGMENT = re.compile(r"(?<=\S)\s?<[^<>]*>\Z")  # Ovid: "APA PsycInfo <2020 to 2022>" is a stretch of a database
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

    @property
    def plain(self) -> bool:
        """Whether the tag's values are the role's as they stand."""
        return self.pattern is None and self.split is None

    def take(self, values: list[str]) -> list[str]:
        """What the values of the tag say in this role."""
        if self.pattern is not None:
            search = self.pattern.search
            values = [found[found.lastindex or 0] for value in values
                      if (found := search(value if len(value) < 2000 else _shorter(value)))]
        if self.split is not None:
            values = [part for value in values
                      for part in self.split.split(value if len(value) < 2000 else _shorter(value))]
        return values


def _shorter(value: str) -> str:
    """A long run of blanks would make the patterns slow."""
    return _RUNS.sub(lambda m: "\n" if "\n" in m.group() else "  ", value)


@dataclass(frozen=True)
class Present:
    """The roles that a record's tags can play; of those that give one value: the best tag where it gives it as it
    stands, and the others."""

    roles: Mapping[str, tuple[Meaning, ...]]
    plain: tuple[tuple[str, str], ...]          # role, tag
    further: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """What the tags of a format mean: for each role the tags that can play it, best first."""

    roles: Mapping[str, tuple[Meaning, ...]]
    tags: frozenset[str] = field(default_factory=frozenset)
    _seen: dict[frozenset[str], Present] = field(default_factory=dict, compare=False)

    def for_tags(self, tags: frozenset[str]) -> Present:
        """The roles as far as a record has tags for them. The records of one file mostly have the same few
        sets of tags, so they are kept."""
        found = self._seen.get(tags)
        if found is None:
            narrowed = {r: tuple(m for m in meanings if m.tag in tags) for r, meanings in self.roles.items()}
            roles = {r: m for r, m in narrowed.items() if m}
            single = {r: m[0] for r, m in roles.items() if r in _SINGLE}
            found = Present(roles, tuple((r, m.tag) for r, m in single.items() if m.plain),
                            tuple(r for r, m in single.items() if not m.plain))
            if len(self._seen) < 4096:
                self._seen[tags] = found
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
        present = table.for_tags(frozenset(by_tag))
        self.roles = present.roles
        # What the roles with one value give: the first value of the best tag that is more than blanks.
        self.ones = {role: f.clean(by_tag[tag][0]) or self.first(role, f.clean) for role, tag in present.plain}
        for role in present.further:
            self.ones[role] = self.first(role, f.clean)

    def first(self, role: str, normal: Callable[[str], str]) -> str:
        """The first value, of any tag, that is more than "" in its normal form."""
        for meaning in self.roles.get(role, ()):
            for value in meaning.take(self._by_tag[meaning.tag]):
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
            found += filter(None, map(normal, meaning.take(self._by_tag[meaning.tag])))
        return found

    def raw(self, role: str) -> list[str]:
        """The values of the best tag that holds some, as they stand."""
        for meaning in self.roles.get(role, ()):
            if values := meaning.take(self._by_tag[meaning.tag]):
                return values
        return []

    def all(self, role: str) -> list[str]:
        """The values of all tags, each once."""
        found: list[str] = []
        for meaning in self.roles.get(role, ()):
            found += filter(None, map(f.clean, meaning.take(self._by_tag[meaning.tag])))
        return list(dict.fromkeys(found)) if len(found) > 1 else found


def record(table: Table, tags: Tags) -> Record:
    """The record that a source's tags describe."""
    v = Values(table, tags)
    one = v.ones.get
    title = " ".join(v.best("title_part")) or one("title", "")
    kind, types, notices = _kind(v)
    made = Record(
        native_id=one("native", ""),
        database=_SEGMENT.sub("", one("database", "")) if "database" in v.roles else "",
        ids=_ids(v),
        title=title,
        titles_other=tuple(t for t in v.all("title_other") if t != title),
        authors=tuple(_authors(v)),
        year=_year(v),
        journal=one("journal", ""),
        volume=one("volume", ""),
        issue=one("issue", ""),
        pages=one("pages", "") or f.pages(one("start", ""), one("end", "")) or one("article_number", ""),
        abstract=_abstract(v),
        snippet=one("snippet", ""),
        keywords=tuple(v.all("keyword")),
        mesh=tuple(v.all("mesh")),
        language=f.language(lang) if (lang := one("language", "")) else "",
        kind=kind,
        publication_types=types,
        notices=notices,
        dates={} if _DATES.isdisjoint(v.roles) else _dates(v),
        url=one("url", ""),
    )
    return _with_more(made, v) if "more" in v.roles else made


def _dates(v: Values) -> dict[str, str]:
    return {name: d for name in ("entrez", "created", "electronic", "print")
            if (raw := v.ones.get(name)) and (d := f.iso_date(raw))}


def _abstract(v: Values) -> str:
    parts = v.best("abstract_part")
    if len(parts) > 1:
        parts = list(dict.fromkeys(parts))      # some sources give it twice
    given = (" ".join(parts), v.ones.get("abstract", ""), v.ones.get("abstract_other", ""))
    return next((text for text in given if text and not f.unsaid(text)), "")


def _kind(v: Values) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """The kind, the types as the source names them, and the notices."""
    types = v.all("type")
    stated = v.best("kind")
    kind, notices = f.kind_and_notices(stated + types)
    if len(stated) == 1 and stated[0] in f.KINDS:
        kind = stated[0]
    notices += [n for n in v.all("notice") if n not in notices]
    if v.ones.get("retracted", "").lower() in ("true", "yes", "1") and "retracted" not in notices:
        notices.append("retracted")
    return kind, tuple(types), tuple(notices)


def _authors(v: Values) -> list[str]:
    """From tags with one name each, else from one field that lists them."""
    names = v.best("author", f.author)
    if not names:
        names = [name for value in v.raw("authors") for name in f.author_list(value)]
    if not names:
        names = [name for value in v.raw("authors_initials") for name in f.author_list(value, initials=True)]
    return names + [c for c in v.all("collective") if c not in names]


def _year(v: Values) -> int | None:
    found = f.year(v.ones.get("year", "")) or v.first("year", _year_text)
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
    if issn := v.ones.get("issn", ""):
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
