"""The flow diagram: what it says, that nothing overlaps, and that anyone can read it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.model import ReviewError
from review.prisma.box import Counts
from review.prisma.cells import Appearance, chart
from review.prisma.diagram import draw_svg
from review.prisma.layout import Figure, Rect, lay_out
from review.prisma.wording import STUDIES, load, names
from tests.prisma.flows import TEMPLATES, counts, template

SVG = "{http://www.w3.org/2000/svg}"


def words(svg: str, box: str = "") -> str:
    """All text of the figure, or of one box, wrapped lines joined."""
    root = ElementTree.fromstring(svg)
    if box:
        root = next(g for g in root.iter(f"{SVG}g") if g.get("id") == f"flow-{box}")
    return " ".join(text.text or "" for text in root.iter(f"{SVG}text"))


# --- what it says


def test_a_new_review_says_what_the_official_template_says() -> None:
    svg = draw_svg(template("new"))
    assert "Identification of studies via databases and registers" in words(svg, "newstud")
    assert words(svg, "box2") == ("Records identified from: Databases (n = 650): PubMed (n = 262) Google Scholar "
                                  "(n = 388) Registers (n = 12): ClinicalTrials.gov (n = 12)")
    assert words(svg, "box3") == ("Records removed before screening: Duplicate records removed (n = 102) of which "
                                  "found while screening (n = 22) Records marked as ineligible by automation tools "
                                  "(n = 0) Records removed for other reasons (n = 0)")
    assert words(svg, "box4") == "Records screened (n = 560)"
    assert words(svg, "box6") == "Reports sought for retrieval (n = 60)"
    assert words(svg, "box7") == "Reports not retrieved (n = 3)"
    assert words(svg, "box8") == "Reports assessed for eligibility (n = 57)"
    assert words(svg, "box9") == "Reports excluded (n = 35): Wrong population (n = 20) Wrong concept (n = 15)"
    assert words(svg, "beside") == "Reports awaiting classification (n = 3) Reports of ongoing studies (n = 2)"
    assert words(svg, "box10").startswith("Studies included in review")
    assert "Reports of included studies (n = 17)" in words(svg, "box10")
    for absent in ("box1", "box11", "box16", "draft"):
        assert f'"flow-{absent}"' not in svg


@pytest.mark.parametrize(("name", "boxes"), [
    ("new", range(2, 11)), ("new-other", range(2, 16)), ("updated", (*range(1, 11), 16)),
    ("updated-other", range(1, 17))])
def test_each_template_has_its_boxes(name: str, boxes: range) -> None:
    svg = draw_svg(template(name))
    assert sorted(map(int, re.findall(r'id="flow-box(\d+)"', svg))) == sorted(boxes)


def test_an_update_names_new_and_old() -> None:
    svg = draw_svg(template("updated-other", further_reports=1, total_reports=36))
    assert words(svg, "box1") == ("Studies included in previous version of review (n = 17) Reports of studies "
                                  "included in previous version of review (n = 18)")
    assert words(svg, "prevstud") == "Previous studies"
    assert words(svg, "othstud") == "Identification of new studies via other methods"
    assert words(svg, "box10").replace("*", "").replace("†", "") == (
        "New studies included in review (n = 19) Reports of new included studies (n = 17) Further reports of "
        "studies in the previous version (n = 1)")
    assert words(svg, "box16") == ("Total studies included in review (n = 36) Reports of total included studies "
                                   "(n = 36)")


def test_other_methods_list_what_was_not_sought_and_say_it_in_a_footnote() -> None:
    svg = draw_svg(template("new-other"))
    assert words(svg, "box11") == ("Records identified from: Websites (n = 14) Organisations (n = 4) Citation "
                                   "searching (n = 9) Contacts (n = 1)")
    assert "Already found (n = 6) Dropped before retrieval (n = 2)" in words(svg, "not-sought")
    assert "6 found already" in words(svg, "notes") and "2 dropped before retrieval" in words(svg, "notes")


def test_thousands_are_separated() -> None:
    assert "Records screened (n = 560,000)" in words(draw_svg(template("new", factor=1000)))


def test_a_draft_says_so_and_why_and_shows_what_is_pending() -> None:
    svg = draw_svg(counts({"database_results": 20, "records_screened": 20, "undecided_screening": 12,
                           "conflicts_screening": 3, "pending_retrieval": 1, "oth_pending_full_text": 2},
                          final=False, other=True, reasons=("12 records await screening", "one search is open")))
    assert words(svg, "draft") == ("DRAFT: these numbers are not final • 12 records await screening • one search is "
                                   "open")
    assert words(svg, "screen-pending") == "Records not yet decided (n = 12) Records in conflict (n = 3)"
    assert words(svg, "seek-pending") == "Reports not yet retrieved (n = 1)"
    assert words(svg, "other-seek-pending") == "Reports not yet decided (n = 2)"
    assert "DRAFT" not in draw_svg(template("new"))


def test_a_draft_with_many_reasons_names_six() -> None:
    svg = draw_svg(counts({}, final=False, reasons=tuple(f"reason {i}" for i in range(9))))
    assert "reason 5" in svg and "reason 6" not in svg and "and 3 more reasons" in svg


def test_the_services_own_hits_stand_beside_and_never_as_a_count() -> None:
    svg = draw_svg(counts({"database_results": {"Google Scholar": 388}}, hits={"Google Scholar": 12300}))
    assert "12,300" not in words(svg, "box2")
    assert "Google Scholar 12,300" in words(svg, "notes") and "not counts of records" in words(svg, "notes")
    assert "identified from*:" in words(svg, "box2")


def test_people_and_tools_are_told_apart_in_a_footnote() -> None:
    svg = draw_svg(template("new", excluded_by_tools=120))
    assert "Excluded by people: 380; by automation tools: 120." in words(svg, "notes")
    assert "Records excluded*" in words(svg, "box5")


def test_more_studies_than_reports_is_footnoted_and_fewer_is_not() -> None:
    assert "More studies than reports" in draw_svg(template("new"))
    assert "More studies than reports" not in draw_svg(template("new", new_studies=17))


def test_layers_can_be_left_out() -> None:
    bare = draw_svg(template("new"), Appearance(layers=()))
    assert words(bare, "box2") == "Records identified from: Databases (n = 650) Registers (n = 12)"
    assert words(bare, "box5") == "Records excluded (n = 500)"
    assert "automation" not in words(bare, "box3")
    assert "automation tools (n = 4)" in words(draw_svg(template("new", excluded_automatic=4), Appearance(layers=())), "box3")


def test_sources_of_evidence_is_a_table_of_words() -> None:
    svg = draw_svg(template("updated-other"), Appearance(load("sources-of-evidence")))
    assert "New sources of evidence included in review" in words(svg)
    assert "studies" not in words(svg).lower()


def test_another_language_is_another_table() -> None:
    """No English word of ours is left on a figure in another language; thousands are written as there."""
    flow = template("updated-other", factor=1000, excluded_other={"In the previous version": 3, "Other reasons": 2},
                    already_found={"In databases or registers": 4, "By other methods more than once": 2},
                    records_excluded={"No reason given": 5, "对象不符": 495})
    chinese, german = (draw_svg(flow, Appearance(load(name))) for name in ("zh", "de"))
    assert words(chinese, "box4") == "筛选的记录 (n = 560,000)"
    assert words(german, "box4") == "Gescreente Nachweise (n = 560.000)"
    assert words(chinese, "box5") == "排除的记录 (n = 500,000)： 未说明原因 (n = 5,000) 对象不符 (n = 495,000)"
    names_of_data = ("PubMed", "Google Scholar", "ClinicalTrials.gov", "Wrong population", "Wrong concept",
                     "Not a report of evidence", "PRISMA", "Policies for left-behind children", "n")
    left = re.sub("|".join(map(re.escape, names_of_data)), "", words(chinese))
    assert re.findall("[A-Za-z]{2,}", left) == []
    assert 'xml:lang="zh-CN"' in chinese and 'xml:lang="de"' in german


def test_a_table_of_the_authors_own(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text('extends = "studies"\nrecords_screened = "Hits looked at"\n', encoding="utf-8")
    assert words(draw_svg(template("new"), Appearance(load("ours", tmp_path))), "box4") == "Hits looked at (n = 560)"


@pytest.mark.parametrize(("text", "told"), [
    ('records_screened = "x"', "“language” is missing"), ('extends = "studies"\nrecord = "x"', "“record” is no word"),
    ('extends = "studies"\nnumber = "n"', "“number” must hold {n}"), ('extends = "latin"', "it can extend de,"),
    ('extends = "studies"\ntable = 3', "table must be text"), ("x", "can't be read")])
def test_a_table_that_lacks_something_is_refused(text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ReviewError) as caught:
        load("ours", tmp_path)
    assert told in caught.value.message and "ours.toml" in caught.value.message
    with pytest.raises(ReviewError) as caught:
        load("klingon", tmp_path)
    assert "sources-of-evidence" in caught.value.message


def test_every_table_has_every_word() -> None:
    assert {"studies", "sources-of-evidence", "zh", "de"} <= set(names())
    assert all(set(load(name)) == set(STUDIES) for name in names())


# --- for everyone


def test_it_has_a_title_and_a_description_of_the_whole_flow() -> None:
    root = ElementTree.fromstring(draw_svg(template("new-other")))
    assert root.get("role") == "img" and root.get("aria-labelledby") == "flow-title flow-desc"
    assert root.findtext(f"{SVG}title") == "PRISMA 2020 flow diagram: Policies for left-behind children"
    said = root.findtext(f"{SVG}desc") or ""
    for number in ("650", "102", "560", "57", "Wrong concept (n = 15)", "Citation searching (n = 9)"):
        assert number in said


def test_the_numbers_are_attached_as_data() -> None:
    root = ElementTree.fromstring(draw_svg(template("new")))
    data = json.loads(root.findtext(f"{SVG}metadata") or "")
    assert data["boxes"]["dbr_excluded"] == {"n": 35, "unit": "records",
                                             "parts": {"Wrong population": 20, "Wrong concept": 15}}
    assert (data["template"], data["final"]) == ("new", True)


def test_each_count_leads_to_its_records() -> None:
    svg = draw_svg(template("new-other"), link=lambda key: f"#box-{key}" if key != "duplicates" else "")
    root = ElementTree.fromstring(svg)
    links = {a.get("href"): " ".join(t.text or "" for t in a) for a in root.iter(f"{SVG}a")}
    assert links["#box-records_screened"] == "Records screened (n = 560)"
    assert links["#box-dbr_excluded"].endswith("Wrong concept (n = 15)")
    assert links["#box-other_sought_reports"] == "Reports sought for retrieval (n = 20)"
    assert "#box-duplicates" not in links
    assert root.get("role") == "group"


def test_names_that_would_be_markup_are_text() -> None:
    evil = '<script>alert("x")</script> & \x00 \ud800'
    svg = draw_svg(template("new", dbr_excluded={evil: 35}), link=lambda key: f'"><script>{key}')
    root = ElementTree.fromstring(svg)
    assert not list(root.iter(f"{SVG}script"))
    assert '<script>alert("x")</script> &' in words(svg, "box9")


def test_grey_uses_no_colour() -> None:
    colours = set(re.findall(r"#([0-9a-f]{6})", draw_svg(template("updated-other", final=False), Appearance(colour=False))))
    assert all(colour[:2] == colour[2:4] == colour[4:] for colour in colours)
    assert "ffc000" in draw_svg(template("new"))


def test_the_same_counts_give_the_same_bytes() -> None:
    assert draw_svg(template("updated-other")) == draw_svg(template("updated-other"))


# --- geometry


def overlap(a: Rect, b: Rect) -> bool:
    return a.x < b.right and b.x < a.right and a.y < b.bottom and b.y < a.bottom


def crosses(start: tuple[float, float], end: tuple[float, float], rect: Rect) -> bool:
    """Whether a horizontal or vertical line runs through the inside of a box."""
    left, right = sorted((start[0], end[0]))
    top, bottom = sorted((start[1], end[1]))
    return left < rect.right - 0.1 and right > rect.x + 0.1 and top < rect.bottom - 0.1 and bottom > rect.y + 0.1


def assert_sound(figure: Figure) -> None:
    for rect in figure.rects:
        assert rect.x >= 0 and rect.y >= 0 and rect.right <= figure.width and rect.bottom <= figure.height
        for line in rect.lines:
            if rect.rotated:
                assert line.width <= rect.height and line.size <= rect.width
            else:
                assert rect.x < line.x and line.x + line.width < rect.right, (rect.name, line.text)
                assert rect.y < line.y - line.size * 0.8 and line.y + line.size * 0.25 < rect.bottom
        baselines = [line.y for line in rect.lines]
        assert all(b - a >= rect.lines[0].size * 1.2 for a, b in zip(baselines, baselines[1:], strict=False))
    rects = list(figure.rects)
    for i, a in enumerate(rects):
        for b in rects[i + 1:]:
            assert not overlap(a, b), (a.name, b.name)
    for arrow in figure.arrows:
        assert arrow.end and len(arrow.points) >= 2
        for start, end in zip(arrow.points, arrow.points[1:], strict=False):
            assert start[0] == end[0] or start[1] == end[1]
            assert abs(start[0] - end[0]) + abs(start[1] - end[1]) >= 8, "room for the arrow's head"
            for rect in rects:
                assert not crosses(start, end, rect), (arrow.start, arrow.end, rect.name)
    lowest = max(rect.bottom for rect in rects)
    for note in figure.notes:
        assert note.y - note.size > lowest and note.x + note.width <= figure.width and note.y < figure.height


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("factor", [0, 1, 997, 1513])
@pytest.mark.parametrize("final", [True, False])
def test_nothing_overlaps_at_zero_small_and_six_digit_numbers(name: str, factor: int, final: bool) -> None:
    pending = {} if final else {"undecided_screening": 9, "oth_undecided": 8, "pending_retrieval": 7,
                                "oth_pending_full_text": 6, "oth_ongoing": 5}
    assert_sound(lay_out(chart(template(name, factor=factor, final=final, **pending))))


labels = st.text(st.characters(exclude_categories=["Cs"]), max_size=160) | st.sampled_from(
    ["", "未报告留守儿童的研究对象或数据不完整无法判断且作者未回复", "Donaudampfschifffahrtsgesellschaftskapitän" * 3,
     "a/b" * 40, "Ελληνικά και Кириллица, смешанные", "https://example.org/a-very-long-address?with=parameters&and=more"])
reasons = st.dictionaries(labels, st.integers(0, 2000), max_size=25)


@settings(max_examples=40, deadline=None)
@given(reasons, reasons, st.dictionaries(labels, st.integers(0, 2000), max_size=12), st.sampled_from(TEMPLATES),
       st.lists(labels, max_size=8), st.sampled_from([1, 60]), st.sampled_from(names()))
def test_nothing_overlaps_whatever_the_names(excluded: dict[str, int], other: dict[str, int],
                                             databases: dict[str, int], name: str, why: list[str],
                                             factor: int, table: str) -> None:
    flow = template(name, factor=factor, dbr_excluded=excluded, other_excluded=other, database_results=databases,
                    records_excluded=excluded)
    draft = Counts(flow.review, flow.title, not why, flow.updated, flow.other, flow.as_of, flow.boxes, (),
                   tuple(why), dict(databases), {"note_one_reviewer": factor})
    assert_sound(lay_out(chart(draft, Appearance(load(table)))))
    ElementTree.fromstring(draw_svg(draft))


def test_no_character_of_a_name_is_lost_in_wrapping() -> None:
    long = "Not from mainland China, Taiwan, Hong Kong or Macao; 研究对象不符合纳入标准，且无法获得进一步资料 " * 4
    svg = draw_svg(template("new", dbr_excluded={long: 35}))
    said = words(svg, "box9").replace(" ", "")
    assert long.replace(" ", "") in said


def test_the_lines_of_the_flow_join_the_boxes_of_the_templates() -> None:
    figure = lay_out(chart(template("updated-other")))
    joined = {(arrow.start, arrow.end) for arrow in figure.arrows}
    assert {("box2", "box3"), ("box2", "box4"), ("box4", "box5"), ("box4", "box6"), ("box6", "box7"),
            ("box6", "box8"), ("box8", "box9"), ("box8", "box10"), ("box11", "box12"), ("box12", "box13"),
            ("box12", "box14"), ("box14", "box15"), ("box14", "box10"), ("box10", "box16"),
            ("box1", "box16")} <= joined
