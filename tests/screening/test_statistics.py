"""Coefficients against published values, and against other people's programs where they are installed."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from review.screening import statistics as st

DECISIONS = ("exclude", "maybe", "include")


def square(a, b, c, d):
    """A 2x2 table, row by row: the first reviewer's yes, then no."""
    return {("yes", "yes"): a, ("yes", "no"): b, ("no", "yes"): c, ("no", "no"): d}


# 14 raters, 10 subjects, 5 categories: the textbook table of Fleiss' kappa.
TEXTBOOK = ((0, 0, 0, 0, 14), (0, 2, 6, 4, 2), (0, 0, 3, 5, 6), (0, 3, 9, 2, 0), (2, 2, 8, 1, 1),
            (7, 7, 0, 0, 0), (3, 2, 6, 3, 0), (2, 5, 3, 2, 2), (6, 5, 2, 1, 0), (0, 2, 2, 3, 7))
# Krippendorff 2011, "Computing Krippendorff's alpha-reliability", part C: four observers, twelve units.
OBSERVERS = ("1 2 3 3 2 1 4 1 2 . . .", "1 2 3 3 2 2 4 1 2 5 . 3", ". 3 3 3 2 3 4 2 2 5 1 .", "1 2 3 3 2 4 4 1 2 5 1 .")


def textbook():
    return Counter(tuple(str(k) for k, n in enumerate(row) for _ in range(n)) for row in TEXTBOOK)


def observed():
    units = zip(*(o.replace(".", "-").split() for o in OBSERVERS), strict=True)
    return Counter(tuple(v.strip("-") for v in unit) for unit in units)


def half_width(estimate):
    return (estimate.high - estimate.low) / 2


def test_two_reviewers_fifty_reports():
    table = square(20, 5, 10, 15)
    assert st.percent(table).value == pytest.approx(0.70)
    assert st.cohen_kappa(table).value == pytest.approx(0.40)


def test_sim_and_wright_2005():
    table = square(22, 2, 4, 11)
    assert st.cohen_kappa(table).value == pytest.approx(0.667, abs=5e-4)
    assert st.pabak(table).value == pytest.approx(0.692, abs=5e-4)
    assert st.gwet_ac1(table).value == pytest.approx(0.715, abs=5e-4)


def test_the_paradox_of_kappa_gwet():
    table = square(118, 5, 2, 0)
    assert st.cohen_kappa(table).value == pytest.approx(-0.0234, abs=5e-5)
    assert st.pabak(table).value == pytest.approx(0.888)
    assert st.gwet_ac1(table).value == pytest.approx(0.9408, abs=5e-5)


def test_interval_of_kappa_as_stata_prints_it():
    """A table posted with the output of Stata's `kapci` (analytical): 0.3411969 (0.2896668 - 0.3927271)."""
    kappa = st.cohen_kappa(square(1395, 118, 261, 158))
    assert kappa.value == pytest.approx(0.3411969207847029)
    assert (kappa.low, kappa.high) == pytest.approx((0.2896667786271169, 0.3927270629422889))


@pytest.mark.parametrize(("table", "error"), [(square(22, 2, 4, 11), 0.11329), (square(118, 5, 2, 0), 0.02306)])
def test_interval_of_ac1(table, error):
    """Standard errors as irrCAC (the program of AC1's author) gives them."""
    assert half_width(st.gwet_ac1(table)) == pytest.approx(1.959964 * error, abs=2e-5)


def test_score_interval_of_the_percentage():
    """Newcombe 1998 (Stat Med 17:857-72), table I: 81 of 263, 0.2553 to 0.3662; 20 of 20, from 0.8389 on."""
    table = {("y", "y"): 81, ("y", "n"): 182}
    found = st.percent(table)
    assert (found.low, found.high) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    whole = st.percent({("y", "y"): 20})
    assert (whole.low, whole.high) == pytest.approx((0.8389, 1.0), abs=5e-5)


def test_textbook_table_of_fleiss():
    kappa = st.fleiss_kappa(textbook())
    assert kappa.value == pytest.approx(0.2099, abs=5e-5)
    assert half_width(kappa) == pytest.approx(1.959964 * 0.0923711, abs=1e-6)       # standard error: irrCAC


def test_ac1_of_many_raters():
    ac1 = st.gwet_ac1(textbook())
    assert ac1.value == pytest.approx(0.2256142, abs=1e-7)                          # irrCAC
    assert half_width(ac1) == pytest.approx(1.959964 * 0.0933241, abs=1e-6)


@pytest.mark.parametrize(("distance", "published"), [(st.nominal, 0.743), (st.ordinal, 0.815), (st.interval, 0.849)])
def test_krippendorff_2011(distance, published):
    alpha = st.krippendorff_alpha(observed(), ("1", "2", "3", "4", "5"), distance)
    assert alpha.value == pytest.approx(published, abs=5e-4)
    assert alpha.low < alpha.value < alpha.high <= 1


def test_krippendorff_2011_two_observers():
    """The example of nominal data and two observers: .692."""
    ben, gerry = "aabbdcccedda", "babbbcccedd" + "d"
    assert st.krippendorff_alpha(Counter(zip(ben, gerry, strict=True))).value == pytest.approx(0.692, abs=5e-4)


def test_agreement_of_a_team_has_an_interval():
    """Three raters, ten reports: six alike, four with one pair of three alike; by hand."""
    units = {("i", "i", "i"): 6, ("i", "i", "e"): 4}
    found = st.team_percent(units)
    mean = (6 + 4 / 3) / 10
    spread = (6 * (1 - mean) ** 2 + 4 * (1 / 3 - mean) ** 2) / 90
    assert found.value == pytest.approx(mean) and found.low == pytest.approx(mean - 1.959964 * spread ** 0.5, abs=1e-6)
    assert st.team_percent({("i", "i", "i"): 1}).low is None


def test_one_category_alone_tells_nothing_beyond_the_percentage():
    table = {("exclude", "exclude"): 40}
    assert st.percent(table).value == 1
    assert st.cohen_kappa(table) is st.pabak(table) is st.gwet_ac1(table) is st.fleiss_kappa(table) is None
    assert st.krippendorff_alpha(table) is None


def test_full_agreement_has_no_interval_of_width_nought():
    table = square(10, 0, 0, 30)
    for found in (st.cohen_kappa(table), st.gwet_ac1(table), st.krippendorff_alpha(table)):
        assert found.value == pytest.approx(1)
        assert found.low is None and found.high is None
    assert st.percent(table).low < 1
    assert st.pabak(table).low == pytest.approx(2 * st.percent(table).low - 1)


def test_fleiss_takes_only_reports_that_all_decided_and_alpha_takes_all():
    full = Counter({("i", "i", "e"): 3, ("e", "e", "e"): 5, ("i", "i", "i"): 4})
    assert st.fleiss_kappa(full + Counter({("i", "e", ""): 7})) == st.fleiss_kappa(full)
    assert st.krippendorff_alpha(full + Counter({("i", "e", ""): 7})).value < st.krippendorff_alpha(full).value
    assert st.krippendorff_alpha(full + Counter({("i", "", ""): 7})) == st.krippendorff_alpha(full)


pairs = some.lists(some.tuples(some.sampled_from(DECISIONS), some.sampled_from(DECISIONS)), min_size=1, max_size=60)


@settings(deadline=None)                    # the first example loads the package
@given(pairs)
def test_kappa_as_scikit_learn_gives_it(rows):
    metrics = pytest.importorskip("sklearn.metrics")
    ours = st.cohen_kappa(Counter(rows))
    if ours is None:
        assert len({c for row in rows for c in row}) == 1
    else:
        assert ours.value == pytest.approx(metrics.cohen_kappa_score(*zip(*rows, strict=True)))


@settings(deadline=None)
@given(some.lists(some.tuples(*[some.sampled_from((*DECISIONS, ""))] * 3), min_size=2, max_size=40),
       some.sampled_from(("nominal", "ordinal")))
def test_alpha_as_the_krippendorff_package_gives_it(rows, level):
    package = pytest.importorskip("krippendorff")
    ours = st.krippendorff_alpha(Counter(rows), DECISIONS, getattr(st, level))
    counts = [[row.count(d) for d in DECISIONS] for row in rows]
    used = {d for row in rows if len([c for c in row if c]) > 1 for d in row if d}
    if len(used) < 2:
        assert ours is None
    else:
        theirs = package.alpha(value_counts=counts, value_domain=range(3), level_of_measurement=level)
        assert ours.value == pytest.approx(theirs)


@given(pairs)
def test_what_is_told_is_a_number_within_its_bounds(rows):
    table = Counter(rows)
    for found in (st.percent(table), st.cohen_kappa(table), st.pabak(table), st.gwet_ac1(table),
                  st.fleiss_kappa(table), st.krippendorff_alpha(table, DECISIONS, st.ordinal)):
        if found is not None:
            assert -1.0000001 <= found.value <= 1.0000001
            assert (found.low is None) == (found.high is None)
            if found.low is not None:
                assert found.low <= found.value + 1e-12 and found.value <= found.high + 1e-12
