"""What may be wrong with single terms and headings (PRESS 2015, text words, subject headings, spelling, syntax)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from review.query.definition import HeadingSpec, TermSpec
from review.query.readers.pubmed_tags import is_tag
from review.query.tree import ALL, NAMED_FIELDS
from review.query.variants import singular
from review.query.words import covers, patterns

_TAG = re.compile(r"\[([A-Za-z/ :~\d-]+)\]|\.(?:ti|ab|tw|mp|kf|kw|hw)(?:,[a-z]{2})*\.?$")
_OPERATOR = re.compile(r"(?:^|\s)(AND|OR|NOT|ADJ|(?i:NEAR/?\d+|ADJ\d+|W/\d+|PRE/\d+|NEXT/\d+))(?:\s|$)")
_HEADING = re.compile(r"^exp\s+\S|\w/$")
_CURLY = "“”„‟＂"
# Words that no phrase of PubMed's index begins or ends with.
_SMALL = {"a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"}
_PLURAL = re.compile(r"(?:ies|ings|ers|ors|ments|tions|ents|ists|ants|ices|grams|ages|children|women)$", re.IGNORECASE)
_LONG = 5                       # words of a phrase
Found = tuple[str, str, str, str]       # code, severity, message, cure


def of_term(text: str, *, pubmed: bool) -> Iterator[Found]:
    """What is wrong with a term by itself."""
    yield from _syntax(text)
    if re.search(r"[\u3400-\u9fff]", text):
        yield ("chinese-in-terms", "warning", "a Chinese term stands among the English ones",
               "move it to zh = [...], so that only Chinese databases get it")
    yield from _truncation(text, pubmed)
    each = text.casefold().split()
    if pubmed and len(each) >= _LONG:
        yield ("phrase-index", "info", "a phrase this long is rarely in PubMed's phrase index; then PubMed looks for its "
               "words one by one", "look for its main words near each other (near = [...])")
    elif pubmed and len(each) > 1 and (each[0] in _SMALL or each[-1] in _SMALL):
        small = each[0] if each[0] in _SMALL else each[-1]
        yield ("phrase-index", "info", f"PubMed's phrase index holds no phrase that begins or ends with {small!r}",
               "leave the small word out")


def _syntax(text: str) -> Iterator[Found]:
    """Signs of a database's own language, which a definition's terms don't have."""
    if any(c in _CURLY for c in text):
        yield ("curly-quotes", "warning", "curly quotes stand in it", "write the term without quotation marks")
    for opening, closing in ("()", "[]"):
        if text.count(opening) != text.count(closing):
            yield ("unbalanced", "warning", f"a {opening if text.count(opening) > text.count(closing) else closing} has no "
                   "partner", "write one term without parentheses; the definition sets those of the string")
    if text.count('"') % 2:
        yield ("unbalanced", "warning", "a quotation mark has no partner", "write the term without quotation marks")
    if match := _OPERATOR.search(text):
        yield ("operator-in-term", "error", f"{match.group(1)} is searched as a word, not as an operator",
               "write each alternative as a term of its own; use near = [...] for proximity")
    elif re.search(r"\w or \w", text):
        yield ("operator-in-term", "info", "“or” is searched as a word of the phrase",
               "write each alternative as a term of its own")
    if (match := _TAG.search(text)) and (match.group(1) is None or is_tag(match.group(1))):
        yield ("tag-in-term", "error", f"{match.group()} is searched as text, not as a field",
               'write { text = "...", field = "title" }, or set [fields]')
    if _HEADING.search(text):
        yield ("heading-in-term", "error", "it is searched as words, not as a subject heading",
               'write the heading\'s name under mesh = ["..."]')


def _truncation(text: str, pubmed: bool) -> Iterator[Found]:
    for word in (w for w in text.split() if any(c in w for c in "*?#")):
        stem = re.split(r"[*?#]", word)[0]
        if not stem:
            yield ("truncation-in-front", "warning", "few databases take a wildcard at the beginning of a word",
                   "write the words out")
        elif len(stem) < 4 and stem.isascii() and "*" in word:
            what = f"PubMed needs four characters before the *, {stem!r} has {len(stem)}"
            yield ("truncation-too-short", "warning", what if pubmed else f"{stem!r} begins many words that have nothing "
                   "to do with it", "write the forms out as terms of their own")
        elif word == f"{stem}*" and _PLURAL.search(stem) and (single := singular(stem.casefold())):
            shared = single[:-1] if single.endswith("y") else single
            yield ("truncation-after-plural", "info", f"the star stands behind a plural, so {single!r} is not found",
                   f"cut it shorter: {shared}*, if that finds nothing else" if len(shared) >= 4 else "add the singular")


def of_heading(heading: HeadingSpec) -> Iterator[Found]:
    """What is wrong with a heading by itself."""
    if any(c in '*?#"' or c in _CURLY for c in heading.text):
        yield ("sign-in-heading", "error", "a heading is looked up by its exact name; *, ?, # and quotation marks are not "
               "part of it", "write the name as the thesaurus has it")
    if heading.vocabulary in ("mesh", "emtree") and ("/" in heading.text or heading.text.casefold().startswith("exp ")):
        yield ("sign-in-heading", "error", "“exp” and “/” are a database's language, not part of the name",
               'write { term = "...", explode = true, subheadings = ["..."] }')
    if heading.major:
        yield ("major-only", "info", "papers that treat it beside their main point are lost",
               "leave major = true out, unless there are too many")


def abbreviations(texts: Sequence[str]) -> Iterator[str]:
    """Capitals that stand for too much: two or three letters, or four that no other term explains by its initials."""
    for text in texts:
        if re.fullmatch(r"[A-Z]{2,4}", text) and (len(text) < 4 or not any(_explains(t, text) for t in texts)):
            yield text


def _explains(text: str, short: str) -> bool:
    return text != short and "".join(w[0] for w in patterns(text)).startswith(short.casefold())


def redundant(specs: Sequence[TermSpec]) -> Iterator[tuple[str, str]]:
    """Pairs (term, the other term that finds all it finds): no harm, but nothing gained."""
    cut = [patterns(s.text) for s in specs]
    for i, narrow in enumerate(specs):
        for j, wide in enumerate(specs):
            same = cut[i] == cut[j] and wide.field == narrow.field
            if i != j and covers(cut[j], cut[i]) and _as_wide(wide, narrow) and not (same and j > i):
                yield narrow.text, wide.text
                break


def _as_wide(wide: TermSpec, narrow: TermSpec) -> bool:
    """Whether one term looks wherever the other does; what PubMed maps is never known to be covered."""
    if narrow.mapped and not wide.mapped:
        return False
    if wide.field == narrow.field:
        return True
    if not wide.field or not narrow.field:              # one follows [fields]: not compared
        return False
    a, b = (NAMED_FIELDS.get(f.field, frozenset(f.field.split("+"))) for f in (wide, narrow))
    return a == ALL or b <= a
