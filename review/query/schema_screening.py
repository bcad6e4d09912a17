"""The rules for the parts of a definition that screening needs: reasons for exclusion, and who screens."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from review.query.findings import Problem, check_text, check_texts, unknown_keys

SCREENING_DEFAULTS: dict[str, Any] = {
    "reviewers": [], "adjudicator": "", "dual": 1.0, "pilot": 0, "pilot-counts": False,
    "title-abstract": "conflict", "full-text": "conflict", "blind": True, "tools": [],
}
_CODE = re.compile(r"[^\W_][\w-]{0,11}")
_REASON = re.compile(r"[a-z0-9][a-z0-9-]*")
_Rule = tuple[Callable[[Any], bool], str]
_CHOICES: dict[str, _Rule] = {
    "pilot-counts": (lambda v: isinstance(v, bool), "true or false"),
    "blind": (lambda v: isinstance(v, bool), "true or false"),
    "title-abstract": (lambda v: v in ("conflict", "advance"), '"conflict" or "advance"'),
    "full-text": (lambda v: v in ("conflict", "first"), '"conflict" or "first"'),
}


def eligibility(table: Mapping[str, Any]) -> Iterator[Problem]:
    """Findings about [eligibility]: criteria, and reasons with codes that are given once."""
    yield from unknown_keys(table, ("include", "exclude"), ("eligibility",))
    if "include" in table:
        yield from check_texts(table["include"], ("eligibility", "include"), '"..."')
    reasons = table.get("exclude", [])
    if not isinstance(reasons, list) or not all(isinstance(r, Mapping) for r in reasons):
        yield Problem(("eligibility", "exclude"),
                      "eligibility.exclude: write one [[eligibility.exclude]] for each reason, with "
                      'code = "..." and label = "...".')
        return
    seen: set[str] = set()
    for number, reason in enumerate(reasons):
        yield from _reason(reason, ("eligibility", "exclude", str(number)), seen)


def _reason(reason: Mapping[str, Any], path: tuple[str, ...], seen: set[str]) -> Iterator[Problem]:
    """One reason; `seen` are the codes before it."""
    yield from unknown_keys(reason, ("code", "label", "retired"), path)
    yield from check_text(reason, (*path, "code"), needed=True)
    yield from check_text(reason, (*path, "label"), needed=True)
    if not isinstance(reason.get("retired", False), bool):
        yield Problem((*path, "retired"), f"reason {reason.get('code')!r}: retired must be true or false.")
    code = reason.get("code")
    if not isinstance(code, str) or not code:
        return
    if not _REASON.fullmatch(code):
        yield Problem((*path, "code"), f"the reason's code {code!r} may hold small letters, digits and "
                                       "hyphens: wrong-population.")
    if code in seen:
        yield Problem((*path, "code"), f"the reason's code {code!r} stands twice; a code is given once "
                                       "and for ever (retired = true takes it out of use).")
    seen.add(code)


def screening(table: Mapping[str, Any], given: bool) -> Iterator[Problem]:
    """Findings about [screening]: reviewers' codes, and how differences are settled."""
    path = ("screening",)
    yield from unknown_keys(table, SCREENING_DEFAULTS, path)
    if not table.get("reviewers"):
        yield Problem((*path, "reviewers") if given else (),
                      'there are no reviewers: write [screening] with reviewers = ["AB", "CD"] '
                      "(codes, not names).")
        return
    bad = list(check_texts(table["reviewers"], (*path, "reviewers"), '"AB", "CD"'))
    bad += check_text(table, (*path, "adjudicator"), needed=False)
    yield from bad
    if bad:
        return
    reviewers = table["reviewers"]
    for code in (*reviewers, *filter(None, [table.get("adjudicator", "")])):
        if not _CODE.fullmatch(code):
            yield Problem((*path, "reviewers"), f"screening: {code!r} is not a reviewer's code; use up to "
                                                "twelve letters and digits without blanks, not a name: AB.")
    if len({c.casefold() for c in reviewers}) < len(reviewers):
        yield Problem((*path, "reviewers"), "screening.reviewers: each code stands once.")
    yield from _tools(table, reviewers)
    yield from _numbers(table, len(reviewers))
    for key, (allowed, what) in _CHOICES.items():
        if key in table and not allowed(table[key]):
            yield Problem((*path, key), f"screening.{key} = {table[key]!r}: it must be {what}.")


def _tools(table: Mapping[str, Any], reviewers: list[str]) -> Iterator[Problem]:
    """Reviewers that are automation tools."""
    path = ("screening", "tools")
    if "tools" not in table:
        return
    bad = list(check_texts(table["tools"], path, '"ML1"'))
    yield from bad
    for code in [] if bad else table["tools"]:
        if code not in reviewers:
            yield Problem(path, f"screening.tools: {code!r} is none of the reviewers; tools names those of them that "
                                "are automation tools.")
        if code == table.get("adjudicator"):
            yield Problem(path, f"screening.tools: {code!r} is the adjudicator; a person settles what reviewers see "
                                "differently.")


def _numbers(table: Mapping[str, Any], reviewers: int) -> Iterator[Problem]:
    """The share of double screening and the size of the pilot."""
    dual, pilot = table.get("dual", 1.0), table.get("pilot", 0)
    if isinstance(dual, bool) or not isinstance(dual, (int, float)) or not 0 <= dual <= 1:
        yield Problem(("screening", "dual"),
                      "screening.dual is the share that two reviewers screen, from 0 to 1: dual = 1.0.")
    elif dual > 0 and reviewers < 2:
        yield Problem(("screening", "dual"),
                      f"screening.dual = {dual}: two must screen, but there is one reviewer. Add a second, "
                      "or write dual = 0.")
    elif dual > 0 and not table.get("adjudicator"):
        yield Problem(("screening", "adjudicator"),
                      "screening.adjudicator is missing: two reviewers will differ, and somebody must settle "
                      'it: adjudicator = "EF".')
    if isinstance(pilot, bool) or not isinstance(pilot, int) or pilot < 0:
        yield Problem(("screening", "pilot"),
                      "screening.pilot is a number of reports (0 for no pilot): pilot = 25.")
