"""What may be wrong with single terms: spelling, truncation, doubles, variants (PRESS 2015, text words)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from review.query.words import matcher, patterns

# British -> American, inside words; each is tried in both directions. (Merriam-Webster; Oxford.)
_SPELLINGS: tuple[tuple[str, str], ...] = (
    ("behaviour", "behavior"), ("labour", "labor"), ("neighbour", "neighbor"), ("colour", "color"),
    ("tumour", "tumor"), ("counsell", "counsel"), ("programme", "program"), ("centre", "center"),
    ("fibre", "fiber"), ("paediatr", "pediatr"), ("anaem", "anem"), ("haem", "hem"), ("oedema", "edema"),
    ("foet", "fet"), ("oesoph", "esoph"), ("gynaec", "gynec"), ("orthopaed", "orthoped"), ("diarrhoea", "diarrhea"),
    ("leukaem", "leukem"), ("ageing", "aging"), ("organis", "organiz"), ("hospitalis", "hospitaliz"),
    ("randomis", "randomiz"), ("socialis", "socializ"), ("urbanis", "urbaniz"), ("immunis", "immuniz"),
    ("utilis", "utiliz"), ("marginalis", "marginaliz"), ("stigmatis", "stigmatiz"), ("enrolment", "enrollment"),
    ("skilful", "skillful"), ("licence", "license"), ("defence", "defense"), ("judgement", "judgment"),
)
# First parts whose compounds are written with and without a hyphen.
_LOOSE = {"well", "policy", "psycho", "non", "post", "pre", "anti", "co", "multi", "re", "inter", "intra", "socio",
          "under", "over", "child", "care", "self", "bio", "neuro"}
_CLOSED = {"well-being": "wellbeing", "policy-making": "policymaking", "child-care": "childcare",
           "care-giver": "caregiver"}
_SAME_IN_BOTH = ("series", "species", "news", "diabetes", "rabies", "aids", "ethics", "economics", "politics",
                 "statistics", "measles", "means", "sars", "headquarters", "physics", "genetics", "rights")
_IRREGULAR = {"children": "child", "women": "woman", "men": "man", "people": "person", "feet": "foot",
              "teeth": "tooth", "mice": "mouse", "analyses": "analysis", "crises": "crisis", "midwives": "midwife",
              "wives": "wife", "lives": "life", "housewives": "housewife"}
_TAG = re.compile(r"\[[A-Za-z/ :~\d-]+\]|\.(?:ti|ab|tw|mp|kf|kw|hw)(?:,[a-z]{2})*\.?$")
_OPERATOR = re.compile(r"(?:^|\s)(AND|OR|NOT|NEAR/\d+|ADJ\d*)(?:\s|$)")
_CURLY = "“”„‟＂"
Found = tuple[str, str, str, str]       # code, severity, message, cure


def of_term(text: str, *, pubmed: bool) -> Iterator[Found]:
    """What is wrong with a term by itself."""
    if any(c in _CURLY for c in text):
        yield ("curly-quotes", "warning", "curly quotes stand in it", "write the term without quotation marks")
    if match := _OPERATOR.search(text):
        yield ("operator-in-term", "error", f"{match.group(1)} is searched as a word, not as an operator",
               "write each alternative as a term of its own; use near = [...] for proximity")
    if match := _TAG.search(text):
        yield ("tag-in-term", "error", f"{match.group()} is searched as text, not as a field",
               'write { text = "...", field = "title" }, or set [fields]')
    if re.search(r"[\u3400-\u9fff]", text):
        yield ("chinese-in-terms", "warning", "a Chinese term stands among the English ones",
               "move it to zh = [...], so that only Chinese databases get it")
    stems = [re.split(r"[*?#]", w)[0] for w in text.split() if any(c in w for c in "*?#")]
    for stem in stems:
        if not stem:
            yield ("truncation-in-front", "warning", "few databases take a wildcard at the beginning of a word",
                   "write the words out")
        elif len(stem) < 4 and pubmed:
            yield ("truncation-too-short", "warning", f"PubMed needs four characters before the *, {stem!r} has "
                   f"{len(stem)}", "write the forms out as terms of their own")
    if re.fullmatch(r"[A-Z]{2,4}", text):
        yield ("abbreviation", "warning", "an abbreviation this short has other meanings",
               "check what it adds; keep it only with the term that explains it")
    if len(text.split()) >= 5:
        yield ("long-phrase", "info", "a phrase this long is rarely in PubMed's phrase index, and rarely matches",
               "look for its parts near each other (near = [...])")


def covers(wide: tuple[str, ...], narrow: tuple[str, ...]) -> bool:
    """Whether every text with the words `narrow` holds the words `wide` too ("child*" covers "left child")."""
    if len(wide) > len(narrow) or not wide:
        return False
    return any(all(_word_covers(w, n) for w, n in zip(wide, narrow[at:], strict=False))
               for at in range(len(narrow) - len(wide) + 1))


def _word_covers(wide: str, narrow: str) -> bool:
    if wide == narrow:
        return True
    test = matcher(wide)
    if test is None:
        return False
    if wide.rstrip("*").isalnum() and wide.endswith("*"):
        return narrow.rstrip("*?#").startswith(wide[:-1])
    return matcher(narrow) is None and test.fullmatch(narrow) is not None


def redundant(texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Pairs (term, the other term that finds all it finds): no harm, but nothing gained."""
    cut = [patterns(t) for t in texts]
    for i, narrow in enumerate(cut):
        for j, wide in enumerate(cut):
            if i != j and covers(wide, narrow) and not (wide == narrow and j > i):
                yield texts[i], texts[j]
                break


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
    for british, american in _SPELLINGS:
        if british in text:
            yield "spelling-variant", text.replace(british, american)
        elif re.search(rf"\b{american}", text) and british[:len(american) + 1] != american[:len(american) + 1]:
            yield "spelling-variant", text.replace(american, british)
    for word in re.findall(r"\w+-\w+", text):
        closed = _CLOSED.get(word) or (word.replace("-", "") if word.split("-")[0] in _LOOSE else "")
        if closed:
            yield "hyphen-variant", text.replace(word, closed)
    *first, last = text.split() or [""]
    if last.isascii() and last.isalpha():
        single = _singular(last)
        if single:
            yield "missing-singular", " ".join([*first, single])


def _singular(word: str) -> str:
    """The singular of an English plural, "" if it isn't one (as far as endings tell)."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < 5 or not word.endswith("s") or word.endswith(("ss", "us", "is")) or word in _SAME_IN_BOTH:
        return ""
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("sses", "ches", "shes", "xes")) else word[:-1]
