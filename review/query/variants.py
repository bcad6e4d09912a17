"""Forms of a term that a concept lacks: other spellings, one word or two, singular and plural; slips of the pen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from review.query.words import covers, patterns

# British -> American, as patterns inside words; each is tried in both directions. What follows in (?=) or (?!)
# keeps them off words that both spell alike (organism, laboratory, colorectal). (Merriam-Webster; Oxford.)
_VERB = r"(?=e[drs]?\b|ing|ation|\*|$)"
_SPELLINGS: tuple[tuple[str, str, str], ...] = (
    ("behaviour", "behavior", ""), ("labour", "labor", r"(?!a|io)"), ("neighbour", "neighbor", ""),
    ("colour", "color", r"(?!e|a)"), ("tumour", "tumor", r"(?!ig|ec)"), ("counsell", "counsel", r"(?=ing|or|ed)"),
    ("programme", "program", r"(?!m|\*)"), ("centre", "center", r"(?=s?\b)"), ("fibre", "fiber", r"(?=s?\b)"),
    ("paediatr", "pediatr", ""), ("anaem", "anem", r"(?=i)"), ("haemat", "hemat", ""), ("haemo", "hemo", ""),
    ("oedema", "edema", ""), ("foet", "fet", r"(?=al|us)"), ("oesoph", "esoph", ""), ("gynaec", "gynec", ""),
    ("orthopaed", "orthoped", ""), ("diarrhoea", "diarrhea", ""), ("leukaem", "leukem", ""),
    ("ageing", "aging", ""), ("enrolment", "enrollment", ""), ("judgement", "judgment", ""),
    *((f"{stem}is", f"{stem}iz", _VERB) for stem in (
        "organ", "hospital", "random", "social", "urban", "immun", "util", "marginal", "stigmat", "character")),
)
# First parts whose compounds are written with and without a hyphen.
_LOOSE = {"well", "policy", "psycho", "non", "post", "pre", "anti", "co", "multi", "re", "inter", "intra", "socio",
          "under", "over", "child", "care", "bio", "neuro"}
_CLOSED = {"well-being": "wellbeing", "policy-making": "policymaking", "child-care": "childcare",
           "care-giver": "caregiver"}
_SAME_IN_BOTH = ("series", "species", "news", "diabetes", "rabies", "aids", "ethics", "economics", "politics",
                 "statistics", "measles", "means", "sars", "headquarters", "physics", "genetics", "rights", "herpes",
                 "scabies", "caries", "feces", "faeces", "ascites", "obstetrics", "always",
                 "pancreas", "erysipelas", "atlas", "alias", "canvas", "texas", "kansas", "christmas", "biceps", "triceps",
                 "forceps", "chaos", "ethos", "pathos", "cosmos", "wales", "athens", "honduras", "perhaps", "besides",
                 "comoros", "emirates", "maldives", "netherlands", "philippines", "seychelles", "states")
_IRREGULAR = {"children": "child", "women": "woman", "men": "man", "feet": "foot", "teeth": "tooth", "mice": "mouse",
              "analyses": "analysis", "crises": "crisis", "midwives": "midwife", "wives": "wife", "lives": "life",
              "housewives": "housewife", "neuroses": "neurosis", "psychoses": "psychosis", "metastases": "metastasis",
              "diagnoses": "diagnosis", "prognoses": "prognosis", "stenoses": "stenosis", "criteria": "criterion"}
# Words that are counted, so that a search for one form wants the other too; others stand in the singular for good.
_COUNTED = {"policy", "therapy", "family", "study", "country", "city", "community", "baby", "pregnancy", "intervention",
            "program", "programme", "school", "hospital", "trial", "disease", "disorder", "drug", "infection", "tumor",
            "tumour", "neoplasm", "carcinoma", "vaccine", "symptom", "survey", "guideline", "service", "parent",
            "patient", "student", "adolescent", "infant", "migrant", "immigrant", "grandparent", "teacher", "worker",
            "caregiver", "carer", "mother", "father", "teenager", "doctor", "physician", "clinician", "therapist",
            "adult", "boy", "girl", "nurse", "person", "village", "household", "outcome", "attitude", "barrier"}


def missing_variants(texts: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Forms that no term of the concept finds: (code, term, missing form)."""
    cut = [patterns(t) for t in texts]

    def found(text: str) -> bool:
        return any(covers(c, patterns(text)) or covers(c, patterns(text.rstrip("*"))) for c in cut)

    for text in texts:
        for kind, other in _forms(text.casefold()):
            if not found(other):
                yield kind, text, other


def _forms(text: str) -> Iterator[tuple[str, str]]:
    for british, american, where in _SPELLINGS:
        longer = british + ("" if british.startswith(american) else where)      # programme*: as good as any
        if re.search(longer, text):
            yield "spelling-variant", re.sub(longer, american, text)
        elif re.search(rf"\b{american}{where}", text):
            yield "spelling-variant", re.sub(rf"\b{american}{where}", british, text)
    for word in re.findall(r"\w+-\w+", text):
        closed = _CLOSED.get(word) or (
            word.replace("-", "") if word.split("-")[0] in _LOOSE and re.search(r"-[a-z]{4,}$", word) else "")
        if closed:
            yield "hyphen-variant", text.replace(word, closed)
    *first, last = text.split() or [""]
    if last.isascii() and last.isalpha():
        if single := singular(last):
            yield "missing-singular", " ".join([*first, single])
        elif several := _plural(last):
            yield "missing-plural", " ".join([*first, several])


def singular(word: str) -> str:
    """The singular of an English plural, "" if it isn't one (as far as endings tell)."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < 5 or not word.endswith("s") or word.endswith(("ss", "us", "is", "ics", "itis")) or word in _SAME_IN_BOTH:
        return ""
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith("yses"):               # analyses, paralyses
        return word[:-2] + "is"
    return word[:-2] if word.endswith(("sses", "ches", "shes", "xes", "boes", "toes", "does", "roes")) else word[:-1]


def _plural(word: str) -> str:
    """The plural of a word that is counted, "" for any other."""
    for several, one in _IRREGULAR.items():
        if word == one and several in ("children", "women", "men", "midwives"):
            return several
    if word not in _COUNTED:
        return ""
    return word[:-1] + "ies" if word.endswith("y") and word[-2] not in "aeiou" else word + "s"


def slips(texts: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Words that differ from another one of the definition by one letter inside: (term, word, the other).

    Differences that spellings, endings and beginnings explain are none.
    """
    held: dict[str, tuple[str, int]] = {}               # word -> a term that holds it, how many terms do
    for text in texts:
        for word in set(re.findall(r"[a-z]{7,}", text.casefold())):
            held[word] = (held.get(word, (text, 0))[0], held.get(word, ("", 0))[1] + 1)
    for word, (text, count) in held.items():
        for other, (_, often) in held.items():
            if (count, other) < (often, word) and _one_letter(word, other):
                yield text, word, other
                break


def _one_letter(a: str, b: str) -> bool:
    """Whether two words differ by one letter missing, added or exchanged, at least three from either end."""
    if abs(len(a) - len(b)) > 1 or a[:3] != b[:3] or a[-3:] != b[-3:]:
        return False
    if sorted(a) == sorted(b):
        return a != b and sum(x != y for x, y in zip(a, b, strict=True)) == 2
    if len(a) == len(b):
        wrong = [{x, y} for x, y in zip(a, b, strict=True) if x != y]
        return len(wrong) == 1 and wrong[0] not in ({"s", "z"}, {"i", "y"}, {"c", "k"}, {"e", "o"}, {"i", "o"})
    short, long = sorted((a, b), key=len)
    return any(long[:i] + long[i + 1:] == short and long[i] not in "aoul" for i in range(len(long)))
