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
    **dict.fromkeys(("au", "author", "fau", "fullauthorname", "1au", "firstauthor", "author-first", "lastau",
                     "lastauthor", "author-last", "cn", "corporateauthor", "author-corporate", "ir", "fir",
                     "investigator", "fullinvestigatorname", "ed", "editor", "auid", "author-identifier",
                     "authoridentifier", "ps", "personalnameassubject", "subject-personalname"),
                    frozenset({"author"})),
    **dict.fromkeys(("ad", "affiliation"), frozenset({"affiliation"})),
    **dict.fromkeys(("ta", "journal", "jid", "nlmuniqueid", "is", "issn", "vi", "volume", "ip", "issue", "pg",
                     "pagination", "pl", "placeofpublication", "book", "bookaccession", "isbn", "pubn",
                     "publisher"), frozenset({"journal"})),
    **dict.fromkeys(("uid", "pmid", "aid", "articleidentifier", "lid", "locationid", "si", "secondarysourceid",
                     "gr", "grantnumber", "grantsandfunding", "rn", "ec/rnnumber"), frozenset({"id"})),
}
HEADINGS: dict[str, tuple[str, bool]] = {           # tag -> vocabulary, major
    **dict.fromkeys(("mh", "mesh", "meshterms", "meshterm"), ("mesh", False)),
    **dict.fromkeys(("majr", "meshmajortopic"), ("mesh", True)),
    **dict.fromkeys(("sh", "meshsubheading", "meshsubheadings", "subheading"), ("subheading", False)),
    **dict.fromkeys(("pt", "publicationtype", "ptyp"), ("publication-type", False)),
    **dict.fromkeys(("nm", "substancename", "supplementaryconcept"), ("substance", False)),
    **dict.fromkeys(("pa", "pharmacologicalaction"), ("pharmacological-action", False)),
    **dict.fromkeys(("sb", "subset", "filter"), ("filter", False)),
    **dict.fromkeys(("lr", "cois", "conflictofinterest"), ("filter", False)),
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
    **dict.fromkeys(("lastmodified", "modificationdate", "date-modification", "lmdt"), "modified"),
}
PROXIMITY = ("ti", "title", "tiab", "title/abstract", "ad", "affiliation")


def fold(tag: str) -> str:
    """A tag without blanks and case: " MeSH Terms" -> "meshterms"; "Date - Create" -> "date-create"."""
    return "".join(tag.split()).casefold()


KNOWN: tuple[str, ...] = (*FIELDS, *HEADINGS, *LANGUAGE, *DATES)


def is_tag(text: str) -> bool:
    """Whether the text between brackets is a tag, with or without its option (:noexp, :~3)."""
    return fold(text).partition(":")[0] in KNOWN
