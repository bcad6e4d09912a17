"""The verdict on a pair: rules in order, each with a name and a reason. The first that speaks decides."""

from __future__ import annotations

from review.dedup.compare import Comparison
from review.dedup.features import Features
from review.dedup.kinds import by_kind
from review.dedup.ruling import DIFFERENT, Ruling, alike, begins_alike, contradicted, short, telling


def decide(c: Comparison) -> Ruling:
    """The verdict on two compared records."""
    if c.a.native and c.a.native == c.b.native:
        return Ruling("same", "native-id", 1.0)
    special = by_kind(c)
    if special is not None:
        return special
    by_id = _identifiers(c)
    if by_id is not None:
        return by_id
    return _place(c) or _translation(c) or _title(c) or _doubt(c) or DIFFERENT


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
    numbered = c.numbers_differ and "same" not in (c.pages, c.abstract)
    if c.title == "similar" and c.title_ratio >= 0.7 and c.authors != "differ" and not numbered and _reworded(c, name):
        return Ruling("same", rule, 0.95)
    if c.abstract == "same" or (c.authors == "agree" and c.pages != "differ" and c.abstract != "differ" and _translated(c)):
        return Ruling("same", rule, 0.94)
    if c.authors == "agree" and c.span > 1 and c.volume == "same" and c.journal != "differ" and c.year_gap == 0 and (
            not c.numbers_differ and c.abstract != "differ"):
        return Ruling("same", rule, 0.92)               # the same pages by the same people: a title in two languages
    if (c.title == "unknown" or begins_alike(c)) and c.authors != "differ":
        return Ruling("same", rule, 0.9)
    if c.authors == "differ" or (c.authors != "agree" and "differ" in (c.pages, c.journal, c.volume)):
        return DIFFERENT
    return doubt


def _reworded(c: Comparison, name: str) -> bool:
    """Whether two like titles under one identifier are one in other words, not two abstracts under a supplement's DOI."""
    if not c.swapped or c.span > 1 or c.abstract == "same":
        return True
    if name != "doi":
        return not c.numbers_differ
    meeting = _is_meeting(c.a) or _is_meeting(c.b)
    return not meeting and not c.numbers_differ and c.pages != "differ" and c.abstract_ratio in (0.0, 1.0)


def _place(c: Comparison) -> Ruling | None:
    """Journal, volume and first page agree: the same place in print."""
    if c.pages != "same" or c.volume == "differ" or c.journal == "differ" or (c.year_gap or 0) > 2:
        return None
    if c.title == "unknown" and c.journal == "same" and c.authors == "agree" and c.year_gap == 0 and (
            c.span > 1 or len(c.a.pages.first) > 3):
        return Ruling("same", "place-authors", 0.88)
    if c.volume == "unknown" and not (c.year_gap in (0, 1) and c.journal == "same"):
        return None
    if c.pmid == "differ" and c.title not in ("equal", "near"):
        return None
    # Two articles may begin on one page; none share all of three pages, whatever a slip made of a number.
    sure = c.journal == "same" and c.volume == "same"
    lone = c.last_page != "differ" and not c.swapped and not _is_meeting(c.a) and not _is_meeting(c.b)
    whole = c.span > 2 or (c.title == "contained" and sure and (c.last_page == "same" or (lone and c.authors == "agree")))
    if c.numbers_differ and c.abstract != "same" and not (
            whole and _number_lost(c) and (c.title_ratio >= 0.9 or c.title == "contained")):
        return None
    common = c.generic or short(c)
    if c.title == "equal" and c.authors != "differ" and not (common and c.authors == "unknown"):
        return Ruling("same", "place-title", 0.98)
    if c.title in ("near", "contained", "truncated") and c.authors != "differ":
        return Ruling("same", "place-title", 0.96)
    firm = c.authors != "differ" or c.span > 2          # letters under one title share a page, articles don't
    if c.title in ("equal", "near") and sure and firm and not common and c.last_page != "differ":
        return Ruling("same", "place-title", 0.9)
    if not sure or c.doi == "differ":
        return None
    # Two abstracts of one group on one page have like titles; articles that share all their pages are one.
    if c.title == "similar" and c.title_ratio >= 0.7 and c.authors == "agree" and c.last_page != "differ" and (
            (lone and c.last_page == "unknown") or c.span > 1 or c.abstract == "same"):
        return Ruling("same", "place-authors", 0.93)
    if c.title == "unknown" and c.authors == "agree" and c.year_gap in (0, 1, None):
        return Ruling("same", "place-authors", 0.9)
    if c.abstract == "same" and c.authors == "agree":
        return Ruling("same", "place-abstract", 0.93)
    return None


def _number_lost(c: Comparison) -> bool:
    """Whether one title only lacks digits of the other ("p6" for "p16", "CO" for "CO2")."""
    x, y = sorted(("".join(f.title.forms[0].numbers) for f in (c.a, c.b)), key=len)
    rest = iter(y)
    return all(digit in rest for digit in x)


def _translation(c: Comparison) -> Ruling | None:
    """One article under its own and its translated title: the same pages, all of them, by the same people."""
    volume = c.volume == "same" or (c.issue == c.journal == "same" and not c.a.volume and not c.b.volume)
    if c.span > 1 and volume and c.journal != "differ" and c.issue != "differ" and c.authors == "agree" and (
            c.year_gap == 0 and c.doi != "differ" and c.pmid != "differ" and c.abstract != "differ" and _translated(c)):
        return Ruling("same", "place-translated", 0.88)
    return None


def _same_pages(c: Comparison) -> bool:
    """Whether all of two pages or more are shared, with nothing but the title against it: one record may bear a wrong
    title, or a translated one with names in another script; or they are two reviews of books by one person."""
    if not (c.span > 1 and c.volume == "same" and c.year_gap == 0) or _is_meeting(c.a) or _is_meeting(c.b):
        return False
    if "differ" in (c.journal, c.issue, c.doi, c.pmid, c.abstract):
        return False
    scripts = c.authors == "unknown" and c.issue == "same" and _translated(c)
    return scripts or (c.authors == "agree" and c.journal == "same")


def _translated(c: Comparison) -> bool:
    """Whether one title may be the other's translation: brackets, another script, another language."""
    forms = (*c.a.title.forms, *c.b.title.forms)
    if any(f.bracketed for f in forms) or len({f.key.isascii() for f in forms}) == 2:
        return True
    return bool(c.a.language and c.b.language and c.a.language != c.b.language)


def _title(c: Comparison) -> Ruling | None:
    """The same words in the title, and the rest speaks for it or says nothing."""
    if c.generic:
        return _issue_of_abstracts(c)
    if c.title in ("different", "unknown") or c.numbers_differ:
        return None
    if c.title == "similar" and (c.swapped or c.title_ratio < 0.75 or c.abstract != "same"):
        return None                                     # twin papers have twin abstracts
    if contradicted(c) or c.authors == "differ":
        return _slip(c)
    if _one_abstract(c) and c.pages != "same" and (c.a.kind == "abstract") != (c.b.kind == "abstract"):
        return None
    if c.slip and c.abstract != "same" and not (c.volume == c.last_page == "same"):
        return None                                     # without a place in common it may be another word
    if c.year_gap and c.a.title.recurring and c.doi != "same":
        return None
    if c.year_gap and not (c.journal == "same" and c.year_gap <= 2) and not (c.abstract == "same" and c.year_gap == 1):
        return None
    if c.year_gap and c.pages == "same" and c.last_page == "differ" and c.volume != "same" and c.doi != "same":
        return None                                     # every report of a series begins on its page 1
    if c.a.url and c.a.url == c.b.url:
        return Ruling("same", "address", 0.96)
    if short(c) and not (c.title == "equal" and c.authors == "agree" and c.journal == "same" and c.year_gap == 0):
        return None
    if c.authors == "agree":
        if c.title == "equal":
            return Ruling("same", "title-authors", 0.95)
        if c.title == "similar":
            return Ruling("same", "abstract-authors", 0.85)
        whole = c.title == "near" or (c.title == "truncated" and c.title_ratio >= 0.5)
        part = c.title == "contained" and c.title_ratio < 0.5       # a letter under the head of an article's title
        if c.abstract == "same" or (c.journal == "same" and not part) or (c.year_gap == 0 and whole):
            return Ruling("same", "title-authors", 0.9)
        return None
    if c.title == "equal" and c.journal == "same" and telling(c) and (c.year_gap is not None or c.abstract == "same"):
        return Ruling("same", "title-journal", 0.88)
    if c.title == "equal" and c.abstract == "same":
        return Ruling("same", "title-abstract", 0.88)
    if c.authors == "unknown" and telling(c) and (c.title == "equal" or (c.title == "truncated" and c.title_ratio > 0.3)):
        return Ruling("same", "title", 0.8)
    return None


def _issue_of_abstracts(c: Comparison) -> Ruling | None:
    """A whole issue under a common title ("Abstracts"), described twice."""
    if c.title == "equal" and c.journal == c.volume == c.issue == "same" and c.year_gap == 0 and (
            "differ" not in (c.pages, c.doi, c.pmid, c.authors) and c.abstract == "same"):
        return Ruling("same", "issue-abstract", 0.85)
    return None


def _slip(c: Comparison) -> Ruling | None:
    """The same title and authors, but one field differs: a slip of a database, where the rest is firm."""
    if c.title not in ("equal", "near", "contained", "truncated") or c.pmid == "differ" or c.abstract == "differ":
        return None
    if c.journal == "differ" and "same" not in (c.abstract, c.last_page) and _is_meeting(c.a) != _is_meeting(c.b):
        return None                                     # an abstract in a supplement, an article elsewhere
    by_them = c.authors == "agree" or (c.abstract == "same" and c.title == "equal")
    if not by_them or short(c):
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
    if not alike(c) or c.title == "similar" or c.authors != "agree" or c.pages == "same" or c.last_page == "same":
        return None
    if _one_abstract(c) and ("differ" in (c.journal, c.pages) or _is_article(c.a) or _is_article(c.b)):
        return Ruling("related", "abstract", 0.8, "abstract-of", int(_is_meeting(c.b)))
    apart = c.pages == "differ" or (c.locator_kind and c.volume == "differ")
    both_meetings = _is_meeting(c.a) and _is_meeting(c.b) and c.volume == "differ"
    if apart and (c.journal == "differ" or both_meetings) and c.abstract != "differ":
        return Ruling("related", "other-place", 0.6, "version-of", int((c.b.year or 0) > (c.a.year or 0)))
    return None


def _one_abstract(c: Comparison) -> bool:
    """Whether one record is a meeting's abstract and the other is not."""
    return _is_meeting(c.a) != _is_meeting(c.b)


def _is_article(f: Features) -> bool:
    """Whether a record has more pages than an abstract."""
    p = f.pages
    return not _is_meeting(f) and p.first.isdigit() and p.last.isdigit() and int(p.last) - int(p.first) > 2


def _is_meeting(f: Features) -> bool:
    return f.kind == "abstract" or f.supplement or f.pages.prefix == "s"


def _doubt(c: Comparison) -> Ruling | None:
    """Pairs that a person should look at."""
    if _same_pages(c):
        return Ruling("possible", "place", 0.5)
    if c.generic or c.numbers_differ or c.authors == "differ" or (c.slip and contradicted(c)):
        return None
    if c.year_gap and c.a.title.recurring and (c.journal == "unknown" or c.volume == "differ"):
        return None                                     # another year's edition
    elsewhere = _elsewhere(c)
    if elsewhere is not None:
        return elsewhere
    if c.title in ("equal", "near", "truncated", "contained") and c.authors == "agree" and (c.year_gap or 0) <= (
            9 if c.title == "equal" else 1):
        return Ruling("possible", "title-authors", 0.6 if c.year_gap in (0, 1, None) else 0.5)
    if c.title == "equal" and c.authors in ("partly", "unknown") and telling(c) and (c.year_gap or 0) <= 2:
        return Ruling("possible", "title", 0.5)
    return None
