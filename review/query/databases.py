"""Names of databases: people write "Google Scholar", files say "google-scholar", both are one."""

from __future__ import annotations

import re
import unicodedata

# The name in files -> how people write it. Only names that people meet; anything else is taken as it is.
TITLES: dict[str, str] = {
    "pubmed": "PubMed",
    "google-scholar": "Google Scholar",
    "europe-pmc": "Europe PMC",
    "web-of-science": "Web of Science",
    "scopus": "Scopus",
    "ovid-medline": "MEDLINE (Ovid)",
    "ovid-embase": "Embase (Ovid)",
    "ovid-psycinfo": "APA PsycInfo (Ovid)",
    "embase": "Embase",
    "cinahl": "CINAHL (EBSCO)",
    "ebsco-psycinfo": "APA PsycInfo (EBSCO)",
    "ebsco-eric": "ERIC (EBSCO)",
    "cochrane": "Cochrane Library",
    "proquest": "ProQuest",
    "openalex": "OpenAlex",
    "cnki": "CNKI",
    "wanfang": "Wanfang",
    "cqvip": "CQVIP",
    "crossref": "Crossref",
    "eric": "ERIC",
    "medline": "MEDLINE",
    "psycinfo": "APA PsycInfo",
    "dimensions": "Dimensions",
    "semantic-scholar": "Semantic Scholar",
    "assia": "ASSIA",
    "lilacs": "LILACS",
    "clinicaltrials-gov": "ClinicalTrials.gov",
}

# Other spellings, already folded by _fold.
_ALIASES: dict[str, str] = {
    "scholar": "google-scholar", "gs": "google-scholar", "gscholar": "google-scholar",
    "wos": "web-of-science", "webofknowledge": "web-of-science", "wosadvanced": "web-of-science",
    "epmc": "europe-pmc", "europepubmedcentral": "europe-pmc",
    "medlineovid": "ovid-medline", "embaseovid": "ovid-embase", "psycinfoovid": "ovid-psycinfo",
    "apapsycinfoovid": "ovid-psycinfo", "embasecom": "embase", "embaseelsevier": "embase",
    "cinahlebsco": "cinahl", "ebscocinahl": "cinahl", "cinahlplus": "cinahl",
    "psycinfoebsco": "ebsco-psycinfo", "apapsycinfoebsco": "ebsco-psycinfo", "ericebsco": "ebsco-eric",
    "cochranelibrary": "cochrane", "central": "cochrane", "cochranecentral": "cochrane",
    "apapsycinfo": "psycinfo", "vip": "cqvip", "weipu": "cqvip", "维普": "cqvip",
    "中国知网": "cnki", "知网": "cnki", "chinanationalknowledgeinfrastructure": "cnki", "万方": "wanfang",
    "万方数据": "wanfang", "wanfangdata": "wanfang", "clinicaltrials": "clinicaltrials-gov",
}


def _fold(name: str) -> str:
    """Letters and digits only, in lower case: blanks, hyphens and brackets don't distinguish names."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return "".join(c for c in text if c.isalnum())


_KNOWN: dict[str, str] = _ALIASES | {_fold(k): k for k in TITLES} | {_fold(t): k for k, t in TITLES.items()}


def canonical(name: str) -> str:
    """The name as files write it: "Google Scholar" -> "google-scholar"; unknown names become slugs.

    >>> canonical("googlescholar"), canonical("Practice library A")
    ('google-scholar', 'practice-library-a')
    """
    known = _KNOWN.get(_fold(name))
    if known:
        return known
    text = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[\W_]+", "-", text).strip("-") or "unnamed"


def title(name: str) -> str:
    """The name as people write it: "pubmed" -> "PubMed"; an unknown name stays as it was written."""
    return TITLES.get(_KNOWN.get(_fold(name), ""), name.strip())
