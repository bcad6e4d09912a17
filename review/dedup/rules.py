"""The verdict on a pair: rules in order, each with a name and a reason. The first that speaks decides."""

from __future__ import annotations

from typing import NamedTuple

from review.dedup.compare import Comparison, doi_family
from review.dedup.features import Features


class Ruling(NamedTuple):
    """A verdict without its record ids; `source` is 0 or 1: which of the two is the preprint, erratum, ..."""

    kind: str                       # same, related, possible, different
    rule: str
    score: float
    type: str = ""
    source: int = 0


DIFFERENT = Ruling("different", "", 0.0)


def decide(c: Comparison) -> Ruling:
    """The verdict on two compared records."""
    if c.a.native and c.a.native == c.b.native:
        return Ruling("same", "native-id", 1.0)
    special = _kinds(c)
    if special is not None:
        return special
    by_id = _identifiers(c)
    if by_id is not None:
        return by_id
    return _place(c) or _translation(c) or _title(c) or _doubt(c) or DIFFERENT


# What sort of documents they are

def _kinds(c: Comparison) -> Ruling | None:
    a, b = c.a, c.b
    alike = _alike(c)
    placed = c.journal != "differ" and c.volume == "same" and c.pages == "same"
    if a.title.notice != b.title.notice:
        if placed and c.authors != "differ" and not (a.title.notice and b.title.notice):
            return None                                 # no notice begins on the page of what it corrects
        if a.title.notice and b.title.notice:
            return DIFFERENT
        return Ruling("related", "erratum", 0.9, "erratum-of", int(bool(b.title.notice))) if (
            alike and c.authors != "differ") else DIFFERENT
    if a.title.notice and not (placed or c.doi == "same" or c.pmid == "same") and (_contradicted(c) or c.generic):
        return DIFFERENT
    if a.title.reply != b.title.reply and not placed and c.doi != "same" and c.pmid != "same":
        told = alike and not c.generic and not c.numbers_differ and c.journal != "differ" and (c.year_gap or 0) <= 2
        return Ruling("related", "reply", 0.8, "cites", int(b.title.reply)) if told else DIFFERENT
    if (a.kind == "preprint") != (b.kind == "preprint") and c.doi != "same":
        if alike and c.authors != "differ" and not c.generic:
            return Ruling("related", "preprint", 0.9, "preprint-of", int(b.kind == "preprint"))
        return DIFFERENT
    if a.kind == "registration" and b.kind == "registration" and a.trials and b.trials and not a.trials & b.trials:
        return DIFFERENT
    if (a.kind == "registration") != (b.kind == "registration"):
        if a.trials & b.trials or (alike and not c.generic):
            return Ruling("related", "registration", 0.8, "registration-of", int(b.kind == "registration"))
        return DIFFERENT
    part = _parts(c)
    if part is not None:
        return part
    return _versions(c, alike)


def _parts(c: Comparison) -> Ruling | None:
    """Parts of a series: "Part I", "Part II"; the first often bears no number."""
    x, y = c.a.title.part, c.b.title.part
    if x == y or c.title in ("different", "unknown") or (c.title_ratio < 0.85 and c.title != "contained"):
        return None
    if not (x and y) and (c.pages == "same" or c.doi == "same" or c.pmid == "same" or c.title == "equal"):
        return None                                     # one record of the part lost its number
    if c.authors == "differ" or c.swapped or (x and y and not c.numbers_differ):
        return None
    later = int((y or "1") > (x or "1")) if len(x) == len(y) else int(len(y) > len(x))
    return Ruling("related", "part", 0.8, "part-of", later)


def _alike(c: Comparison) -> bool:
    """Titles close enough for two documents that have to do with each other."""
    return c.title in ("equal", "near") or c.title_ratio >= (0.6 if c.title in ("contained", "truncated") else 0.8)


def _versions(c: Comparison, alike: bool) -> Ruling | None:
    """Versions of one document: Cochrane reviews, preprints, protocols, theses."""
    a, b = c.a, c.b
    (number, version), (other, other_version) = a.cochrane, b.cochrane
    later = int((b.year or 0) > (a.year or 0))
    if number and other and number != other:
        return DIFFERENT
    if version and other_version and version != other_version:
        return Ruling("related", "cochrane-version", 0.95, "version-of", int(int(other_version) > int(version)))
    if (number and other or "cochrane" in a.journal.name) and c.journal != "differ" and not (version and other_version):
        if alike and c.doi != "same" and c.pmid != "same" and (c.year_gap or c.issue == "differ"):
            return Ruling("related", "cochrane-version", 0.7, "version-of", later)
    if a.kind == b.kind == "preprint" and c.doi == "differ" and doi_family(a.doi, b.doi):
        return Ruling("related", "preprint-version", 0.95, "version-of", int(b.doi > a.doi))
    if a.title.protocol != b.title.protocol and c.doi != "same" and c.pmid != "same" and c.pages != "same":
        if alike and c.authors in ("agree", "partly"):
            return Ruling("related", "protocol", 0.7, "version-of", int(a.title.protocol))
    if a.kind == b.kind == "thesis" and c.title in ("equal", "near") and c.authors == "agree" and not c.numbers_differ:
        return Ruling("same", "thesis", 0.9)            # a thesis and its entry in an index of theses
    if (a.kind == "thesis") != (b.kind == "thesis") and alike and c.pages != "same" and a.journal.words and b.journal.words:
        return Ruling("related", "thesis", 0.7, "version-of", int(a.kind == "thesis")) if c.authors != "differ" else DIFFERENT
    return None


# Identifiers

def _identifiers(c: Comparison) -> Ruling | None:
    for name, agreement in (("pmid", c.pmid), ("pmcid", c.pmcid), ("doi", c.doi)):
        if agreement == "same":
            return _shared(c, name)
    return None


def _shared(c: Comparison, name: str) -> Ruling:
    """Both bear one identifier. It is believed where something else agrees: databases copy ids wrongly,
    and all abstracts of a supplement may bear the supplement's DOI."""
    rule, doubt = f"same-{name}", Ruling("possible", f"same-{name}", 0.6)
    if c.generic and c.title == "equal" and (c.authors == "differ" or c.pages == "differ"):
        return doubt
    elsewhere = c.journal != "same" and c.volume == "differ" and c.pages == "differ"
    if elsewhere or (c.journal == "differ" and (c.volume == "differ" or c.pages == "differ" or c.abstract == "differ")):
        return (_elsewhere(c) or doubt) if c.title_ratio >= 0.6 and c.authors != "differ" else DIFFERENT
    if c.title in ("different", "similar") and c.abstract == "differ":
        return DIFFERENT
    if c.pages == "differ" and c.last_page != "same" and 0 < c.abstract_ratio < 0.75:
        return doubt if c.title_ratio >= 0.7 and c.authors != "differ" else DIFFERENT
    if c.title in ("equal", "near"):
        return Ruling("same", rule, 1.0 if c.title == "equal" else 0.99)
    if c.title in ("contained", "truncated") and (not c.numbers_differ or c.pages == "same"):
        return Ruling("same", rule, 0.98)
    if c.title == "similar" and c.title_ratio >= 0.7 and c.authors != "differ" and not (c.numbers_differ and c.swapped):
        return Ruling("same", rule, 0.95)
    if c.abstract == "same" or (c.authors == "agree" and c.pages != "differ" and c.abstract != "differ" and _translated(c)):
        return Ruling("same", rule, 0.94)
    if c.title == "unknown" and c.authors != "differ":
        return Ruling("same", rule, 0.9)
    return doubt if c.authors == "agree" or (c.title == "similar" and c.authors != "differ") else DIFFERENT


# The same place in print

def _place(c: Comparison) -> Ruling | None:
    """Journal, volume and first page agree: the same place in print."""
    if c.pages != "same" or c.volume == "differ" or c.journal == "differ" or (c.year_gap or 0) > 2:
        return None
    if c.volume == "unknown" and not (c.year_gap in (0, 1) and c.journal == "same"):
        return None
    if c.pmid == "differ" and c.title not in ("equal", "near"):
        return None
    # Two articles may begin on one page; none share all of three pages, whatever a slip made of a number.
    sure = c.journal == "same" and c.volume == "same"
    whole = c.span > 2 or (c.title == "contained" and sure and c.last_page == "same")
    if c.numbers_differ and c.abstract != "same" and not (
            whole and (c.title_ratio >= 0.9 or c.title == "contained")):
        return None
    common = c.generic or _short(c)
    if c.title == "equal" and c.authors != "differ" and not (common and c.authors == "unknown"):
        return Ruling("same", "place-title", 0.98)
    if c.title in ("near", "contained", "truncated") and c.authors != "differ":
        return Ruling("same", "place-title", 0.96)
    if c.title in ("equal", "near") and sure and not common and c.last_page != "differ":
        return Ruling("same", "place-title", 0.9)
    if not sure or c.doi == "differ":
        return None
    if c.title == "similar" and c.title_ratio >= 0.7 and c.authors == "agree" and c.last_page != "differ" and (
            not c.swapped or c.span > 1 or c.abstract == "same"):
        return Ruling("same", "place-authors", 0.93)
    if c.title == "unknown" and c.authors == "agree" and c.year_gap in (0, 1, None):
        return Ruling("same", "place-authors", 0.9)
    if c.abstract == "same" and c.authors == "agree":
        return Ruling("same", "place-abstract", 0.93)
    return None


def _short(c: Comparison) -> bool:
    return any(f.title.forms and f.title.forms[0].short for f in (c.a, c.b))


def _translation(c: Comparison) -> Ruling | None:
    """One article under its own and its translated title: the same pages, all of them, by the same people."""
    if c.span > 1 and c.volume == "same" and c.journal != "differ" and c.issue != "differ" and c.authors == "agree" and (
            c.year_gap == 0 and c.doi != "differ" and c.pmid != "differ" and c.abstract != "differ" and _translated(c)):
        return Ruling("same", "place-translated", 0.88)
    return None


def _translated(c: Comparison) -> bool:
    """Whether one title may be the other's translation: brackets, another script, another language."""
    forms = (*c.a.title.forms, *c.b.title.forms)
    if any(f.bracketed for f in forms) or len({f.han for f in forms}) == 2:
        return True
    return bool(c.a.language and c.b.language and c.a.language != c.b.language)


# The same title

def _title(c: Comparison) -> Ruling | None:
    """The same words in the title, and the rest speaks for it or says nothing."""
    if c.generic:
        return _issue_of_abstracts(c)
    if c.title in ("different", "unknown") or c.numbers_differ:
        return None
    if c.title == "similar" and not (c.abstract == "same" and c.title_ratio >= 0.75):
        return None
    if _contradicted(c) or c.authors == "differ":
        return _slip(c)
    if c.year_gap and not (c.journal == "same" and c.year_gap <= 2) and not (c.abstract == "same" and c.year_gap == 1):
        return None
    if c.a.url and c.a.url == c.b.url:
        return Ruling("same", "address", 0.96)
    if _short(c) and not (c.title == "equal" and c.authors == "agree" and c.journal == "same" and c.year_gap == 0):
        return None
    if c.authors == "agree":
        if c.title == "equal":
            return Ruling("same", "title-authors", 0.95)
        if c.title == "similar":
            return Ruling("same", "abstract-authors", 0.85)
        if c.journal == "same" or c.abstract == "same" or (c.year_gap == 0 and c.title != "contained"):
            return Ruling("same", "title-authors", 0.9)
        return None
    if c.title == "equal" and c.journal == "same" and (c.year_gap is not None or c.abstract == "same"):
        return Ruling("same", "title-journal", 0.88)
    if c.title == "equal" and c.abstract == "same":
        return Ruling("same", "title-abstract", 0.88)
    if c.authors == "unknown" and _telling(c) and (c.title == "equal" or (c.title == "truncated" and c.title_ratio > 0.3)):
        return Ruling("same", "title", 0.8)
    return None


def _issue_of_abstracts(c: Comparison) -> Ruling | None:
    """A whole issue under a common title ("Abstracts"), described twice."""
    if c.title == "equal" and c.abstract == "same" and "differ" not in (c.pages, c.doi, c.pmid, c.authors):
        if c.journal == c.volume == c.issue == "same" and c.year_gap == 0:
            return Ruling("same", "issue-abstract", 0.85)
    return None


def _telling(c: Comparison) -> bool:
    """Whether a title is long enough to be one document's alone."""
    form = min((f.title.forms[0] for f in (c.a, c.b)), key=lambda t: len(t.key))
    return len(form.words) >= (10 if form.han else 6) and len(form.key) >= (10 if form.han else 40)


def _contradicted(c: Comparison) -> bool:
    if "differ" in (c.pages, c.volume, c.journal, c.doi, c.pmid, c.pmcid, c.abstract):
        return True
    return c.issue == "differ" and c.pages != "same" and not c.locator_kind and c.doi != "same"


def _slip(c: Comparison) -> Ruling | None:
    """The same title and authors, but one field differs: a slip of a database, where the rest is firm."""
    if c.title not in ("equal", "near", "contained", "truncated") or c.pmid == "differ" or c.abstract == "differ":
        return None
    by_them = c.authors == "agree" or (c.abstract == "same" and c.title == "equal")
    if not by_them or _short(c):
        return None
    same_pages = c.pages == "same" and c.last_page != "differ"
    if same_pages and c.volume == "same" and c.year_gap in (0, 1, None) and (c.authors == "agree" or c.span > 2):
        return Ruling("same", "slip-journal" if c.journal == "differ" else "slip-field", 0.9)
    if c.span > 2 and c.volume != "differ" and c.year_gap == 0:
        return Ruling("same", "slip-journal", 0.85)
    if c.journal != "same" or c.year_gap not in (0, 1) or c.doi == "differ" or c.authors == "differ":
        return None
    if c.pages == "same" and c.year_gap == 0 and (c.last_page == "same" or c.abstract == "same"):
        return Ruling("same", "slip-volume", 0.85)
    if c.pages != "same" and c.volume == "same" and c.last_page == "same":
        return Ruling("same", "slip-pages", 0.85)
    return None


def _elsewhere(c: Comparison) -> Ruling | None:
    """The same words in another place: a meeting's abstract and the article, two meetings, a second publication."""
    if not _alike(c) or c.title == "similar" or c.authors != "agree":
        return None
    a, b = _is_meeting(c.a), _is_meeting(c.b)
    if a != b:
        return Ruling("related", "abstract", 0.8, "abstract-of", int(b))
    if c.journal == "differ" and c.pages == "differ" and c.last_page != "same" and c.abstract != "differ":
        return Ruling("related", "other-place", 0.6, "version-of", int((c.b.year or 0) > (c.a.year or 0)))
    return None


def _is_meeting(f: Features) -> bool:
    return f.kind == "abstract" or f.supplement or f.pages.prefix == "s"


def _doubt(c: Comparison) -> Ruling | None:
    """Pairs that a person should look at."""
    if c.generic or c.numbers_differ or c.authors == "differ":
        return None
    if c.year_gap and c.a.title.recurring and (c.journal == "unknown" or c.volume == "differ"):
        return None                                     # another year's edition
    if c.journal == "differ" or c.pages == "differ":
        elsewhere = _elsewhere(c)
        if elsewhere is not None:
            return elsewhere
    if c.title in ("equal", "near") and c.authors == "agree":
        return Ruling("possible", "title-authors", 0.6 if c.year_gap in (0, 1, None) else 0.5)
    if c.title == "equal" and c.authors in ("partly", "unknown") and _telling(c) and (c.year_gap or 0) <= 2:
        return Ruling("possible", "title", 0.5)
    return None
