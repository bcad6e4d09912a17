"""Agreement as a review tells it: which decisions count, for whom, and what is said where a table tells little."""

import json
from collections import Counter

import pytest

from review.ledger.issued import IssuedRow, IssuedSheet
from review.ledger.log import Log
from review.ledger.replay import State
from review.model import Decision
from review.screening.agreement import ADVANCE, agreement

TA, FT = "title-abstract", "full-text"


class Story:
    """Decisions and conflict sheets in the order they came."""

    def __init__(self):
        self.seq, self.decisions, self.sheets = 0, [], {}
        self.alias, self.joined = {}, {}

    def decided(self, report, reviewer, decision, stage=TA, round=1, kind="independent"):
        self.seq += 1
        self.decisions.append(Decision(self.seq, 1, "", report, stage, round, reviewer, kind, decision))
        return self

    def conflicts_sent(self, *keys, stage=TA, round=1):
        self.seq += 1
        name = f"C-{self.seq}"
        rows = tuple(IssuedRow(k, "", "") for k in keys)
        self.sheets[name] = IssuedSheet(name, "conflicts", stage, round, 1, "EF", "", rows, seq=self.seq)
        return self

    def join(self, absorbed, survivor):
        self.seq += 1
        self.alias[absorbed], self.joined[absorbed] = survivor, self.seq
        return self

    def agreement(self):
        state = State(Log(decisions=tuple(self.decisions)), {}, {}, self.sheets, alias=self.alias, joined=self.joined)
        return agreement(state)


def table_of(found):
    return {pair: n for pair, n in found.table.items() if n}


def many(counts, reviewers=("AB", "CD"), stage=TA, round=1):
    """A story in which reports got these pairs (or triples) of decisions."""
    story = Story()
    for i, words in enumerate(Counter(counts).elements()):
        for who, word in zip(reviewers, words, strict=True):
            if word:
                story.decided(f"R{i}", who, word, stage, round)
    return story


def test_707_pairs_of_decisions_with_maybe():
    """The pairs of a published data set: 299 exclude/exclude, 272 maybe/maybe, 136 exclude/maybe."""
    found, = many({("exclude", "exclude"): 299, ("maybe", "maybe"): 272, ("exclude", "maybe"): 136}).agreement()
    assert (found.stage, found.round, found.reviewers, found.n) == (TA, 1, ("AB", "CD"), 707)
    assert len(found.table) == 9                                # all three by all three, used or not
    assert table_of(found) == {("exclude", "exclude"): 299, ("maybe", "maybe"): 272, ("exclude", "maybe"): 136}
    assert found.percent.value == pytest.approx(571 / 707)
    # by hand: AB 435 and 272, CD 299 and 408 of 707
    chance = (435 * 299 + 272 * 408) / 707**2
    assert found.kappa.value == pytest.approx((571 / 707 - chance) / (1 - chance))
    assert found.note == ""


def test_include_and_maybe_are_one_where_only_advancing_matters():
    found, = many({("include", "maybe"): 10, ("include", "include"): 5, ("exclude", "maybe"): 5,
                   ("exclude", "exclude"): 20}).agreement()
    assert found.percent.value == pytest.approx(25 / 40)
    assert table_of(found.advance) == {(ADVANCE, ADVANCE): 15, ("exclude", ADVANCE): 5, ("exclude", "exclude"): 20}
    assert len(found.advance.table) == 4
    assert found.advance.percent.value == pytest.approx(35 / 40)
    assert found.advance.pabak.value == pytest.approx(2 * 35 / 40 - 1)


def test_last_word_before_the_conflicts_went_out_counts():
    story = Story().decided("R1", "AB", "maybe").decided("R1", "AB", "include").decided("R1", "CD", "exclude")
    story.decided("R2", "AB", "exclude").decided("R2", "CD", "exclude")
    story.conflicts_sent("R1").decided("R1", "CD", "include")       # after the talk: not independent any more
    story.decided("R2", "CD", "include")                            # R2 was on no conflicts sheet: the last word
    story.decided("R1", "EF", "include", kind="adjudicated")
    found, = story.agreement()
    assert table_of(found) == {("include", "exclude"): 1, ("exclude", "include"): 1}


def test_conflict_sheet_of_another_stage_or_round_changes_nothing():
    story = Story().decided("R1", "AB", "include").conflicts_sent("R1", stage=FT).conflicts_sent("R1", round=2)
    found, = story.decided("R1", "CD", "include").agreement()
    assert table_of(found) == {("include", "include"): 1}


def test_imported_and_adjudicated_decisions_are_not_independent():
    story = Story().decided("R1", "AB", "include").decided("R1", "CD", "include", kind="imported")
    assert story.decided("R1", "EF", "include", kind="adjudicated").agreement() == []


def test_pilot_and_later_rounds_and_stages_are_told_apart():
    story = many({("include", "include"): 3}, stage=FT)
    for round, word in ((0, "maybe"), (1, "include"), (2, "exclude")):
        story.decided("R1", "AB", word, TA, round).decided("R1", "CD", word, TA, round)
    assert [(a.stage, a.round, a.n) for a in story.agreement()] == [(TA, 0, 1), (TA, 1, 1), (TA, 2, 1), (FT, 1, 3)]


def test_full_text_has_no_view_of_advancing_and_shows_the_decisions_in_use():
    counts = {("include", "exclude"): 1, ("ongoing", "ongoing"): 1, ("exclude", "exclude"): 2}
    found, = many(counts, stage=FT).agreement()
    assert found.advance is None
    assert found.categories == ("include", "exclude", "ongoing")
    assert found.pabak.value == pytest.approx((3 * 0.75 - 1) / 2)


def test_joined_report_went_to_the_adjudicator_under_the_other_key():
    story = Story()
    for who, word in (("AB", "include"), ("CD", "exclude")):
        story.decided("R1", who, word).decided("R2", who, word)
    story.join("R2", "R1").conflicts_sent("R1").decided("R2", "CD", "include").decided("R1", "CD", "include")
    found, = story.agreement()
    assert table_of(found) == {("include", "exclude"): 2}


def test_conflict_of_the_other_report_before_they_were_joined_does_not_matter():
    story = Story().conflicts_sent("R1").decided("R2", "AB", "include").decided("R2", "CD", "include").join("R2", "R1")
    found, = story.agreement()
    assert table_of(found) == {("include", "include"): 1}


def test_pairs_without_a_common_report_are_left_out():
    assert Story().decided("R1", "AB", "include").decided("R2", "CD", "include").agreement() == []
    assert Story().agreement() == []


def test_three_reviewers_are_told_in_pairs_and_as_a_team():
    story = many({("include", "include", "exclude"): 4, ("exclude", "exclude", "exclude"): 8,
                  ("include", "include", "include"): 6, ("include", "maybe", ""): 2, ("", "", "maybe"): 3},
                 ("AB", "CD", "GH"))
    found = story.agreement()
    assert [(a.reviewers, a.n) for a in found] == [(("AB", "CD"), 20), (("AB", "GH"), 18), (("CD", "GH"), 18),
                                                   (("AB", "CD", "GH"), 20)]
    team = found[-1]
    assert team.percent.value == pytest.approx((4 / 3 + 8 + 6 + 0) / 20)      # a third of the pairs of a split vote
    # Fleiss by hand over the 18 that all decided: 26 includes and 28 excludes of 54
    chance = (26 / 54)**2 + (28 / 54)**2
    assert team.fleiss.value == pytest.approx(((4 / 3 + 14) / 18 - chance) / (1 - chance))
    assert team.table[("include", "maybe", "")] == 2
    assert team.kappa is None and team.alpha is not None and team.alpha_ordinal is not None
    assert team.percent.low < team.percent.value < team.percent.high
    assert all(a.fleiss is None and a.alpha is not None for a in found[:-1])


@pytest.mark.parametrize(("counts", "word"), [
    ({("exclude", "exclude"): 12}, "Both decided “exclude”"),
    ({("exclude", "exclude"): 12, ("include", "include"): 2}, "agreed on every report"),
    ({("exclude", "exclude"): 12, ("include", "exclude"): 2}, "CD decided “exclude”"),
    ({("exclude", "include"): 1}, "One report"),
])
def test_tables_that_tell_little_say_so(counts, word):
    found, = many(counts).agreement()
    assert word in found.note
    assert found.percent.low is not None


def test_one_category_has_no_coefficient():
    found, = many({("exclude", "exclude"): 12}).agreement()
    assert found.kappa is found.pabak is found.ac1 is None
    assert found.percent.value == 1


def test_team_of_one_mind_says_so():
    team = many({("exclude",) * 3: 5}, ("AB", "CD", "GH")).agreement()[-1]
    assert team.alpha is team.fleiss is None
    assert "All decided “exclude”" in team.note


def test_same_log_gives_the_same_answer_in_any_order_of_reviewers():
    counts = {("include", "exclude"): 2, ("include", "include"): 3, ("exclude", "exclude"): 4}
    a, = many(counts, ("AB", "CD")).agreement()
    b, = many({(y, x): n for (x, y), n in counts.items()}, ("CD", "AB")).agreement()
    assert a == b


def test_a_line_for_people_and_an_object_for_programs():
    found, = many({("include", "include"): 20, ("include", "exclude"): 5, ("exclude", "include"): 10,
                   ("exclude", "exclude"): 15}).agreement()
    assert found.summary().startswith("50 reports, 70.0% alike (56.2 to 80.9), kappa 0.40 (")
    told = json.loads(json.dumps(found.as_dict()))
    assert told["coefficients"]["kappa"]["value"] == pytest.approx(0.4)
    assert {"decisions": ["include", "exclude"], "n": 5} in told["table"]
    alone, = many({("exclude", "exclude"): 12}).agreement()
    assert "kappa" not in alone.as_dict()["coefficients"]
    assert "12 reports, 100.0% alike (75.8 to 100.0). Both decided" in alone.summary()


def test_a_pair_has_krippendorffs_alpha_too():
    """Krippendorff 2011, two observers, binary data: .095; with an order of three only at title and abstract."""
    one, two = "0100000010", "1110010000"
    counts = Counter(zip((["exclude", "include"][int(c)] for c in one), (["exclude", "include"][int(c)] for c in two),
                         strict=True))
    first, = many(counts, ("AB", "CD")).agreement()
    assert first.alpha.value == pytest.approx(0.095, abs=5e-4)
    assert first.alpha_ordinal.value == pytest.approx(first.alpha.value)         # of two decisions an order says no more
    assert first.advance.alpha.value == pytest.approx(first.alpha.value) and first.advance.alpha_ordinal is None
    assert "Krippendorff's alpha 0.10" in first.summary()
    full = Story()
    for n, (a, b) in enumerate(zip(one, two, strict=True)):
        full.decided(f"R{n}", "AB", ["exclude", "include"][int(a)], stage=FT)
        full.decided(f"R{n}", "CD", ["exclude", "include"][int(b)], stage=FT)
    told, = full.agreement()
    assert told.alpha.value == pytest.approx(0.095, abs=5e-4) and told.alpha_ordinal is None
