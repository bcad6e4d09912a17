"""The help explains everything that a command takes; wrong use is told with the usage."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from review.cli.parser import build_parser
from review.prisma.words import BOX_WORDS
from tests.cli.inside import command, say
from tests.reviewer import item, ris, workspace


def commands() -> dict[str, object]:
    return dict(build_parser()[1].choices)


@pytest.mark.parametrize("name", commands())
def test_everything_that_a_command_takes_has_words(name: str) -> None:
    """Each option and each word of its usage; a word stands on a line of its own in the help."""
    parser = build_parser()[1].choices[name]
    bare = [a.option_strings or a.dest for a in parser._actions if not a.help]
    assert bare == []
    text = parser.format_help()
    usage = text.partition("\n\n")[0]
    assert len(usage) < 130 and "..." not in usage.replace("FILE...", "").replace("KEY...", "").replace("BOX...", "").replace(
        "[FILE]...", "")
    for word in re.findall(r"\b[A-Z]{2,}\b", usage.split(" --")[0].split("(")[0]):
        assert re.search(rf"^  {word} +\S", text, re.M), word


def test_what_needs_a_list_has_one() -> None:
    """The boxes and formats stand in the help, not only in an error."""
    choices = build_parser()[1].choices
    for name in ("counts", "export", "reopen"):
        assert all(re.search(rf"^  {box} ", choices[name].format_help(), re.M) for box in BOX_WORDS), name
    for name in ("bibtex", "csl-json", "csv", "endnote-xml", "medline", "records-jsonl", "ris", "xlsx"):
        assert re.search(rf"^  {name} ", choices["export"].format_help(), re.M)


def test_every_box_of_a_review_is_known_by_words(tmp_path: Path) -> None:
    folder = workspace(tmp_path)
    command(folder, "import", str(ris(folder / "a.ris", [item(i) for i in range(3)])), "--database", "scopus")
    command(folder, "dedupe")
    assert set(command(folder, "counts")["boxes"]) <= set(BOX_WORDS)


@pytest.mark.parametrize(("words", "said"), [
    (["import", "f.ris"], "--database"), (["import", "f.ris", "--database", "x", "--hits", "many"], "“many” is no whole number"),
    (["sheets", "--seed", "x"], "“x” is no whole number"), (["sheets", "--batch", "0"], "at least 1"),
    (["search", "--limit", "0"], "--dry-run"), (["counts", "--nonsense"], "--nonsense"), (["baseline"], "--freeze"),
    (["nosuch"], "nosuch")])
def test_wrong_use_says_what_and_how(tmp_path: Path, words: list[str], said: str) -> None:
    """In text as with --json: what does not fit, and the usage of that very command."""
    folder = workspace(tmp_path)
    told = command(folder, *words, status=2)
    assert said in told["error"] and "Usage: review" in told["error"]
    assert [(i["code"], i["severity"], i["message"]) for i in told["issues"]] == [("usage", "error", told["error"])]
    out, errors = say(folder, *words, status=2)
    assert out == "" and said in errors and "usage: review" in errors
    assert "a search for no records" not in told["error"] or words[0] == "search"


def test_words_may_stand_after_options(tmp_path: Path) -> None:
    folder = workspace(tmp_path)
    ris(folder / "a.ris", [item(0)])
    assert command(folder, "import", "test", "--database", "eric", "a.ris")["read"] == 1
