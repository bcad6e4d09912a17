"""Reading definitions: what a student may write, and what each mistake is answered with."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from review.model import ReviewError
from review.query import compile, copy_text, load, loads_resolved, new_text
from tests.query.conftest import SMALL

Write = Callable[..., Path]


def refused(path: Path) -> ReviewError:
    with pytest.raises(ReviewError) as caught:
        load(path)
    assert caught.value.code == "definition" and caught.value.status == 2
    return caught.value


MALFORMED = [
    # what a hand does to a TOML file; the line where the mistake is; a word of the cure
    ("curly quotes", SMALL.replace('"A small review"', "“A small review”"), 2, "straight"),
    ("a missing quote", SMALL.replace('"A small review"', '"A small review'), 2, "quotation mark"),
    ("a list never closed", SMALL.replace('["left-behind children"]', '["left-behind children"'), 5, "closing ]"),
    ("a missing comma", SMALL.replace('["AB", "CD"]', '["AB" "CD"]'), 7, "comma"),
    ("a key twice", SMALL + 'adjudicator = "GH"\n', 9, "twice"),
    ("a table twice", SMALL + '[concepts.population]\nterms = ["x"]\n', 9, "twice"),
    ("a line without =", SMALL + "pilot 25\n", 9, "key = value"),
    ("True in capitals", SMALL + "blind = True\n", 9, "small letters"),
    ("a table never closed", SMALL.replace("[screening]", "[screening"), 6, "brackets"),
    ("text without quotes", SMALL.replace('"EF"', "EF"), 8, "quotation marks"),
]


@pytest.mark.parametrize(("text", "line", "cure"), [m[1:] for m in MALFORMED], ids=[m[0] for m in MALFORMED])
def test_malformed_toml_is_located(definition_file: Write, text: str, line: int, cure: str) -> None:
    path = definition_file(text)
    error = refused(path)
    assert (error.file, error.line) == (str(path), line)
    assert f"line {line}" in error.message and cure in error.message


INVALID = [
    ("unknown key", SMALL.replace("adjudicator", "adjudictor"), 8, "Did you mean 'adjudicator'"),
    ("unknown top key", SMALL.replace("databases", "database"), 3, "Did you mean 'databases'"),
    ("no terms", SMALL.replace('terms = ["left-behind children"]', 'note = "later"'), 4, "has no terms"),
    ("empty terms", SMALL.replace('["left-behind children"]', "[]"), 4, "has no terms"),
    ("a number as a term", SMALL.replace('["left-behind children"]', '["a", 12]'), 5, "item 2"),
    ("a term of signs", SMALL.replace('["left-behind children"]', '["***"]'), 5, "no letter or digit"),
    ("no target", SMALL.replace('"pubmed"', '"pubmedd"'), 3, "Did you mean 'pubmed'"),
    ("no reviewers", SMALL.replace('reviewers = ["AB", "CD"]', ""), 6, "there are no reviewers"),
    ("a name for a code", SMALL.replace('"EF"', '"Erika Fuchs"'), 7, "not a name"),
    ("one reviewer for two", SMALL.replace('["AB", "CD"]', '["AB"]'), 6, "dual = 0"),
    ("no adjudicator", SMALL.replace('adjudicator = "EF"', ""), 6, "adjudicator"),
    ("dual above one", SMALL + "dual = 2\n", 9, "from 0 to 1"),
    ("a mode that isn't", SMALL + 'full-text = "last"\n', 9, '"first"'),
    ("a key of the definition at the end of the file", SMALL + '\nnotes = "x"\n', SMALL.count("\n") + 2,
     "move it up, above the first"),
    ("a block that isn't", SMALL.replace('terms = ["left-behind children"]', 'block = "chna"'), 5, "no block 'chna'"),
    ("combine names nobody", SMALL.replace("[concepts", 'combine = "populaton"\n[concepts', 1), 4,
     "Did you mean 'population'"),
    ("years in the wrong order", SMALL + "[limits]\nyears = [2020, 2010]\n", 10, "turn them round"),
    ("a language in words", SMALL + '[limits]\nlanguages = ["English"]\n', 10, "en for English"),
    ("a reason twice", SMALL + 2 * '[[eligibility.exclude]]\ncode = "other"\nlabel = "Other"\n', 13, "twice"),
    ("an unknown field", SMALL + '[fields]\npubmed = "titel"\n', 10, "Did you mean 'title'"),
    ("a database twice", SMALL.replace('["pubmed"]', '["pubmed", "PubMed"]'), 3, "the same database"),
    ("no title", SMALL.replace("title = ", "framework = "), None, "title is missing"),
]


@pytest.mark.parametrize(("text", "line", "words"), [m[1:] for m in INVALID], ids=[m[0] for m in INVALID])
def test_each_mistake_has_a_place_and_a_cure(definition_file: Write, text: str, line: int | None,
                                             words: str) -> None:
    path = definition_file(text)
    error = refused(path)
    assert error.file == str(path)
    assert words in error.message
    assert line in {i.line for i in error.issues}


def test_all_mistakes_are_told_at_once(definition_file: Write) -> None:
    error = refused(definition_file('databases = ["nowhere"]\ncolour = "red"\n[concepts.a]\nterms = []\n'))
    told = [i.message for i in error.issues]
    assert len(told) == 5       # title, database, unknown key, no terms, no reviewers
    for words in ("title is missing", "nowhere", "colour", "has no terms", "no reviewers"):
        assert any(words in m for m in told)


@pytest.mark.parametrize(("data", "words"), [
    (b"", "title is missing"), (b"\x00\x01\x02", "not valid TOML"), (b"title = \"\xff\"", "not UTF-8"),
    (b"PK\x03\x04\x14\x00\xfe\xff", "not UTF-8"),
])
def test_files_that_are_no_definitions(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(data)
    assert words in refused(path).message


def test_a_definition_that_is_not_there(tmp_path: Path) -> None:
    assert "There is no definition" in refused(tmp_path / "gone.toml").message
    assert "can't be read" in refused(tmp_path).message


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(definition_file: Write, tmp_path: Path) -> None:
    plain = load(definition_file())
    other = tmp_path / "other.toml"
    other.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
    assert load(other).sha == plain.sha


def test_comments_and_order_of_tables_do_not_change_the_version(definition_file: Write) -> None:
    first = load(definition_file())
    head, screening = SMALL.split("[screening]")
    title, concepts = head.split("[concepts")
    moved = f"# a note\n{title}[screening]{screening}[concepts{concepts}"
    assert load(definition_file(moved)).sha == first.sha
    assert load(definition_file(SMALL.replace("children", "child"))).sha != first.sha
    assert first.sha == hashlib.sha256(first.resolved.encode()).hexdigest()


def test_a_block_comes_first_and_the_version_does_not_need_it(definition_file: Write) -> None:
    text = SMALL.replace('terms = ["left-behind children"]', 'block = "kids"\nterms = ["LBC", "own term"]')
    path = definition_file(text, kids='title = "Kids"\nterms = ["left-behind children", "LBC"]\nzh = ["留守儿童"]\n')
    definition = load(path)
    assert definition.concepts["population"].terms == ("left-behind children", "LBC", "own term")
    kept = loads_resolved(definition.resolved, "small")
    assert kept == definition and "block" not in definition.resolved


def test_a_changed_block_is_a_changed_definition(definition_file: Write) -> None:
    text = SMALL.replace('terms = ["left-behind children"]', 'block = "kids"')
    before = load(definition_file(text, kids='terms = ["a"]\n')).sha
    assert load(definition_file(text, kids='terms = ["b"]\n')).sha != before


def test_a_broken_block_is_named_by_its_own_file(definition_file: Write) -> None:
    text = SMALL.replace('terms = ["left-behind children"]', 'block = "kids"')
    error = refused(definition_file(text, kids='terms = ["a"\n'))
    assert any(i.file.endswith("blocks/kids.toml") and i.line == 1 for i in error.issues)
    error = refused(definition_file(text, kids='terms = ["a"]\ntrems = ["b"]\n'))
    assert any(i.file.endswith("blocks/kids.toml") and i.line == 2 and "trems" in i.message for i in error.issues)


def test_words_that_other_formats_would_turn_into_values_stay_text(definition_file: Write) -> None:
    definition = load(definition_file(SMALL.replace('"left-behind children"', '"NO", "ON", "2010:2020", "1E5"')))
    assert definition.concepts["population"].terms == ("NO", "ON", "2010:2020", "1E5")


def test_retired_reasons_keep_their_code(definition_file: Write) -> None:
    text = SMALL + '[[eligibility.exclude]]\ncode = "old"\nlabel = "Old"\nretired = true\n' \
                   '[[eligibility.exclude]]\ncode = "new"\nlabel = "New"\n'
    reasons = load(definition_file(text)).reasons
    assert [(r.code, r.label, r.retired) for r in reasons] == [("old", "Old", True), ("new", "New", False)]


def test_screening_as_the_definition_says(definition_file: Write) -> None:
    text = SMALL + 'dual = 0.2\npilot = 25\npilot-counts = true\ntitle-abstract = "advance"\nfull-text = "first"\n'
    screening = load(definition_file(text)).screening
    assert (screening.reviewers, screening.adjudicator) == (("AB", "CD"), "EF")
    assert (screening.dual, screening.pilot, screening.pilot_counts) == (0.2, 25, True)
    assert (screening.title_abstract, screening.full_text, screening.blind) == ("advance", "first", True)


def test_a_kept_version_may_name_a_database_that_nobody_compiles_for_now(definition_file: Write) -> None:
    text = load(definition_file()).resolved.replace("pubmed", "a-database-of-long-ago")
    assert loads_resolved(text, "small").databases == ("a-database-of-long-ago",)


def test_an_override_is_used_as_it_stands(definition_file: Write) -> None:
    string = '(untidy "string", [xy] exactly'
    text = SMALL.replace('["pubmed"]', '["pubmed", "My Database"]') + f"[override.my-database]\nstring = '{string}'\n"
    assert compile(load(definition_file(text)), "my database").strings[0].string == string


def test_a_new_definition_is_valid_as_it_stands(definition_file: Write) -> None:
    definition = load(definition_file(new_text("grand-parents"), id="grand-parents"))
    assert (definition.id, definition.title) == ("grand-parents", "Grand parents")
    assert load(definition_file(new_text("x", 'A "quoted" title\\'), id="x")).title == 'A "quoted" title\\'
    assert all(compile(definition, d).strings for d in definition.databases)


def test_a_copy_keeps_comments_and_says_where_it_came_from(definition_file: Write) -> None:
    source = "# a note at the top\n" + SMALL
    copy = copy_text(source, "old", "new")
    definition = load(definition_file(copy, id="new"))
    assert definition.lineage == "old" and "# a note at the top" in copy
    again = load(definition_file(copy_text(copy, "new", "newer"), id="newer"))
    assert again.lineage == "new"
    with pytest.raises(ReviewError):
        copy_text("title = ", "old", "new")


def test_monstrous_values_are_located_too(definition_file: Write) -> None:
    for value in ("[" * 5000 + "]" * 5000, "9" * 6000):
        assert refused(definition_file(SMALL + f"pilot = {value}\n")).line == 9
    deep = "(" * 300 + "population" + ")" * 300
    assert "parentheses" in refused(definition_file(SMALL.replace("[concepts", f'combine = "{deep}"\n[concepts', 1))).message


@pytest.mark.parametrize("combine", ["", "population AND", "AND population", "population population", "(population",
                                     "population)", "population OR population AND population", "()", "NOT"])
def test_combinations_that_say_nothing(definition_file: Write, combine: str) -> None:
    text = SMALL.replace("[concepts", f'combine = "{combine}"\n[concepts', 1)
    assert refused(definition_file(text)).line == 4


PIECES = st.sampled_from(['"', "“", "[", "]", "=", "\n", "#", "{", "}", ",", "terms", "x", "1", "true", ".", "[[", "\\", "留",
                          "\x00", "'"])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, len(SMALL)), st.integers(0, 4), PIECES | st.just("")), min_size=1, max_size=3))
def test_any_slip_of_the_hand_is_read_or_refused_with_a_place(definition_file: Write,
                                                               slips: list[tuple[int, int, str]]) -> None:
    text = SMALL
    for at, gone, piece in slips:
        text = text[:at] + piece + text[at + gone:]
    try:
        definition = load(definition_file(text))
    except ReviewError as error:
        assert error.code == "definition" and error.file and error.message
    else:
        assert loads_resolved(definition.resolved, "small").sha == definition.sha


@pytest.mark.parametrize(("block", "cure"), [
    (None, "no block 'china'"),
    ('block = "other"\n', "Blocks don't take other blocks"), ('term = ["China"]\n', "Did you mean 'terms'?"),
])
def test_what_is_wrong_with_a_block_is_told_once(tmp_path: Path, block: str | None, cure: str) -> None:
    (tmp_path / "blocks").mkdir()
    if block:
        (tmp_path / "blocks" / "china.toml").write_text(block, encoding="utf-8")
    path = tmp_path / "x.toml"
    path.write_text(SMALL.replace('terms = ["left-behind children"]', 'block = "china"'), encoding="utf-8")
    with pytest.raises(ReviewError) as caught:
        load(path)
    assert cure in caught.value.message
    assert "has no terms" not in caught.value.message


def test_an_empty_block_gives_a_concept_without_terms(tmp_path: Path) -> None:
    (tmp_path / "blocks").mkdir()
    (tmp_path / "blocks" / "china.toml").write_text('title = "China"\n', encoding="utf-8")
    path = tmp_path / "x.toml"
    path.write_text(SMALL.replace('terms = ["left-behind children"]', 'block = "china"'), encoding="utf-8")
    with pytest.raises(ReviewError, match="has no terms"):
        load(path)


@pytest.mark.parametrize("start", ["last week", "2020-13-01x", "yesterday"])
def test_a_date_that_is_none_is_refused(tmp_path: Path, start: str) -> None:
    path = tmp_path / "x.toml"
    path.write_text(SMALL.replace('terms = ["left-behind children"]', f'dates = [{{ field = "created", from = "{start}" }}]'),
                    encoding="utf-8")
    with pytest.raises(ReviewError, match="is not a date"):
        load(path)
