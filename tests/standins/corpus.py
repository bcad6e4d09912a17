"""The records behind the PubMed stand-in, and an evaluator of simple PubMed strings over them.

The evaluator is the stand-in's own, written apart from the one under test.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from lxml import etree

HEAD = (
    b'<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
    b'"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n<PubmedArticleSet>\n'
)
TAIL = b"\n</PubmedArticleSet>\n"
ITEMS = {"PubmedArticle": "MedlineCitation/PMID", "PubmedBookArticle": "BookDocument/PMID"}


class SearchFailed(Exception):
    """The string can't be parsed."""


@dataclass(frozen=True)
class Item:
    """One record: its XML as in the file, and the text of its fields for searching."""

    pmid: str
    edat: date
    xml: bytes
    fields: Mapping[str, str]


class Corpus:
    """Records by PMID; answers strings. `table` gives answers for strings outright."""

    still = True  # False: the records change between calls

    def __init__(self, items: Iterable[Item], table: Mapping[str, Iterable[str]] | None = None) -> None:
        self.items = {item.pmid: item for item in items}
        self.table = {string: frozenset(pmids) for string, pmids in (table or {}).items()}

    @classmethod
    def from_xml(cls, *paths: Path | str, table: Mapping[str, Iterable[str]] | None = None) -> Corpus:
        """Load PubMed XML files, gzipped or not."""
        items: list[Item] = []
        for path in paths:
            data = Path(path).read_bytes()
            if data[:2] == b"\x1f\x8b":
                data = gzip.decompress(data)
            root = etree.fromstring(
                data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
            )
            items += [_item(element) for element in (root, *root) if element.tag in ITEMS]
        return cls(items, table)

    def xml(self, pmid: str) -> bytes | None:
        """The record as the service sends it."""
        item = self.items.get(pmid)
        return item.xml if item else None

    def edat(self, pmid: str) -> date:
        """The day on which the record entered."""
        return self.items[pmid].edat

    def search(self, term: str) -> tuple[frozenset[str], str, list[tuple[str, str]]]:
        """(PMIDs, translation, what to say). Raises SearchFailed."""
        if term in self.table:
            return self.table[term], term, []
        return Evaluation(self, term).result()

    def order(self, pmids: Iterable[str]) -> list[str]:
        """Newest first, as PubMed lists them."""
        return sorted(pmids, key=lambda pmid: (self.edat(pmid), int(pmid)), reverse=True)

    def all(self) -> frozenset[str]:
        """Every PMID."""
        return frozenset(self.items)


class Synthetic(Corpus):
    """`n` made records whose XML is made when it is asked for; every string finds all of them.

    Records enter one after another between `first` and `last`; `crowded` of them on one single day.
    """

    def __init__(
        self,
        n: int,
        *,
        first: date = date(2001, 3, 1),
        last: date = date(2026, 6, 30),
        crowded: int = 0,
        start: int = 11_000_000,
        small: bool = False,
    ) -> None:
        super().__init__([])
        self.small = small  # records of a few lines instead of ordinary ones
        self.pmids = [str(start + 3 * i) for i in range(n)]
        days = (last - first).days
        spread = max(n - crowded, 1)
        day = first + timedelta(days // 2)
        self.days = {
            pmid: day if i < crowded else first + timedelta((i - crowded) * days // spread)
            for i, pmid in enumerate(self.pmids)
        }

    def xml(self, pmid: str) -> bytes | None:
        """A record of ordinary length."""
        if pmid not in self.days:
            return None
        day = self.days[pmid]
        words = " ".join(f"word{(int(pmid) * k) % 997}" for k in range(1, 8 if self.small else 160))
        authors = "".join(
            f"<Author ValidYN='Y'><LastName>Family{k}</LastName><ForeName>Given {k}</ForeName>"
            f"<Initials>G</Initials><AffiliationInfo><Affiliation>Institute {k}, a long address of a "
            "department in a city</Affiliation></AffiliationInfo></Author>"
            for k in range(1 if self.small else 6)
        )
        references = "".join(
            f"<Reference><Citation>Reference number {k} of this record, with its title</Citation></Reference>"
            for k in range(0 if self.small else 30)
        )
        return (
            f"<PubmedArticle><MedlineCitation Status='MEDLINE' Owner='NLM'><PMID Version='1'>{pmid}</PMID>"
            f"<Article PubModel='Print'><Journal><JournalIssue><Volume>1</Volume><PubDate><Year>{day.year}</Year>"
            f"</PubDate></JournalIssue><Title>Made records</Title></Journal><ArticleTitle>Made record {pmid}."
            f"</ArticleTitle><Abstract><AbstractText>{words}</AbstractText></Abstract><AuthorList>{authors}"
            f"</AuthorList><Language>eng</Language></Article></MedlineCitation><PubmedData><History>"
            f"<PubMedPubDate PubStatus='entrez'><Year>{day.year}</Year><Month>{day.month}</Month><Day>{day.day}"
            f"</Day></PubMedPubDate></History><ArticleIdList><ArticleId IdType='pubmed'>{pmid}</ArticleId>"
            f"</ArticleIdList><ReferenceList>{references}</ReferenceList></PubmedData></PubmedArticle>"
        ).encode()

    def edat(self, pmid: str) -> date:
        """The day on which the record entered."""
        return self.days[pmid]

    def all(self) -> frozenset[str]:
        """Every PMID."""
        return frozenset(self.pmids)


class Growing(Synthetic):
    """Made records to which one is added at each search."""

    still = False

    def search(self, term: str) -> tuple[frozenset[str], str, list[tuple[str, str]]]:
        """All records, and one more."""
        new = str(90_000_000 + len(self.pmids))
        self.days[new] = max(self.days.values())
        self.pmids.append(new)
        return super().search(term)


def _item(element: etree._Element) -> Item:
    pmid = (element.findtext(ITEMS[str(element.tag)]) or "").strip()
    statuses = ("pubmed", "entrez")  # PubMed shows the status `pubmed` as EDAT
    found = next((e for s in statuses if (e := element.find(f".//PubMedPubDate[@PubStatus='{s}']")) is not None), None)
    edat = date(1900, 1, 1)
    if found is not None:
        edat = date(*(int(found.findtext(part) or 1) for part in ("Year", "Month", "Day")))

    def text(*paths: str) -> str:
        return " | ".join(
            " ".join("".join(e.itertext()).split()) for path in paths for e in element.iterfind(path)
        )

    title = text(".//ArticleTitle", ".//BookTitle", ".//VernacularTitle")
    abstract = text(".//Abstract", ".//OtherAbstract")
    fields = {
        "ti": title,
        "ab": abstract,
        "ot": text(".//KeywordList"),
        "tiab": " | ".join((title, abstract, text(".//KeywordList"))),
        "mh": text(".//MeshHeadingList/MeshHeading/DescriptorName"),
        "au": text(".//Author"),
        "ta": text(".//Journal/Title", ".//Journal/ISOAbbreviation", ".//MedlineTA"),
        "la": text(".//Language"),
        "pt": text(".//PublicationTypeList/PublicationType"),
        "dp": text(".//PubDate/Year", ".//PubDate/MedlineDate"),
        "ad": text(".//Affiliation"),
    }
    fields["all"] = " | ".join(fields.values())
    xml = etree.tostring(element, encoding="utf-8", with_tail=False)
    return Item(pmid, edat, xml, {name: _plain(value) for name, value in fields.items()})


def _plain(text: str) -> str:
    """Words in lower case with single blanks, a bar where one element ends."""
    return " " + " ".join(re.findall(r"\w+|\|", text.lower().replace("-", " "))) + " "


NAMES = {
    "all fields": "all",
    "all": "all",
    "title": "ti",
    "ti": "ti",
    "title/abstract": "tiab",
    "tiab": "tiab",
    "ab": "ab",
    "tw": "all",
    "text word": "all",
    "mesh terms": "mh",
    "mh": "mh",
    "mesh": "mh",
    "majr": "mh",
    "author": "au",
    "au": "au",
    "journal": "ta",
    "ta": "ta",
    "la": "la",
    "language": "la",
    "pt": "pt",
    "publication type": "pt",
    "ot": "ot",
    "ad": "ad",
    "dp": "dp",
    "pdat": "dp",
    "edat": "edat",
    "pmid": "uid",
    "uid": "uid",
}
DATE = r"\d{4}(?:/\d{1,2}(?:/\d{1,2})?)?"
TOKEN = re.compile(
    rf'''\s*(?:(?P<open>\()|(?P<close>\))
    |(?P<range>"?{DATE}"?\s*:\s*"?{DATE}"?(?=\s*\[)|"{DATE}"\[[a-z]+\]\s*:\s*"{DATE}"(?=\s*\[)|\d+:\d+(?=\s*\[))
    |"(?P<phrase>[^"]*)"|(?P<word>[^\s()"\[\]]+))(?:\s*\[(?P<tag>[^\]]*)\])?''',
    re.X | re.I,
)


class Evaluation:
    """One string over one corpus: operators from left to right, adjacent terms are ANDed."""

    def __init__(self, corpus: Corpus, term: str) -> None:
        self.corpus, self.said = corpus, list[tuple[str, str]]()
        self.tokens: list[re.Match[str]] = []
        place = 0
        while term[place:].strip():
            match = TOKEN.match(term, place)
            if not match:
                raise SearchFailed(term)
            self.tokens.append(match)
            place = match.end()
        self.at = 0

    def result(self) -> tuple[frozenset[str], str, list[tuple[str, str]]]:
        """(PMIDs, translation, what to say)."""
        if not self.tokens:
            raise SearchFailed("empty")
        found, translation = self._expression()
        if self.at < len(self.tokens):
            raise SearchFailed("a bracket too many")
        return found or frozenset(), translation, self.said

    def _expression(self) -> tuple[frozenset[str] | None, str]:
        """Terms up to a closing bracket. None is a term that was left out."""
        value, translation = self._operand()
        while self.at < len(self.tokens) and not self.tokens[self.at]["close"]:
            operator = "AND"
            if self._operator():
                operator = str(self.tokens[self.at]["word"])
                self.at += 1
            other, words = self._operand()
            translation += f" {operator} {words}"
            if other is None:
                continue
            if value is None:
                value = other if operator != "NOT" else self.corpus.all() - other
            elif operator == "AND":
                value &= other
            elif operator == "OR":
                value |= other
            else:
                value -= other
        return value, translation

    def _operator(self) -> bool:
        token = self.tokens[self.at]
        return token["word"] in ("AND", "OR", "NOT") and token["tag"] is None

    def _operand(self) -> tuple[frozenset[str] | None, str]:
        if self.at >= len(self.tokens) or self.tokens[self.at]["close"] or self._operator():
            raise SearchFailed("a term is missing")
        token = self.tokens[self.at]
        self.at += 1
        if not token["open"]:
            return self._term(token)
        value, translation = self._expression()
        if self.at >= len(self.tokens):
            raise SearchFailed("a bracket is not closed")
        self.at += 1
        return value, f"({translation})"

    def _term(self, token: re.Match[str]) -> tuple[frozenset[str] | None, str]:
        tag = (token["tag"] or "all").lower().partition(":")[0].strip()
        if tag not in NAMES:
            self.said.append(("FieldNotFound", tag))
        field = NAMES.get(tag, "all")
        text = token["range"] or token["phrase"] or token["word"] or ""
        if token["range"]:
            return self._range(field, text), f"{text}[{field}]"
        if field == "uid":
            return frozenset({text}) & self.corpus.all(), f"{text}[uid]"
        found = self._matching(field, text)
        if not found and token["phrase"] and " " in text:
            self.said.append(("QuotedPhraseNotFound", f'"{text}"'))
            found = self.corpus.all()
            for word in text.split():
                found &= self._matching(field, word)
        elif not found:
            self.said.append(("PhraseNotFound", text))
            return None, ""
        return found, f'"{text}"[{field}]'

    def _matching(self, field: str, text: str) -> frozenset[str]:
        if isinstance(self.corpus, Synthetic):
            return self.corpus.all()
        words = _plain(text.rstrip("*"))
        needle = words.rstrip() if text.endswith("*") else words
        return frozenset(p for p, item in self.corpus.items.items() if needle in item.fields[field])

    def _range(self, field: str, text: str) -> frozenset[str]:
        low, high = re.findall(r"[\d/]+", text)
        if field == "uid":
            return frozenset(p for p in self.corpus.all() if int(low) <= int(p) <= int(high))
        if field == "edat":
            return between(self.corpus, self.corpus.all(), low, high)
        return frozenset(
            p
            for p, item in self.corpus.items.items()
            if any(low[:4] <= y <= high[:4] for y in re.findall(r"\d{4}", item.fields["dp"]))
        )


def between(corpus: Corpus, pmids: Iterable[str], low: str, high: str) -> frozenset[str]:
    """Those that entered between two dates as E-utilities write them: YYYY, YYYY/MM or YYYY/MM/DD."""

    def bound(text: str, late: bool) -> date:
        parts = [int(p) for p in text.split("/")]
        if len(parts) == 3:
            return date(parts[0], parts[1], parts[2])
        year, month = parts[0], parts[1] if len(parts) == 2 else (12 if late else 1)
        if not late:
            return date(year, month, 1)
        return date(year, 12, 31) if month == 12 else date(year, month + 1, 1) - timedelta(1)

    first, last = bound(low, False), bound(high, True)
    return frozenset(p for p in pmids if first <= corpus.edat(p) <= last)
