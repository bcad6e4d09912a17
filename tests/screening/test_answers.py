"""What reviewers type and what it means. Every word here is one that people type; none is read as what it isn't."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.screening.answers import decision_word, interpret, interpret_retrieval
from review.screening.reasons import match_reason

REASONS = (("wrong-population", "Wrong population"), ("not-china", "Not in China"), ("no-policy", "No policy"),
           ("wrong-outcome", "Wrong outcome"), ("lang", "Language"))
TA, FT = "title-abstract", "full-text"


@pytest.mark.parametrize("typed", [
    "include", "Include", "INCLUDED", "incl", "incl.", "inc", "in", "I", "i ", "Y", "yes",
    "Yes.", "yes!", "Ｙ", "ｉｎｃｌｕｄｅ", "keep",
    "纳入", "是", "入选", "“include”", " include\u00a0", "include\n", "include - important",
    "Y (rural sample)", "纳入：农村",
    "include, see also study 7",
    "\u200binclude\u2060", "inc\u200blude", "include\u200e", "纳 入",
])
def test_includes(typed: str) -> None:
    assert interpret(typed, "", REASONS, TA).decision == "include"


@pytest.mark.parametrize("typed", [
    "exclude", "Excluded", "excl", "EXCL.", "ex", "e", "out", "N", "no", "No.", "ｎ",
    "reject", "drop", "not included", "排除", "否",
    "不纳入", "剔除", "excl - wrong pop", "N (not China)", "No, adults", "excluded: adults only",
    "排除（非中国）", "n - adults",
    "exclude wrong outcome", "E; animals", "不 纳入", "排除 人群不符", "排除，非中国",
])
def test_excludes(typed: str) -> None:
    assert interpret(typed, "", REASONS, TA).decision == "exclude"


@pytest.mark.parametrize("typed", ["maybe", "Maybe?", "m", "?", "？", "??", "unsure",
    "unclear", "not sure", "perhaps", "待定",
                                   "不确定", "可能", "maybe - abstract is short", "unclear whether China",
                                   "? full text needed", "待定 看全文"])
def test_maybes(typed: str) -> None:
    assert interpret(typed, "", REASONS, TA).decision == "maybe"


@pytest.mark.parametrize("typed", [
    "include?", "yes?", "exclude ?", "Y/N", "I/E", "yes and no", "include/exclude",
    "in or out", "1", "0", "x", "X", "✓", "TRUE",
    "FALSE", "ok", "done", "see note", "no abstract", "not China", "N/A", "n.a.", "n, a",
    "N: A", "in China", "out of scope", "I think so",
    "include adults only", "includes only adults", "maybe include", "probably", "duplicate",
    "dup", "#N/A", "2020-01-05", "-",
    "include - or maybe not", "yes; no", "exclude, unless rural",
    "include, if full text available", "可能纳入", "不排除", "是否",
    "纳入或排除", "纳入?", "e-mail", "ex-ante", "i.e.", "ongoing", "awaiting classification", "ind",
    "exclusive", "yesterday", "? include", "√", "include: 5", "exclude 3", "exclude - 2",
    '"', "“”", "''",                        # "as above"
    # They begin with a word for a decision and say something else: does not meet the criteria for inclusion, the criteria
    # for exclusion do not apply, reservations, can't be excluded, including but not only.
    "纳入标准不符", "排除标准不适用", "保留意见", "排除不了", "包括但不限于", "不包含排除",
])
def test_nothing_is_guessed(typed: str) -> None:
    meaning = interpret(typed, "", REASONS, TA)
    assert (meaning.decision, meaning.readable) == ("", False)
    assert "Type include, exclude or maybe" in meaning.message


def test_a_blank_is_no_decision_and_no_complaint() -> None:
    for blank in ("", "  ", "\n", "\u00a0"):
        meaning = interpret(blank, "", REASONS, TA)
        assert (meaning.decision, meaning.readable, meaning.message) == ("", True, "")


def test_a_reason_without_a_decision_is_asked_about() -> None:
    meaning = interpret("", "Wrong population", REASONS, FT)
    assert not meaning.readable and "no decision" in meaning.message and meaning.note == "Wrong population"


@pytest.mark.parametrize(("typed", "decision"), [
    ("ongoing", "ongoing"), ("Ongoing study", "ongoing"), ("awaiting classification", "awaiting-classification"),
    ("Awaiting", "awaiting-classification"), ("awaiting-classification",
    "awaiting-classification"), ("进行中", "ongoing")])
def test_more_decisions_at_full_text(typed: str, decision: str) -> None:
    assert interpret(typed, "", REASONS, FT).decision == decision


@pytest.mark.parametrize(("decision", "reason", "code"), [
    ("exclude", "Wrong population", "wrong-population"), ("exclude", "wrong-population", "wrong-population"),
    ("exclude", " WRONG POPULATION. ", "wrong-population"), ("exclude", "wrong p", "wrong-population"),
    ("exclude", "lang", "lang"), ("exclude", "Langu", "lang"), ("excl - wrong outc", "", "wrong-outcome"),
    ("N (not in china)", "", "not-china"), ("exclude no policy", "", "no-policy"),
    ("exclude - language", "Language", "lang"), ("exclude", "wrong-population: Wrong population", "wrong-population"),
])
def test_reasons_by_code_label_or_beginning(decision: str, reason: str, code: str) -> None:
    meaning = interpret(decision, reason, REASONS, FT)
    assert (meaning.decision, meaning.reason, meaning.message) == ("exclude", code, "")


@pytest.mark.parametrize(("decision", "reason", "says"), [
    ("exclude", "", "needs a reason"), ("exclude", "wrong", "none of the review's reasons"),
    ("exclude", "students only", "none of the review's reasons"), ("exclude", "no", "none of the review's reasons"),
    ("exclude - wrong outcome", "language", "Two reasons"), ("exclude",
    "Wrong population; Wrong outcome", "More than one"),
])
def test_a_full_text_exclude_without_one_known_reason_is_asked_about(decision: str, reason: str, says: str) -> None:
    meaning = interpret(decision, reason, REASONS, FT)
    assert (meaning.decision, meaning.reason) == ("exclude", "")
    assert says in meaning.message
    assert reason.casefold() in meaning.note.casefold()         # what was typed stays


@pytest.mark.parametrize("reason", ["full text not available", "Not retrieved", "no access", "PDF not found: asked the library",
                                    "could not be obtained", "找不到全文"])
def test_a_full_text_that_nobody_got_is_no_reason_to_exclude(reason: str) -> None:
    """PRISMA 2020: reports not retrieved (box 7) are other reports than those excluded (box 9)."""
    message = interpret("exclude", reason, REASONS, FT).message
    assert "leave Decision empty and put no under Retrieved" in message and "Choose" not in message


@pytest.mark.parametrize("reason", ["data not available", "not available in English", "no abstract", "wrong setting"])
def test_other_things_that_are_missing_are_asked_about_as_ever(reason: str) -> None:
    assert "Choose one under Reason" in interpret("exclude", reason, REASONS, FT).message


def test_before_full_text_a_reason_may_be_missing_or_free() -> None:
    assert interpret("exclude", "", REASONS, TA).message == ""
    free = interpret("exclude", "students only", REASONS, TA)
    assert (free.reason, free.note, free.message) == ("", "students only", "")


def test_an_include_with_a_reason_to_exclude_contradicts_itself() -> None:
    meaning = interpret("include", "Wrong population", REASONS, FT)
    assert not meaning.readable and "reason to exclude" in meaning.message
    assert interpret("include", "nice paper", REASONS, FT).note == "nice paper"


@pytest.mark.parametrize(("typed", "reason"), [("include", "exclude"), ("Y", "Excluded"), ("排除", "纳入"), ("?", "include")])
def test_a_decision_in_the_cell_of_the_reason_contradicts_another(typed: str, reason: str) -> None:
    meaning = interpret(typed, reason, REASONS, TA)
    assert not meaning.readable and "Correct one of the two" in meaning.message
    assert interpret("exclude", "exclude", REASONS, TA).decision == "exclude"


@pytest.mark.parametrize(("text", "word"), [
    ("include", "include"), (" Exclude. ", "exclude"), ("纳入", "include"), ("maybe", "maybe"), ("y", ""), ("no", ""), ("是", ""),
    ("?", ""), ("Excluded from school: a cohort", ""), ("exclude it?", "")])
def test_a_cell_that_is_nothing_but_a_decision(text: str, word: str) -> None:
    assert decision_word(text) == word


def test_remarks_are_kept_as_typed() -> None:
    assert interpret("excl - Adults ONLY (USA)", "", REASONS, TA).note == "Adults ONLY (USA)"
    assert interpret("排除：人群不符", "", REASONS, TA).note == "人群不符"


@pytest.mark.parametrize(("typed", "answer"), [
    ("same", "same"), ("Same.", "same"), ("duplicate", "same"), ("重复", "same"), ("different",
    "different"), ("diff", "different"),
    ("not a duplicate", "different"), ("不同", "different"), ("unsure", "unsure"), ("?",
    "unsure"), ("same - only the pages differ", "same"),
    ("yes", ""), ("no", ""), ("include", ""), ("same?", ""), ("same, or maybe not", ""), ("", "")])
def test_answers_to_possible_duplicates(typed: str, answer: str) -> None:
    meaning = interpret(typed, "", (), "duplicates")
    assert (meaning.decision, meaning.readable) == (answer, bool(answer) or typed == "")


@pytest.mark.parametrize(("typed", "answer"), [("yes", "yes"), ("Y", "yes"), ("no",
    "no"), ("not found", "no"), ("on loan", "on loan"),
                                               ("是", "yes"), ("maybe", ""), ("", "")])
def test_retrieval(typed: str, answer: str) -> None:
    assert interpret_retrieval(typed).decision == answer
    assert interpret_retrieval(typed).readable == (bool(answer) or typed == "")


@given(st.text(max_size=40), st.text(max_size=20), st.sampled_from([TA, FT, "duplicates", "other-methods"]))
def test_any_text_is_answered_and_only_known_decisions_come_out(decision: str, reason: str, stage: str) -> None:
    meaning = interpret(decision, reason, REASONS, stage)
    known = {"same", "different", "unsure"} if stage == "duplicates" else {
        "include", "exclude", "maybe", "awaiting-classification", "ongoing"}
    assert meaning.decision in known | {""}
    assert meaning.readable or (meaning.message and not meaning.decision)
    assert meaning.reason in {"", *dict(REASONS)}


def test_a_beginning_that_two_reasons_share_is_none() -> None:
    assert match_reason("wrong", REASONS) == ""
    assert match_reason("", REASONS) == ""
    assert match_reason("排除", (("a", "排除标准一"), ("b", "其他"))) == "a"


@pytest.mark.parametrize(("typed", "code"), [
    ("Wrong population (adults)", "wrong-population"), ("not in china - Taiwan", "not-china"), ("language: Russian", "lang"),
    ("Wrong population; not in China", ""), ("adults (wrong population)", ""), ("wrong (something)", "")])
def test_a_reason_with_a_remark_after_it(typed: str, code: str) -> None:
    meaning = interpret("exclude", typed, REASONS, FT)
    assert (meaning.decision, meaning.reason, meaning.note) == ("exclude", code, typed)
    assert bool(meaning.message) == (not code)
