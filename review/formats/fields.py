"""Single values as sources write them, brought into the one form that `model.Record` holds."""

from __future__ import annotations

import csv
import re
from functools import cache, lru_cache
from importlib.resources import files
from urllib.parse import unquote

csv.field_size_limit(1 << 24)       # characters in a cell: abstracts are longer than the standard library's 131,072
_SPACE = re.compile(r"[\s\x00-\x1f\x7f\x85\u200b\ufeff]+")
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/[^\s\"<>]*[^\s\"<>.,;:]", re.I)
_DOI_FIELD = re.compile(r"10\.\d{4,9}(?:\.\d+)*/\S+", re.I)
_DOI_MARK = re.compile(r"\[doi\]|\(doi\)", re.I)
_BLANKS = ("\n", "\xa0", "\u2009")      # by far the most of those that are not a plain blank
_PRINTABLE = bytes(range(32, 127))
# A year by itself, or at the front of a date without separators (EBSCO: 20150301).
_YEAR = re.compile(r"(?<!\d)(1[4-9]\d\d|20\d\d|21\d\d)(?=(?:(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))?(?!\d))")
_NOT_WORD = re.compile(r"[^a-z0-9\u4e00-\u9fff]+")
_UNSAID = re.compile(r"\[?No (?:author name|abstract)s? (?:is )?available\.?\]?$", re.I)
_COMMA = re.compile(r"\s*,\s*")
_PLAIN_NAME = re.compile(r"[\w'’][\w'’ -]*(?<! ), [\w'’][\w'’. -]*(?<! )\Z")
_TIDY = re.compile(r"[^,]*[^\s,](?:, [^\s,][^,]*)*$")
_MONTHS = {m: i for i, m in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1)}
KINDS = frozenset({
    "journal-article", "review", "preprint", "thesis", "report", "book", "book-chapter", "conference-abstract", "news",
    "dataset", "protocol", "erratum", "retraction", "editorial", "letter", "comment", "trial-registration",
    "policy-document", "other",
})


def table(name: str) -> list[dict[str, str]]:
    """The rows of one of this package's tables (`tables/<name>.csv`)."""
    text = files("review.formats").joinpath("tables", f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


def clean(text: str) -> str:
    """One line: runs of blanks, line ends and control characters become one space."""
    if "  " not in text and (text.isprintable() if len(text) < 80 else _printable(text)):
        return text.strip(" ")
    for blank in _BLANKS:
        if blank in text:
            text = text.replace(blank, " ")
    if "  " in text or not text.isprintable():
        text = " ".join(text.split())
        return text if text.isprintable() else _SPACE.sub(" ", text).strip()
    return text.strip(" ")


def _printable(text: str) -> bool:
    """`str.isprintable`, quicker for long plain texts."""
    return not text.encode().translate(None, _PRINTABLE) if text.isascii() else text.isprintable()


def doi(value: str) -> str:
    """The DOI in a field of that name: lower case, no prefix, no trailing dot; "" where there is none."""
    if "10." not in value and "10%2" not in value:
        return ""
    if "%2" in value:
        value = unquote(value)
    if "[" in value or "(" in value:
        value = _DOI_MARK.sub(" ", value)
    found = _DOI_FIELD.search(value)
    return _trimmed(found.group()) if found else ""


def doi_in_text(value: str) -> str:
    """The first DOI in a note or an address; "" where there is none."""
    if "10." not in value:
        return ""
    value = unquote(value) if "%2" in value else value
    if "?" in value or "&" in value:
        value = re.sub(r"[?&]\w+=", " ", value)
    found = _DOI.search(value)
    return _trimmed(found.group()) if found else ""


def _trimmed(text: str) -> str:
    text = text.lower().rstrip(".,;:")
    while text and text[-1] in ")]}" and text.count(text[-1]) > text.count("([{"[")]}".index(text[-1])]):
        text = text[:-1].rstrip(".,;:")
    return text


def digits(value: str) -> str:
    """The first run of digits without leading zeros (a PMID); "" where there is none or it is 0."""
    found = re.search(r"\d+", value)
    return found.group().lstrip("0") if found else ""


def pmcid(value: str) -> str:
    """`PMC` and digits, as PMC writes it; "" where there is none."""
    found = re.search(r"PMC\s?(\d+)", value, re.I)
    return f"PMC{found.group(1)}" if found else ""


def year(value: str) -> int | None:
    """The first year from 1400 to 2199 in a date."""
    found = _YEAR.search(value)
    return int(found.group()) if found else None


@lru_cache(maxsize=1 << 14)
def iso_date(value: str) -> str:
    """`2019/03/30 06:00`, `20190330`, `2019 Mar 30`, `2019-3` as 2019-03-30, as far as given."""
    value = value.strip()
    if found := re.match(r"(\d{4})(\d\d)(\d\d)$", value):
        return "-".join(found.groups())
    found = re.match(r"(\d{4})(?:[\s/.-]+([A-Za-z]{3,9}|\d{1,2})(?:[\s/.-]+(\d{1,2})(?!\d))?)?", value)
    if not found:
        found = re.match(r"(?:(\d{1,2})\s+)?([A-Za-z]{3,9})\.?\s+(?:(\d{1,2}),?\s+)?(\d{4})(?!\d)", value)
        if not found or not _month(found.group(2)):
            return ""
        return iso_date(" ".join(x for x in (found.group(4), found.group(2), found.group(1) or found.group(3)) if x))
    y, m, d = found.groups()
    month = _month(m) if m else 0
    if not month:
        return y
    return f"{y}-{month:02d}-{int(d):02d}" if d and 1 <= int(d) <= 31 else f"{y}-{month:02d}"


def _month(text: str) -> int:
    n = int(text) if text.isdigit() else _MONTHS.get(text[:3].lower(), 0)
    return n if 1 <= n <= 12 else 0


def unsaid(text: str) -> bool:
    """Whether a source only says that it has none (Scopus: `[No author name available]`)."""
    return len(text) < 40 and bool(_UNSAID.match(text))


def author(name: str) -> str:
    """`Family,Given` as `Family, Given`; a trailing comma and doubled blanks go; "" where the source says that it
    has none; else as it stands."""
    if _PLAIN_NAME.match(name) and "  " not in name and name[-4:] != "null":
        return name                             # by far the most
    name = clean(name).strip(",; ")
    if name[:1] == "[" and unsaid(name):
        return ""
    if "," not in name:
        return name
    if name.endswith(",null") or name.endswith(", null"):       # RefWorks, for a missing given name
        name = name.rpartition(",")[0].rstrip()
    return name if _TIDY.match(name) else _COMMA.sub(", ", name)


_INITIALS = re.compile(r"(?:[^\W\d_]\.?[- ]?){1,5}(?:(?:,| )\s*(?:Jr|Sr|II|III|IV)\.?)?$")


def _are_initials(text: str) -> bool:
    return text == text.upper() and bool(_INITIALS.match(text))


def family_initials(name: str) -> str:
    """`Wilson L.N.`, where a source writes the family name before the initials, as `Wilson, L.N.`"""
    name = clean(name).strip(",; ")
    family, _, given = name.rpartition(" ")
    if "," in name or not family or not _are_initials(given):
        return author(name)
    if family[-1:] == "." or (len(family.split()[-1]) == 1 and family.split()[-1].isupper()):
        return name                             # several initials apart: which part is the family name is not said
    return f"{family}, {given}"


def author_list(value: str, *, initials: bool = False) -> list[str]:
    """The names in one field. Between them stand semicolons, bars, `and` or line ends; else commas, where
    the parts between them are whole names."""
    one = family_initials if initials else author
    lines = [clean(line).removeprefix("and ") for line in value.split("\n")]
    value = "; ".join(line for line in lines if line)
    for separator in (r"[;；|]", r" (?:and|&) ", r"[、，]"):
        if re.search(separator, value):
            parts = re.split(separator, value.removesuffix(".") if initials and "." not in value[:-1] else value)
            if initials:                        # `Doe A, Roe BC; Pots Study Group.` (PubMed)
                parts = [p for part in parts for p in (part.split(",") if separator != r"[;；|]" or _listed(part)
                                                       else [part])]
            return [n for p in parts if (n := one(p))]
    value = value.strip()
    listed = "," in value and "." not in value[:-1]
    if initials and value.endswith(".") and (listed or re.search(r"[A-Z]{2,}\.$", value)):
        value = value[:-1]                      # PubMed ends its list with one
    parts = [p.strip() for p in value.split(",") if p.strip()]
    if len(parts) < 2:
        return [n] if (n := one(value)) else []
    if initials or _chinese(parts):
        return [n for p in parts if (n := one(p))]
    if len(parts) > 2 and len(parts) % 2 == 0 and all(map(_are_initials, parts[1::2])):
        return [f"{a}, {b}" for a, b in zip(parts[::2], parts[1::2], strict=True)]
    if all(" " in p and not _are_initials(p) for p in parts):
        return [n for p in parts if (n := one(p))]
    return [n] if (n := author(value)) else []


def _listed(text: str) -> bool:
    """Whether all that stands between commas are family names with initials."""
    names = [p.strip() for p in text.split(",")]
    return len(names) > 1 and all(" " in name and _are_initials(name.rpartition(" ")[2]) for name in names)


def _chinese(parts: list[str]) -> bool:
    return all(2 <= len(p) <= 5 and all("\u4e00" <= c <= "\u9fff" for c in p) for p in parts)


def pages(start: str, end: str) -> str:
    """First and last page as one range; a range that stands in the first field already is kept."""
    start, end = start.strip(), end.strip()
    if (start, end) == ("No", "Pagination Specified"):          # Ovid, where a record has none
        return ""
    if not end or end == start or "-" in start:
        return start or end
    return f"{start}-{end}" if start else end


@lru_cache(maxsize=1 << 14)
def key(text: str) -> str:
    """Lower-case letters, digits and Chinese characters: how names of types and columns are compared."""
    return _NOT_WORD.sub("", text.lower())


@cache
def _languages() -> dict[str, str]:
    return {key(name): row["iso639_1"] for row in table("languages") for name in row["names"].split("|")}


@lru_cache(maxsize=1 << 12)
def language(value: str) -> str:
    """ISO 639-1 of a code or an English or Chinese name; the first of several; else as given."""
    first = re.split(r"[;,|/]|\band\b", clean(value).rstrip("."))[0].strip()
    return _languages().get(key(re.split(r"[-_](?=[A-Z]{2}$)", first)[0]), first)


@cache
def _kinds() -> dict[str, tuple[int, str, str]]:
    return {key(name): (int(row["rank"]), row["kind"], row["notice"])
            for row in table("kinds") for name in row["names"].split("|")}


def kind_and_notices(types: list[str] | tuple[str, ...]) -> tuple[str, list[str]]:
    """What a record is and what notices its types carry, from the names of types a source gives.

    Of several types the one with the lowest rank in `tables/kinds.csv` names the kind
    ("Journal Article" and "Review" make a review).
    """
    if not types:
        return "", []
    known = [found for t in types if (found := _kinds().get(key(t)))]
    notices = list(dict.fromkeys(n for _, _, n in known if n))
    named = [(rank, kind) for rank, kind, _ in known if kind]
    return (min(named)[1] if named else ""), notices
