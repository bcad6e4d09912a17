"""What the matcher knows of a record: every field normalised once, in one place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from hashlib import blake2b
from operator import attrgetter
from typing import Any

from review.dedup import identifiers, names, places, titles
from review.dedup.crew import Crew, chunked
from review.dedup.text import has_han, words
from review.model import Record

_LABEL = re.compile(r"""
    ^\W*(?:abstract|background(?:\ and\ (?:aims?|purpose|objectives?))?|objectives?|aims?|purpose|introduction|context
    | importance|rationale|summary|摘要|目的|目的与背景|背景)\s*[:：/.\-–—]*\s*""", re.IGNORECASE | re.VERBOSE)
_SUPPLEMENT = re.compile(r"\bs(?:upp?|uppl|upplement\w*|pec\w*)\b|\bs\d+\b|\d+s\b|abstract", re.IGNORECASE)
_PREPRINT = re.compile(r"""
    \barxiv\b|\bbiorxiv\b|\bmedrxiv\b|\bssrn\b|research\ square|\bpreprints?\b|psyarxiv|osf\.io|chemrxiv|authorea
    | ^\W*corr\b(?=\W*(?:abs|$)) | working\ papers?\b|discussion\ papers?\b|预印本""", re.IGNORECASE | re.VERBOSE)
_THESIS = re.compile(r"\bthesis\b|dissertation|\bphd\b|\bm\.?sc\b|doctoral|学位论文|硕士|博士", re.IGNORECASE)
_DEGREE = re.compile(r"^\W*(?:ph\.? ?d|m\.? ?sc|m\.? ?a|m\.? ?s|ed\.? ?d|psy\.? ?d|d\.? ?phil|m\.? ?phil)\b\.?\W*$", re.I)
_REGISTER = re.compile(r"""
    clinicaltrials\.gov|isrctn|who\.int/(?:ictrp|trialsearch)|trial\ ?regist|clinical\ trials\ regist|chictr|anzctr
    """, re.IGNORECASE | re.VERBOSE)


@dataclass(slots=True)
class Features:
    """One record's fields, normalised. Strings are folded; an empty value means "not known"."""

    id: str
    title: titles.Reading
    authors: names.Authors
    year: int | None
    journal: places.Journal
    issn: tuple[str, ...]
    volume: tuple[str, ...]
    issue: tuple[str, ...]
    pages: places.Pages
    doi: str
    pmid: str
    pmcid: str
    native: str
    url: str
    cochrane: tuple[str, str]
    kind: str                       # preprint, thesis, registration, abstract, book, or empty
    supplement: bool
    language: str
    order: tuple[str, ...]          # a key made of the content alone: ties never depend on the order of rows
    record: Record
    _abstract: str | None = None

    @property
    def abstract_text(self) -> str:
        """The abstract as it stands; empty where it is too short to be one."""
        text = self.record.abstract
        return text if len(text) > 60 or has_han(text) else ""

    @property
    def abstract(self) -> str:
        """The folded abstract (first 1,000 characters), without its opening label; made on first use."""
        if self._abstract is None:
            self._abstract = " ".join(words(_LABEL.sub("", self.abstract_text[:1000])))
        return self._abstract

    @property
    def abstract_start(self) -> str:
        """The first 50 letters of the abstract; empty where there is none."""
        start = _LABEL.sub("", self.abstract_text[:160]).lower()
        return "".join(filter(str.isalnum, start))[:50]

    @property
    def trials(self) -> frozenset[str]:
        """Numbers of trial registers that the record names."""
        r = self.record
        entry = (r.journal, r.pages, *r.authors[:3]) if self.kind == "registration" else ()
        return identifiers.trials(r.ids.get("trial", ""), r.title, r.abstract, r.url, *entry)


def features(record: Record, source_search: str = "") -> Features:
    """Normalise one record. Never raises: a field that makes no sense is as good as absent."""
    ids = identifiers.of_record(record)
    reading = titles.read(record.title, record.titles_other)
    journal = places.journal(record.journal)
    page = places.pages(record.pages)
    volume, issue = places.numbers(record.volume), places.numbers(record.issue)
    native = f"{source_search}|{record.native_id}" if source_search and record.native_id else ""
    found = Features(
        id=record.id, title=reading, authors=names.authors(record.authors), year=_year(record.year), journal=journal,
        issn=_issns(record), volume=volume, issue=issue, pages=page, doi=ids.get("doi", ""), pmid=ids.get("pmid", ""),
        pmcid=ids.get("pmcid", ""), native=native,
        url=_address(record.url), cochrane=identifiers.cochrane(ids.get("doi", ""), record.pages),
        kind="", supplement=_is_supplement(record.issue) or _is_supplement(record.volume),
        language=record.language.lower(), order=(), record=record)
    found.kind = _kind(record, found)
    content = "\n".join((journal.name, record.volume, record.issue, record.pages, "|".join(record.authors), found.doi,
                         found.pmid, record.url, record.title, record.abstract))
    found.order = (reading.forms[0].key if reading.forms else "", str(found.year or ""),
                   blake2b(content.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest())
    return found


def all_features(records: Iterable[Record], source_search: Mapping[str, str], crew: Crew) -> Iterator[Features]:
    """The features of each record, in order, made by the crew while further records are read."""
    taken: list[list[Record]] = []

    def chunks() -> Iterator[list[tuple[Record, str]]]:
        for chunk in chunked(records):
            taken.append(chunk)
            yield [(r, source_search.get(r.id, "")) for r in chunk]

    known: dict[Any, Any] = {}                          # journals and names come again and again: kept once
    for packed in crew.map(_packed, chunks()):
        for record, values in zip(taken.pop(0), packed, strict=True):
            found = Features(*(*values, record))
            found.journal = known.setdefault(found.journal, found.journal)
            found.volume, found.issue = known.setdefault(found.volume, found.volume), known.setdefault(found.issue, found.issue)
            found.authors = names.Authors(tuple([known.setdefault(p, p) for p in found.authors.people]), found.authors.more)
            yield found


_sent = attrgetter(*(f.name for f in fields(Features) if f.name not in ("record", "_abstract")))


def _packed(records: list[tuple[Record, str]]) -> list[tuple[Any, ...]]:
    """Features without their records, which the other side has."""
    return [_sent(features(record, source)) for record, source in records]


def _year(year: int | None) -> int | None:
    return year if year and 1500 < year < 2200 else None


def _is_supplement(text: str) -> bool:
    return bool(text) and not text.isdigit() and _SUPPLEMENT.search(text) is not None


def _issns(record: Record) -> tuple[str, ...]:
    text = " ".join(v for k, v in record.ids.items() if k in ("issn", "eissn", "essn"))
    return tuple(n.replace("-", "").upper() for n in re.findall(r"\b\d{4}-?\d{3}[\dXx]\b", text)) if text else ()


def _address(url: str) -> str:
    """An address that can stand for one document: host and path, without scheme, "www.", query or fragment."""
    first = url.strip().split()[0] if url.strip() else ""
    found = re.match(r"https?://(?:www\.|m\.)?([^/\s]+)(/[^\s?#]{6,})(\?[^\s#]*)?", first, re.IGNORECASE)
    if not found or first.count("http") > 1 or "ovidweb" in first:
        return ""
    query = found.group(3) or ""
    return (found.group(1) + found.group(2).rstrip("/") + (query if re.search(r"\bid=|article|doc|p=", query) else "")).lower()


def _kind(record: Record, f: Features) -> str:
    """What sort of document a record says it is, as far as that separates reports; empty where it doesn't say."""
    stated = _stated(record)
    if "preprint" in stated or identifiers.is_preprint_doi(f.doi):
        return "preprint"
    if "thesis" in stated or "dissertation" in stated or _DEGREE.match(record.issue) or _DEGREE.match(record.volume):
        return "thesis"
    if "registration" in stated or ("http" in record.url and _REGISTER.search(record.url[:80])):
        return "registration"
    if "meeting" in stated or ("conference" in stated and "abstract" in stated) or f.title.abstract:
        return "abstract"
    return _kind_of_journal(record.journal)


def is_preprint(record: Record) -> bool:
    """Whether a record says that it is a preprint's: by its kind, its DOI, or the server under the journal's name."""
    return ("preprint" in _stated(record) or identifiers.is_preprint_doi(record.ids.get("doi", "").lower())
            or _kind_of_journal(record.journal) == "preprint")


def _stated(record: Record) -> str:
    return " ".join((record.kind, *record.publication_types)).lower()


@lru_cache(maxsize=50_000)
def _kind_of_journal(name: str) -> str:
    for kind, pattern in (("preprint", _PREPRINT), ("thesis", _THESIS), ("registration", _REGISTER)):
        if pattern.search(name):
            return kind
    return ""
