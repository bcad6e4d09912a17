"""Identifiers of documents: found wherever a record keeps them, brought to one form."""

from __future__ import annotations

import re
from urllib.parse import unquote

from review.model import Record

_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>|]+")
_PMID = re.compile(r"\b(\d{4,8})(?:\.0)?\b")
_PMC = re.compile(r"PMC\s*(\d{3,9})", re.IGNORECASE)
_PUBMED_URL = re.compile(r"(?:pubmed\.ncbi\.nlm\.nih\.gov/|ncbi\.nlm\.nih\.gov/pubmed/|[?&]id=pmid:|/med/)(\d{4,8})\b")
_PMC_URL = re.compile(r"(?:articles/|europepmc\.org/article/PMC/)(PMC\d{3,9})", re.IGNORECASE)
_TRIAL = re.compile(
    r"\b(NCT\s?\d{8}|ISRCTN\s?\d{8}|ChiCTR[-A-Z]*\d{8,10}|ACTRN\s?\d{14}|EUCTR\d{4}-\d{6}-\d{2}|DRKS\d{8}|"
    r"UMIN\d{9}|JPRN-?UMIN\d{9}|CTRI/\d{4}/\d{2,3}/\d{6}|IRCT\d{11,}N\d+|NTR\d{3,4}|KCT\d{7}|TCTR\d{11})\b")
_PREPRINT_DOI = re.compile(
    r"10\.(?:21203/rs|31234/|31219/|31235/|31222/|31223/|31730/|35542/|2139/ssrn|20944/preprints|48550/arxiv|"
    r"22541/au|26434/chemrxiv|36227/techrxiv|33774/|1101/\d{6}\b|1101/(?:19|20)\d\d\.\d\d\.|64898/|51094/jxiv|"
    r"12074/|14293/s2199|32388/|7287/peerj\.preprints|1590/scielopreprints)")
_COCHRANE = re.compile(r"(?:14651858\.|\b)((?:cd|mr)\d{6})(?:\.pub(\d+))?", re.IGNORECASE)
_VERSION = re.compile(r"^(10\.(?:21203|20944|12688|22541|36227|26434|1101|48550|33774|7287)/.+?)[./]?v(\d+)$")


def doi(text: str) -> str:
    """The DOI inside `text`, lower case, without prefix or trailing punctuation; empty where none stands."""
    if "10." not in text:
        return ""
    text = text[:1000]                                  # what is longer is damage
    if "%" in text:
        text = unquote(text)
    found = _DOI.search(text)
    if not found:
        return ""
    value = re.split(r"https?:|&(?:amp|lt|gt);|;(?=jsessionid)", found.group().lower())[0]
    while True:                                         # several ends can be stacked: "....pdf)."
        cut = value.rstrip(".,;:'\u2019*")
        for end in ("/full", "/abstract", "/pdf", "/epdf", "/fulltext", "/meta", "[doi]"):
            cut = cut.removesuffix(end)
        for open_, close in ("()", "[]", "{}"):
            if cut.endswith(close) and cut.count(close) > cut.count(open_):
                cut = cut[:-1]
        if cut == value:
            return "" if "(issn)" in value else value           # a journal's own DOI
        value = cut


def is_preprint_doi(value: str) -> bool:
    """Whether a normalised DOI is one that a preprint server gives."""
    return bool(value) and _PREPRINT_DOI.match(value) is not None


def doi_version(value: str) -> tuple[str, str]:
    """A preprint's DOI without its version, and the version: ("10.21203/rs.3.rs-1", "2")."""
    found = _VERSION.match(value)
    return (found.group(1), found.group(2)) if found else (value, "")


def cochrane(doi: str, pages: str) -> tuple[str, str]:
    """The number of a Cochrane review and its version ("cd001234", "2"). A DOI without ".pub" is the first version;
    the page field alone does not tell it."""
    for text, known in ((doi, "14651858" in doi), (pages, False)):
        if not text or not (known or text[0] in "CcMm"):
            continue
        found = _COCHRANE.search(text)
        if found:
            return found.group(1).lower(), found.group(2) or ("1" if known else "")
    return "", ""


def trials(*texts: str) -> frozenset[str]:
    """Numbers of trial registers named in the texts, upper case without blanks."""
    return frozenset(re.sub(r"\s", "", m.group(1)).upper() for text in texts for m in _TRIAL.finditer(text))


def _doi_of_address(url: str) -> str:
    """The DOI in an address that leads to one document ("https://doi.org/10...", ".../doi/abs/10...")."""
    first = url.split()[0]
    return doi(first) if re.search(r"doi(?:\.org)?/(?:abs/|full/|pdf/|epdf/|book/)?10\.|/article/10\.", first) else ""


def of_record(record: Record) -> dict[str, str]:
    """doi, pmid, pmcid of a record, from its ids and, where these lack one, from its address."""
    ids, url = record.ids, record.url
    out: dict[str, str] = {}
    value = doi(ids.get("doi", "")) or (_doi_of_address(url) if "10." in url else "")
    if value:
        out["doi"] = value
    found = _PMID.search(ids.get("pmid", "")) or (_PUBMED_URL.search(url) if "pubmed" in url or "pmid" in url else None)
    if found:
        out["pmid"] = found.group(1).lstrip("0")
    pmc = ids.get("pmcid", "") or ids.get("pmc", "")
    found = _PMC.search(pmc) or _PMID.search(pmc) or (_PMC_URL.search(url) if "PMC" in url or "pmc" in url else None)
    if found:
        out["pmcid"] = "PMC" + found.group(1).upper().removeprefix("PMC")
    return out
