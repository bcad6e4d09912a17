"""The cases of two public tools: every disagreement has a kind, and a verdict with its reason."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests.query.adjudication import NOT_COMPARED, VERDICTS, cases, summary, table
from tests.shared_data import shared


def test_every_disagreement_is_adjudicated() -> None:
    found = cases(shared("queries"))
    assert [f"{c.id}: {c.asked}" for c in found if c.kind not in VERDICTS] == []
    counts = Counter(c.verdict for c in found if c.kind not in NOT_COMPARED)
    # Where theirs is nearer, the kinds are known: fields for subheadings and substances that we don't write.
    assert {c.kind for c in found if c.verdict == "theirs"} == {"subheading", "substance"}
    assert counts["theirs"] < 20


def test_where_the_other_tool_refuses_a_string_ours_does_too_or_says_how_it_was_read() -> None:
    linted = [c for c in cases(shared("queries")) if c.id.startswith("search-query") and c.theirs
              and c.ours in ("read", "(refused)")]
    assert len(linted) == 43
    assert {c.kind for c in linted if c.ours == "read" and c.theirs != "read"} == {"adjacent"}


def test_the_page_and_the_table_say_what_comes_out_now() -> None:
    found, here = cases(shared("queries")), Path(__file__).parent
    assert (here / "adjudicated.tsv").read_text(encoding="utf-8") == table(found)
    assert (here / "ADJUDICATION.md").read_text(encoding="utf-8") == summary(found)
