"""PubMed's XML: articles and books, from efetch, from a download, or from several replies in one file.

Facts: NLM, "MEDLINE/PubMed XML elements"; a `PubmedArticle` and a `PubmedBookArticle` are records.
Dates: PubMed shows the status `pubmed` as EDAT (entrez) and the status `entrez` as CRDT (created).

An article has a hundred elements and more, so each list of children is gone through once (`_children`), and what
no field holds (what it cites, addresses, substances) is cut out before it is parsed. `tags` reads all of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from review.formats import fields as f
from review.formats.registry import Format
from review.formats.source import Source
from review.formats.xml_slices import flat, parse, slices, words
from review.model import Entry, Issue, Record

_NAMES = ("PubmedArticle", "PubmedBookArticle")
_NOT_FIELDS = tuple((f"<{n}>".encode(), f"</{n}>".encode())
                    for n in ("ReferenceList", "AffiliationInfo", "ChemicalList"))
_REFERRED = {"RetractionIn": "retracted", "RetractedandRepublishedIn": "retracted", "PartialRetractionIn": "retracted-in-part",
             "ExpressionOfConcernIn": "concern", "ErratumIn": "erratum", "CorrectedandRepublishedIn": "erratum",
             "CommentIn": "commented", "UpdateIn": "updated", "RepublishedIn": "republished"}
_STATUS = {"pubmed": "entrez", "entrez": "created", "medline": "mesh"}
_REGISTERS = ("clinicaltrials.gov", "isrctn", "anzctr", "chictr", "eudract", "drks", "ctri", "jprn", "ntr", "pactr")
_ORCID = re.compile(r"(\d{4})-?(\d{4})-?(\d{4})-?(\d{3}[\dXx])\s*/?$")

Children = Mapping[str, list[Any]]


def sniff(head: str, name: str) -> float:
    """Certain where the element of a record or of their set is there."""
    return 0.98 if re.search(r"<Pubmed(?:Article|BookArticle|ArticleSet|BookArticleSet)[\s/>]", head) else 0.0


def read(source: Source) -> Iterator[Entry | Issue]:
    """Records and issues, one at a time. An article has hundreds of tags, so an entry leaves them to `tags`."""
    plain = source.encoding == "utf-8"          # what XML is read as where nothing is said
    for cut in slices(source, _NAMES):
        data = _without_the_rest(cut.data)
        root = parse(data if plain else source.decode(data), source, cut.line)
        yield from source.drain()
        if root is None:
            continue
        top = _children(root)
        made = _article(top) if "MedlineCitation" in top else _book(top)
        if made.native_id == "" and made.title == "":
            source.tell("xml-empty", "an element holds neither a PMID nor a title; it is no record", line=cut.line)
            continue
        yield Entry(made, (), cut.offset, cut.length, cut.line)
    yield from source.remainder()


def _without_the_rest(data: bytes) -> bytes:
    """An article without what no field of a record holds; it may be most of the article."""
    for start, end in _NOT_FIELDS:
        first, *parts = data.split(start)
        if parts and all(part.count(end) == 1 for part in parts):       # none within another, none cut off
            data = b"".join([first, *(part.partition(end)[2] for part in parts)])
    return data


def _children(element: Any) -> Children:
    """The children of an element (None has none) by name."""
    out: dict[str, list[Any]] = {}
    if element is not None:
        for child in element:
            if (name := child.tag) in out:
                out[name].append(child)
            else:
                out[name] = [child]
    return out


def _first(children: Children, *names: str) -> Any:
    """The first child of a name, the first child in it of the next name, and so on; None where there is none."""
    *path, last = names
    for name in path:
        children = _children(children[name][0]) if name in children else {}
    return children[last][0] if last in children else None


def _text(children: Children, *names: str) -> str:
    """The text of `_first`, on one line."""
    return words(_first(children, *names))


def _all(children: Children, name: str, inner: str) -> Iterator[Any]:
    """The children called `inner` of all children called `name`."""
    for parent in children.get(name, ()):
        yield from parent.iterchildren(inner)


def _article(top: Children) -> Record:
    citation, data = _children(top["MedlineCitation"][0]), _children(_first(top, "PubmedData"))
    article = _children(citation["Article"][0]) if "Article" in citation else citation
    journal = _children(_first(article, "Journal"))
    issue = _children(_first(journal, "JournalIssue"))
    published = _parts(_first(issue, "PubDate"))
    dates, year = _history(data), _year(published)
    if printed := _date(published):
        dates["print"] = printed
    for electronic in map(_parts, article.get("ArticleDate", ())):
        dates["electronic"] = _date(electronic)
        year = year or _year(electronic)
    types = [words(t) for t in _all(article, "PublicationTypeList", "PublicationType")]
    kind, notices = f.kind_and_notices(types)
    notices += [n for c in _all(citation, "CommentsCorrectionsList", "CommentsCorrections")
                if (n := _REFERRED.get(c.get("RefType", "")))]
    pmid, title, vernacular = _text(citation, "PMID"), _text(article, "ArticleTitle"), _text(article, "VernacularTitle")
    authors, orcids = _authors(article.get("AuthorList", [])[:1])
    return Record(
        native_id=pmid, ids=_ids(data, article, journal, pmid), title=title or vernacular,
        titles_other=(vernacular,) if title and vernacular else (), authors=authors, orcids=orcids, year=year,
        journal=_text(journal, "Title") or _text(citation, "MedlineJournalInfo", "MedlineTA"),
        volume=_text(issue, "Volume"), issue=_text(issue, "Issue"), pages=_pages(article),
        abstract=_abstract(_first(article, "Abstract")) or _abstract(_first(citation, "OtherAbstract")),
        keywords=_distinct(_all(citation, "KeywordList", "Keyword")),
        mesh=_mesh(citation), language=f.language(_text(article, "Language")), kind=kind,
        publication_types=tuple(types), notices=tuple(dict.fromkeys(notices)), grants=_grants(article), dates=dates,
    )


def _book(top: Children) -> Record:
    document, data = _children(_first(top, "BookDocument")), _children(_first(top, "PubmedBookData"))
    book = _children(_first(document, "Book"))
    types = [words(t) for t in document.get("PublicationType", ())]
    types += [words(t) for t in _all(document, "PublicationTypeList", "PublicationType")]
    book_title, part = _text(book, "BookTitle"), _text(document, "ArticleTitle")
    dates, published = _history(data), _parts(_first(book, "PubDate"))
    if printed := _date(published):
        dates["print"] = printed
    pmid = _text(document, "PMID")
    ids = {"pmid": pmid} if pmid else {}
    for item in _all(document, "ArticleIdList", "ArticleId"):
        if item.get("IdType") == "doi" and (value := f.doi(words(item))):
            ids["doi"] = value
    if isbn := _text(book, "Isbn"):
        ids["isbn"] = isbn
    # Editors are no authors of a chapter; a book without authors is known by them.
    listed = [*document.get("AuthorList", ()), *book.get("AuthorList", ())]
    authors, orcids = _authors([a for a in listed if a.get("Type") != "editors"] or listed)
    kind, notices = f.kind_and_notices(types)
    return Record(
        native_id=pmid, ids=ids, title=part or book_title, authors=tuple(dict.fromkeys(authors)), orcids=orcids,
        year=_year(published), journal=book_title if part else "", volume=_text(book, "Volume"),
        pages=_text(document, "Pagination", "MedlinePgn"), abstract=_abstract(_first(document, "Abstract")),
        keywords=_distinct(_all(document, "KeywordList", "Keyword")), language=f.language(_text(document, "Language")),
        kind=kind or ("book-chapter" if part else "book"), publication_types=tuple(types), notices=tuple(notices),
        grants=_grants(document), dates=dates,
    )


def _distinct(elements: Iterator[Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(words, elements))))


def _ids(data: Children, article: Children, journal: Children, pmid: str) -> dict[str, str]:
    ids = {"pmid": pmid} if pmid else {}
    found = [(e.get("IdType"), words(e)) for e in _all(data, "ArticleIdList", "ArticleId")]
    found += [(e.get("EIdType"), words(e)) for e in article.get("ELocationID", ()) if e.get("ValidYN") != "N"]
    for kind, value in found:
        if kind == "doi" and "doi" not in ids and (doi := f.doi(value)):
            ids["doi"] = doi
        elif kind == "pmc" and (pmcid := f.pmcid(value)):
            ids.setdefault("pmcid", pmcid)
        elif kind == "pii" and value:
            ids.setdefault("pii", value)
    if issn := _text(journal, "ISSN"):
        ids["issn"] = issn
    trials: dict[str, None] = {}
    for bank in map(_children, _all(article, "DataBankList", "DataBank")):
        if _text(bank, "DataBankName").lower() in _REGISTERS:
            trials.update(dict.fromkeys(filter(None, map(words, _all(bank, "AccessionNumberList", "AccessionNumber")))))
    for number, trial in enumerate(trials, 1):
        ids["trial" if number == 1 else f"trial_{number}"] = trial
    return ids


def _authors(lists: list[Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names in their order, and `name: ORCID` of those that have one."""
    names, orcids = [], []
    for person in (person for listed in lists for person in listed.iterchildren("Author")):
        if person.get("ValidYN") == "N":
            continue
        parts = {part.tag: part for part in person}
        if "LastName" in parts:
            given = words(parts.get("ForeName")) or words(parts.get("Initials"))
            name = ", ".join(x for x in (words(parts["LastName"]), given, words(parts.get("Suffix"))) if x)
        else:
            name = words(parts.get("CollectiveName")) or words(parts.get("ForeName")) or words(parts.get("Initials"))
        if not name:
            continue
        names.append(name)
        if "Identifier" in parts and (found := _ORCID.search(words(parts["Identifier"]))):
            orcids.append(f"{name}: {'-'.join(found.groups()).upper()}")
    return tuple(names), tuple(orcids)


def _grants(article: Children) -> tuple[str, ...]:
    """`number, agency, country`, as far as given."""
    out = []
    for grant in map(_children, _all(article, "GrantList", "Grant")):
        out.append(", ".join(x for x in (_text(grant, n) for n in ("GrantID", "Agency", "Country")) if x))
    return tuple(dict.fromkeys(filter(None, out)))


def _pages(article: Children) -> str:
    page = _children(_first(article, "Pagination"))
    if text := _text(page, "MedlinePgn") or f.pages(_text(page, "StartPage"), _text(page, "EndPage")):
        return text
    # An article number stands alone where there are no pages: an e-location that is neither DOI nor PII.
    return next((words(e) for e in article.get("ELocationID", ()) if e.get("EIdType") not in ("doi", "pii")), "")


def _abstract(element: Any) -> str:
    """The parts with their labels: `METHODS: ...`."""
    parts = []
    for part in () if element is None else element.iterchildren("AbstractText"):
        label, text = part.get("Label", ""), words(part)
        if text:
            parts.append(f"{label}: {text}" if label and label.upper() != "UNLABELLED" else text)
    return " ".join(parts)


def _mesh(citation: Children) -> tuple[str, ...]:
    """One heading a qualifier; major topics end in a star (on the descriptor: on each of its headings)."""
    out = []
    for heading in _all(citation, "MeshHeadingList", "MeshHeading"):
        name = star = ""
        alone = False
        for part in heading:                    # the descriptor, then its qualifiers
            major = "*" if part.get("MajorTopicYN") == "Y" else ""
            if part.tag == "DescriptorName":
                name, star, alone = words(part), major, True
            elif part.tag == "QualifierName" and name:
                out.append(f"{name}/{words(part)}{major or star}")
                alone = False
        if alone:
            out.append(name + star)
    return tuple(out)


def _parts(date: Any) -> dict[str, str]:
    """Year, Month, Day, MedlineDate as they stand."""
    return {} if date is None else {part.tag: part.text or "" for part in date}


def _year(parts: Mapping[str, str]) -> int | None:
    return f.year(parts.get("Year", "") or parts.get("MedlineDate", ""))


def _date(parts: Mapping[str, str]) -> str:
    return _iso(parts.get("Year", ""), parts.get("Month", ""), parts.get("Day", "")) or f.iso_date(
        parts.get("MedlineDate", ""))


@lru_cache(maxsize=1 << 14)
def _iso(year: str, month: str, day: str) -> str:
    if year.isdigit() and month.isdigit() and day.isdigit():
        return f"{year}-{int(month):02d}-{int(day):02d}"
    return f.iso_date(" ".join(filter(None, (year, month, day))))


def _history(data: Children) -> dict[str, str]:
    out = {}
    for event in _all(data, "History", "PubMedPubDate"):
        if date := _date(_parts(event)):
            name = event.get("PubStatus", "")
            out[_STATUS.get(name, name)] = date
    return out


def count(source: Source) -> int:
    """Citations: each record holds one `MedlineCitation` or one `BookDocument`."""
    patterns = [re.compile(rb"<MedlineCitation(?=[\s/>])"), re.compile(rb"<BookDocument(?=[\s/>])")]
    n, rest = 0, b""
    for chunk in source.chunks():
        data = rest + chunk
        n += sum(len(pattern.findall(data)) for pattern in patterns)
        cut = data.rfind(b"<")
        unfinished = cut >= 0 and b">" not in data[cut:] and not any(p.match(data, cut) for p in patterns)
        rest = data[cut:] if unfinished else b""
    return n


def tags(data: bytes, source: Source) -> tuple[tuple[str, str], ...]:
    """Every text and attribute of one record, by path: addresses, substances, all languages and what it cites too."""
    root = parse(source.decode(data))
    return () if root is None else flat(root)


FORMAT = Format("pubmed-xml", "PubMed XML", (".xml",), sniff, read, count, tags)
