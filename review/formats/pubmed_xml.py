"""PubMed's XML: articles and books, from efetch, from a download, or from several replies in one file.

Facts: NLM, "MEDLINE/PubMed XML elements"; a `PubmedArticle` and a `PubmedBookArticle` are records.
Dates: PubMed shows the status `pubmed` as EDAT (entrez) and the status `entrez` as CRDT (created).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from review.formats import fields as f
from review.formats.registry import Format
from review.formats.source import Source
from review.formats.xml_slices import flat, parse, slices, words
from review.model import Entry, Issue, Record

_NAMES = ("PubmedArticle", "PubmedBookArticle")
_REFERRED = {"RetractionIn": "retracted", "ExpressionOfConcernIn": "concern", "ErratumIn": "erratum"}
_STATUS = {"pubmed": "entrez", "entrez": "created", "medline": "mesh"}
_REGISTERS = ("clinicaltrials.gov", "isrctn", "anzctr", "chictr", "eudract", "drks", "ctri", "jprn", "ntr", "pactr")


def sniff(head: str, name: str) -> float:
    """Certain where the element of a record or of their set is there."""
    return 0.98 if re.search(r"<Pubmed(?:Article|BookArticle|ArticleSet|BookArticleSet)[\s/>]", head) else 0.0


def read(source: Source) -> Iterator[Entry | Issue]:
    """Records and issues, one at a time. An article has hundreds of tags, so an entry leaves them to `tags`."""
    for cut in slices(source, _NAMES):
        root = parse(source.decode(_without_references(cut.data)), source, cut.line)
        yield from source.drain()
        if root is None:
            continue
        citation = root.find("MedlineCitation")
        made = _article(root, citation) if citation is not None else _book(root)
        if made.native_id == "" and made.title == "":
            source.tell("xml-empty", "an element holds neither a PMID nor a title; it is no record", line=cut.line)
            continue
        yield Entry(made, (), cut.offset, cut.length, cut.line)
    yield from source.remainder()


def _without_references(data: bytes) -> bytes:
    """An article without the list of what it cites, which may be most of it (`tags` keeps it)."""
    start, end = data.find(b"<ReferenceList"), data.rfind(b"</ReferenceList>")
    return data[:start] + data[end + len(b"</ReferenceList>"):] if 0 <= start < end else data


def _article(root: Any, citation: Any) -> Record:
    article = citation.find("Article")
    if article is None:
        article = citation
    issue = article.find("Journal/JournalIssue")
    types = [words(t) for t in article.iterfind("PublicationTypeList/PublicationType")]
    kind, notices = f.kind_and_notices(types)
    notices += [n for c in citation.iterfind("CommentsCorrectionsList/CommentsCorrections")
                if (n := _REFERRED.get(c.get("RefType", "")))]
    published = None if issue is None else issue.find("PubDate")
    dates, year = _dates(root, "PubmedData"), _year(published)
    if printed := _date(published):
        dates["print"] = printed
    for electronic in article.iterfind("ArticleDate"):
        dates["electronic"] = _date(electronic)
        year = year or _year(electronic)
    pmid = words(citation.find("PMID"))
    title = words(article.find("ArticleTitle"))
    return Record(
        native_id=pmid, ids=_ids(root.find("PubmedData/ArticleIdList"), article, pmid),
        title=title or words(article.find("VernacularTitle")),
        titles_other=tuple(t for t in [words(article.find("VernacularTitle"))] if t and title),
        authors=_authors(article.find("AuthorList")),
        year=year,
        journal=words(article.find("Journal/Title")) or words(citation.find("MedlineJournalInfo/MedlineTA")),
        volume=_in(issue, "Volume"), issue=_in(issue, "Issue"), pages=_pages(article),
        abstract=_abstract(article.find("Abstract")) or _abstract(citation.find("OtherAbstract")),
        keywords=tuple(dict.fromkeys(k for e in citation.iterfind("KeywordList/Keyword") if (k := words(e)))),
        mesh=_mesh(citation), language=f.language(words(article.find("Language"))), kind=kind,
        publication_types=tuple(types), notices=tuple(dict.fromkeys(notices)), dates=dates,
    )


def _book(root: Any) -> Record:
    document = root.find("BookDocument")
    if document is None:
        return Record()
    book = document.find("Book")
    types = [words(t) for t in document.iterfind("PublicationType")]
    types += [words(t) for t in document.iterfind("PublicationTypeList/PublicationType")]
    book_title, part = _in(book, "BookTitle"), words(document.find("ArticleTitle"))
    dates = _dates(root, "PubmedBookData")
    published = None if book is None else book.find("PubDate")
    if printed := _date(published):
        dates["print"] = printed
    pmid = words(document.find("PMID"))
    ids = {"pmid": pmid} if pmid else {}
    for item in document.iterfind("ArticleIdList/ArticleId"):
        if item.get("IdType") == "doi" and (value := f.doi(words(item))):
            ids["doi"] = value
    if isbn := _in(book, "Isbn"):
        ids["isbn"] = isbn
    authors = [a for lists in (document.findall("AuthorList"), [] if book is None else book.findall("AuthorList"))
               for group in lists for a in _authors(group)]
    kind, notices = f.kind_and_notices(types)
    return Record(
        native_id=pmid, ids=ids, title=part or book_title, authors=tuple(dict.fromkeys(authors)),
        year=_year(published), journal=book_title if part else "", volume=_in(book, "Volume"),
        pages=words(document.find("Pagination/MedlinePgn")), abstract=_abstract(document.find("Abstract")),
        keywords=tuple(dict.fromkeys(k for e in document.iterfind("KeywordList/Keyword") if (k := words(e)))),
        language=f.language(words(document.find("Language"))),
        kind=kind or ("book-chapter" if part else "book"), publication_types=tuple(types), notices=tuple(notices),
        dates=dates,
    )


def _in(parent: Any, path: str) -> str:
    return "" if parent is None else words(parent.find(path))


def _ids(listed: Any, article: Any, pmid: str) -> dict[str, str]:
    ids = {"pmid": pmid} if pmid else {}
    found = [(e.get("IdType"), words(e)) for e in ([] if listed is None else listed.iterfind("ArticleId"))]
    found += [(e.get("EIdType"), words(e)) for e in article.iterfind("ELocationID") if e.get("ValidYN") != "N"]
    for kind, value in found:
        if kind == "doi" and "doi" not in ids and (doi := f.doi(value)):
            ids["doi"] = doi
        elif kind == "pmc" and (pmcid := f.pmcid(value)):
            ids.setdefault("pmcid", pmcid)
        elif kind == "pii" and value:
            ids.setdefault("pii", value)
    if issn := words(article.find("Journal/ISSN")):
        ids["issn"] = issn
    for bank in article.iterfind("DataBankList/DataBank"):
        number = words(bank.find("AccessionNumberList/AccessionNumber"))
        if number and words(bank.find("DataBankName")).lower() in _REGISTERS:
            ids.setdefault("trial", number)
    return ids


def _authors(listed: Any) -> tuple[str, ...]:
    out = []
    for person in [] if listed is None else listed.iterfind("Author"):
        if person.get("ValidYN") == "N":
            continue
        parts = {part.tag: part for part in person}
        given = words(parts.get("ForeName")) or words(parts.get("Initials"))
        name = ", ".join(x for x in (words(parts.get("LastName")), given, words(parts.get("Suffix"))) if x)
        if name := name if "LastName" in parts else words(parts.get("CollectiveName")) or name:
            out.append(name)
    return tuple(out)


def _pages(article: Any) -> str:
    page = article.find("Pagination")
    if page is not None:
        if text := words(page.find("MedlinePgn")):
            return text
        if text := f.pages(words(page.find("StartPage")), words(page.find("EndPage"))):
            return text
    # An article number stands alone where there are no pages: an e-location that is neither DOI nor PII.
    return next((words(e) for e in article.iterfind("ELocationID") if e.get("EIdType") not in ("doi", "pii")), "")


def _abstract(element: Any) -> str:
    """The parts with their labels: `METHODS: ...`."""
    parts = []
    for part in [] if element is None else element.iterfind("AbstractText"):
        label, text = part.get("Label", ""), words(part)
        if text:
            parts.append(f"{label}: {text}" if label and label.upper() != "UNLABELLED" else text)
    return " ".join(parts)


def _mesh(citation: Any) -> tuple[str, ...]:
    """One heading a qualifier; major topics end in a star (on the descriptor: on each of its headings)."""
    out = []
    for heading in citation.iterfind("MeshHeadingList/MeshHeading"):
        descriptor = heading.find("DescriptorName")
        if descriptor is None:
            continue
        name = words(descriptor)
        star = "*" if descriptor.get("MajorTopicYN") == "Y" else ""
        qualifiers = heading.findall("QualifierName")
        out += [f"{name}/{words(q)}{'*' if q.get('MajorTopicYN') == 'Y' else star}" for q in qualifiers]
        if not qualifiers:
            out.append(name + star)
    return tuple(out)


def _year(element: Any) -> int | None:
    if element is None:
        return None
    return f.year(words(element.find("Year")) or words(element.find("MedlineDate")))


def _date(element: Any) -> str:
    if element is None:
        return ""
    parts = {part.tag: part.text for part in element}
    year, month, day = parts.get("Year"), parts.get("Month"), parts.get("Day")
    if year and month and day and year.isdigit() and month.isdigit() and day.isdigit():
        return f"{year}-{int(month):02d}-{int(day):02d}"
    return f.iso_date(" ".join(p for p in (year, month, day) if p) or parts.get("MedlineDate") or "")


def _dates(root: Any, data: str) -> dict[str, str]:
    out = {}
    for event in root.iterfind(f"{data}/History/PubMedPubDate"):
        name = _STATUS.get(event.get("PubStatus", ""), event.get("PubStatus", ""))
        if date := _date(event):
            out[name] = date
    return out


def count(source: Source) -> int:
    """Citations: each record holds one `MedlineCitation` or one `BookDocument`."""
    pattern, n, rest = re.compile(rb"<(?:MedlineCitation|BookDocument)(?=[\s/>])"), 0, b""
    for chunk in source.chunks():
        data = rest + chunk
        n += len(pattern.findall(data))
        cut = data.rfind(b"<")
        rest = data[cut:] if cut >= 0 and b">" not in data[cut:] and not pattern.match(data, cut) else b""
    return n


def tags(data: bytes, source: Source) -> tuple[tuple[str, str], ...]:
    """Every text and attribute of one record, by path."""
    root = parse(source.decode(data))
    return () if root is None else flat(root)


FORMAT = Format("pubmed-xml", "PubMed XML", (".xml",), sniff, read, count, tags)
