"""Ovid's field codes and the two-letter subheadings of MeSH (Ovid MEDLINE field guide; MeSH qualifiers)."""

from __future__ import annotations

from review.query.tree import Fields

# Code -> the atoms it looks in.
FIELDS: dict[str, tuple[str, ...]] = {
    "ti": ("title",), "m_titl": ("title",), "is": ("issn",), "vo": ("volume",), "ip": ("issue",), "pg": ("pages",),
    "ab": ("abstract",), "tw": ("title", "abstract"), "kf": ("keywords",), "kw": ("keywords",),
    "mp": ("title", "abstract", "keywords", "heading", "subheading", "publication-type", "substance"),
    "hw": ("heading",), "ot": ("original-title",), "tt": ("original-title",), "au": ("author",),
    "in": ("affiliation",), "jn": ("journal",), "jw": ("journal",), "so": ("journal",), "af": ("all",),
    "ui": ("id",), "an": ("id",), "dm": ("abstract",), "dv": ("abstract",), "tn": ("substance",),
    "id": ("keywords",), "tc": ("abstract",), "bt": ("title",),
}
HEADINGS: dict[str, str] = {"sh": "mesh", "fs": "subheading", "pt": "publication-type", "nm": "substance",
                            "rn": "substance", "px": "substance", "rs": "substance", "md": "publication-type"}
DATES: dict[str, str] = {"yr": "year", "ed": "entrez", "dp": "year", "dt": "created", "da": "created",
                         "up": "entrez", "em": "entrez", "ep": "electronic", "ez": "entrez"}
LANGUAGE = {"la", "lg"}

SUBHEADINGS: dict[str, str] = {
    "ab": "abnormalities", "ad": "administration & dosage", "ae": "adverse effects", "ag": "agonists",
    "aa": "analogs & derivatives", "an": "analysis", "ah": "anatomy & histology", "ai": "antagonists & inhibitors",
    "bi": "biosynthesis", "bl": "blood", "bs": "blood supply", "cf": "cerebrospinal fluid",
    "cs": "chemical synthesis", "ci": "chemically induced", "ch": "chemistry", "cl": "classification",
    "co": "complications", "cn": "congenital", "cy": "cytology", "df": "deficiency", "di": "diagnosis",
    "dg": "diagnostic imaging", "du": "diagnostic use", "dh": "diet therapy", "de": "drug effects",
    "dt": "drug therapy", "ec": "economics", "ed": "education", "em": "embryology", "en": "enzymology",
    "ep": "epidemiology", "es": "ethics", "eh": "ethnology", "et": "etiology", "ge": "genetics",
    "gd": "growth & development", "hi": "history", "im": "immunology", "in": "injuries", "ir": "innervation",
    "is": "instrumentation", "ip": "isolation & purification", "lj": "legislation & jurisprudence",
    "ma": "manpower", "me": "metabolism", "mt": "methods", "mi": "microbiology", "mo": "mortality",
    "nu": "nursing", "og": "organization & administration", "ps": "parasitology", "py": "pathogenicity",
    "pa": "pathology", "pk": "pharmacokinetics", "pd": "pharmacology", "ph": "physiology",
    "pp": "physiopathology", "po": "poisoning", "pc": "prevention & control", "px": "psychology",
    "ra": "diagnostic imaging", "ri": "diagnostic imaging", "us": "diagnostic imaging", "rt": "radiotherapy",
    "re": "radiation effects", "rh": "rehabilitation", "sc": "secondary", "se": "secretion",
    "st": "standards", "sn": "statistics & numerical data", "sd": "supply & distribution", "su": "surgery",
    "th": "therapy", "tu": "therapeutic use", "td": "trends", "to": "toxicity", "tm": "transmission",
    "tr": "transplantation", "ul": "ultrastructure", "ur": "urine", "ut": "utilization", "ve": "veterinary",
    "vi": "virology",
}


def fields_of(codes: list[str]) -> Fields:
    """The atoms of several codes together: ti, ab, kf."""
    return frozenset(atom for code in codes for atom in FIELDS[code])


KNOWN: tuple[str, ...] = (*FIELDS, *HEADINGS, *DATES, *LANGUAGE)
