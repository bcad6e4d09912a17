"""The records behind the PubMed stand-in: real ones from files, or made ones."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

from lxml import etree

from tests.standins.evaluation import Evaluation, plain

HEAD = (
    b'<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
    b'"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n<PubmedArticleSet>\n'
)
TAIL = b"\n</PubmedArticleSet>\n"
ITEMS = {"PubmedArticle": "MedlineCitation/PMID", "PubmedBookArticle": "BookDocument/PMID"}


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
            root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
            items += [_item(element) for element in (root, *root) if element.tag in ITEMS]
        return cls(items, table)

    @classmethod
    def from_citations(cls, citations: Iterable[Mapping[str, str]]) -> Corpus:
        """Records made of RIS tags (TI, AB, AU, PY, JO, VL, SP, DO); the PMID stands under AN, a day each."""
        first = date(2015, 1, 1)
        items = []
        for number, tags in enumerate(citations):
            said = {tag: escape(value) for tag, value in tags.items()}
            family, _, given = said["AU"].partition(", ")
            entered = first + timedelta(number)
            items.append(_item(etree.fromstring(
                f"<PubmedArticle><MedlineCitation Status='MEDLINE'><PMID>{said['AN']}</PMID><Article><Journal>"
                f"<JournalIssue><Volume>{said['VL']}</Volume><PubDate><Year>{said['PY']}</Year></PubDate></JournalIssue>"
                f"<Title>{said['JO']}</Title></Journal><ArticleTitle>{said['TI']}</ArticleTitle><Pagination><MedlinePgn>"
                f"{said['SP']}</MedlinePgn></Pagination><Abstract><AbstractText>{said.get('AB', '')}</AbstractText>"
                f"</Abstract><AuthorList><Author><LastName>{family}</LastName><ForeName>{given}</ForeName></Author>"
                "</AuthorList><Language>eng</Language><PublicationTypeList><PublicationType>Journal Article"
                "</PublicationType></PublicationTypeList></Article></MedlineCitation><PubmedData><History><PubMedPubDate "
                f"PubStatus='pubmed'><Year>{entered.year}</Year><Month>{entered.month}</Month><Day>{entered.day}</Day>"
                f"</PubMedPubDate></History><ArticleIdList><ArticleId IdType='doi'>{said['DO']}</ArticleId>"
                "</ArticleIdList></PubmedData></PubmedArticle>")))  # fmt: skip
        return cls(items)

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
        return " | ".join(" ".join("".join(e.itertext()).split()) for path in paths for e in element.iterfind(path))

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
    return Item(pmid, edat, xml, {name: plain(value) for name, value in fields.items()})
