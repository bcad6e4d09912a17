"""PubMed's field tags and their long names (PubMed User Guide, search field descriptions and tags)."""

from __future__ import annotations

from review.query.tree import ALL, TEXT, TIAB, TITLE, Fields

# Tag, folded -> where it looks. Headings and dates have tables of their own.
FIELDS: dict[str, Fields] = {
    **dict.fromkeys(("all", "allfields"), ALL),
    **dict.fromkeys(("tiab", "title/abstract"), TIAB),
    **dict.fromkeys(("ti", "title"), TITLE),
    **dict.fromkeys(("tw", "textword", "textwords"), TEXT),
    **dict.fromkeys(("ot", "otherterm"), frozenset({"keywords"})),
    **dict.fromkeys(("tt", "transliteratedtitle"), frozenset({"original-title"})),
    **dict.fromkeys(("au", "author"), frozenset({"author"})),
    **dict.fromkeys(("fau", "fullauthorname", "author-full"), frozenset({"full-author"})),
    **dict.fromkeys(("1au", "firstauthor", "firstauthorname", "author-first"), frozenset({"first-author"})),
    **dict.fromkeys(("lastau", "lastauthor", "lastauthorname", "author-last"), frozenset({"last-author"})),
    **dict.fromkeys(("cn", "corporateauthor", "author-corporate"), frozenset({"group-author"})),
    **dict.fromkeys(("ir", "fir", "investigator", "fullinvestigatorname", "investigator-full"),
                    frozenset({"investigator"})),
    **dict.fromkeys(("ed", "editor"), frozenset({"editor"})),
    **dict.fromkeys(("auid", "author-identifier", "authoridentifier"), frozenset({"author-id"})),
    **dict.fromkeys(("ps", "personalnameassubject", "subject-personalname"), frozenset({"person-as-subject"})),
    **dict.fromkeys(("ad", "affiliation"), frozenset({"affiliation"})),
    **dict.fromkeys(("ta", "journal", "jour"), frozenset({"journal"})),
    **dict.fromkeys(("jid", "nlmuniqueid"), frozenset({"journal-id"})),
    **dict.fromkeys(("is", "issn"), frozenset({"issn"})),
    **dict.fromkeys(("vi", "volume"), frozenset({"volume"})),
    **dict.fromkeys(("ip", "issue"), frozenset({"issue"})),
    **dict.fromkeys(("pg", "pagination", "page"), frozenset({"pages"})),
    **dict.fromkeys(("pl", "placeofpublication"), frozenset({"place-of-publication"})),
    **dict.fromkeys(("book", "bookaccession"), frozenset({"book"})),
    **dict.fromkeys(("isbn",), frozenset({"isbn"})),
    **dict.fromkeys(("pubn", "publisher"), frozenset({"publisher"})),
    **dict.fromkeys(("uid", "pmid"), frozenset({"id"})),
    **dict.fromkeys(("pmcid", "pmc"), frozenset({"pmcid"})),
    **dict.fromkeys(("aid", "articleidentifier", "doi"), frozenset({"article-id"})),
    **dict.fromkeys(("lid", "locationid"), frozenset({"location-id"})),
    **dict.fromkeys(("si", "secondarysourceid"), frozenset({"secondary-id"})),
    **dict.fromkeys(("gr", "grantnumber", "grantsandfunding"), frozenset({"grant"})),
    **dict.fromkeys(("rn", "ec/rnnumber"), frozenset({"registry-number"})),
    **dict.fromkeys(("cois", "conflictofinterest", "conflictofintereststatement", "conflictofintereststatements"),
                    frozenset({"conflict-of-interest"})),
}
HEADINGS: dict[str, tuple[str, bool]] = {           # tag -> vocabulary, major
    **dict.fromkeys(("mh", "mesh", "meshterms", "meshterm"), ("mesh", False)),
    **dict.fromkeys(("majr", "meshmajortopic"), ("mesh", True)),
    **dict.fromkeys(("sh", "meshsubheading", "meshsubheadings", "subheading"), ("subheading", False)),
    **dict.fromkeys(("pt", "publicationtype", "ptyp"), ("publication-type", False)),
    **dict.fromkeys(("nm", "substancename", "supplementaryconcept"), ("substance", False)),
    **dict.fromkeys(("pa", "pharmacologicalaction"), ("pharmacological-action", False)),
    **dict.fromkeys(("sb", "subset", "filter", "text"), ("filter", False)),      # [text] stands in hasabstract[text] only
}
LANGUAGE = {"la", "lang", "language"}
DATES: dict[str, str] = {
    **dict.fromkeys(("dp", "pdat", "publicationdate", "date-publication"), "year"),
    **dict.fromkeys(("edat", "entrezdate", "date-entrez", "entrydate", "date-entry"), "entrez"),
    **dict.fromkeys(("crdt", "createdate", "date-create"), "created"),
    **dict.fromkeys(("mhda", "meshdate", "date-mesh"), "mesh"),
    **dict.fromkeys(("epdat", "electronicpublicationdate", "electronicdateofpublication"), "electronic"),
    **dict.fromkeys(("ppdat", "printpublicationdate", "printdateofpublication"), "print"),
    **dict.fromkeys(("dcom", "completiondate", "date-completion"), "completed"),
    **dict.fromkeys(("lr", "mdat", "lmdt", "lastmodified", "lastrevised", "modificationdate", "date-modification"), "modified"),
}
PROXIMITY = ("ti", "title", "tiab", "title/abstract", "ad", "affiliation")


def fold(tag: str) -> str:
    """A tag without blanks and case: " MeSH Terms" -> "meshterms"; "Date - Create" -> "date-create"."""
    return "".join(tag.split()).casefold()


KNOWN: tuple[str, ...] = (*FIELDS, *HEADINGS, *LANGUAGE, *DATES)


def is_tag(text: str) -> bool:
    """Whether the text between brackets is a tag, with or without its option (:noexp, :~3)."""
    return fold(text).partition(":")[0] in KNOWN
