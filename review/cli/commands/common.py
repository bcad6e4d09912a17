"""What every command needs: the review that is meant, and the shape of an answer."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from review.ledger.disk import readable
from review.ledger.paths import Workspace
from review.model import Progress, ReviewError
from review.workflow import Review

Answer = tuple[dict[str, Any], int]        # what --json prints, with "text" for people; the exit status


def review_and_words(args: argparse.Namespace, progress: Progress | None) -> tuple[Review, list[str]]:
    """The review that is meant, and the other words. The first word is an id only if queries/<it>.toml exists."""
    workspace = Workspace.find()
    words = list(args.words)
    review_id = words.pop(0) if words and words[0] in workspace.reviews() else None
    return _opened(workspace, review_id, args, progress), words


def _opened(workspace: Workspace, review_id: str | None, args: argparse.Namespace, progress: Progress | None) -> Review:
    review = Review(workspace, workspace.choose(review_id), progress=progress)
    if by := getattr(args, "by", ""):
        review.by = by
    return review


def the_review(args: argparse.Namespace, progress: Progress | None) -> Review:
    """The review, where the command takes nothing else: a word that is no id is a wrong id."""
    workspace = Workspace.find()
    some(args.words, "at most the id of a review", 0, 1)
    return _opened(workspace, args.words[0] if args.words else None, args, progress)


def some(words: list[str], what: str, least: int = 1, most: int | None = None) -> list[str]:
    """The words, if they are as many as the command takes; else an error that says what is wanted."""
    if len(words) < least or (most is not None and len(words) > most):
        raise ReviewError(f"Say {what}." if len(words) < least else f"Too many words; say {what}.", code="usage")
    return words


def issue_rows(issues: Any) -> list[dict[str, Any]]:
    """Issues as --json shows them."""
    return [i.as_dict() for i in issues]


def next_lines(review: Review, head: str = "Next:") -> list[str]:
    """What to do next, as `review status` says it."""
    return [head, *(f"  - {line}" for line in review.status().next)]


def answer(review: Review, lines: list[str], issues: Any = (), **more: Any) -> dict[str, Any]:
    """The answer of a command about one review: lines for people, the rest for --json, what opening it mended."""
    return {"review": review.id, **more, "text": lines, "issues": issue_rows(dict.fromkeys((*review.notes, *issues)))}


def pairs(words: list[str] | None, option: str) -> dict[str, str] | None:
    """Words such as `title=Pots in care` as a mapping; None where the option was not given."""
    if words is None:
        return None
    lost = [word for word in words if "=" not in word]
    if lost:
        raise ReviewError(f"{option}: {lost[0]!r} is no FIELD=VALUE. Put a value with blanks in quotation marks: "
                          "title=\"Pots in care\".", code="usage")
    return {name.strip().lower(): value for name, _, value in (word.partition("=") for word in words)}


def read_mapping(name: str | None) -> dict[str, str] | None:
    """A mapping file: TOML lines `column = "field"`."""
    if not name:
        return None
    import tomllib

    try:
        data = tomllib.loads(readable(Path(name), pipe=True).read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ReviewError(f"{name} can't be read as a mapping: {error}. Write lines such as \"Article name\" = "
                          "\"title\".", code="mapping", file=name) from error
    return {str(k): str(v) for k, v in data.items()}
