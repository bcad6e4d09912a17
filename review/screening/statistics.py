"""Statistics of agreement between reviewers, in plain Python.

The data are reports, each with the decisions it got, one a reviewer, in the reviewers' order, "" where one did not
decide; equal ones are counted together: decisions -> number of reports (`Units`). Of two reviewers that is the
table of their pairs of decisions. What the data can't tell is None, never NaN.

Intervals are 95% intervals. Those made from a standard error take the normal distribution and end at the
coefficient's largest value, 1; with few reports they are rough.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

Units = Mapping[tuple[str, ...], int]
Distance = Callable[[Sequence[str], Mapping[str, float], str, str], float]

Z = 1.959963984540054               # the 97.5% point of the normal distribution


@dataclass(frozen=True, slots=True)
class Estimate:
    """A coefficient and its 95% interval; `low` and `high` are None where the data can't give one."""

    value: float
    low: float | None = None
    high: float | None = None


def _estimate(value: float, variance: float) -> Estimate:
    """With value +- 1.96 standard errors, at most 1. A variance of nought tells nothing, so it gives no interval."""
    if variance <= 1e-15:
        return Estimate(value)
    half = Z * sqrt(variance)
    return Estimate(value, value - half, min(1.0, value + half))


def categories(units: Units) -> list[str]:
    """The decisions that occur."""
    return sorted({c for row, n in units.items() if n for c in row if c})


def percent(table: Units) -> Estimate:
    """Share of reports on which both decided alike, 0 to 1, with the score interval.

    Wilson EB. Probable inference, the law of succession, and statistical inference. J Am Stat Assoc 1927;22:209-12.
    """
    n = sum(table.values())
    p = sum(count for (a, b), count in table.items() if a == b) / n
    centre = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    return Estimate(p, min(p, max(0.0, centre - half)), max(p, min(1.0, centre + half)))


def mean_agreement(units: Units) -> float:
    """Of the pairs of reviewers of a report, the share that decided alike; the mean over the reports."""
    rated = _paired(units)
    return sum(_alike(row) * count for row, count in rated.items()) / sum(rated.values())


def team_percent(units: Units) -> Estimate:
    """`mean_agreement` with its interval, from the spread of the reports' own agreement.

    Gwet KL. Handbook of inter-rater reliability. 4th ed. 2014, chapter 5: variance of the percent agreement of many raters.
    """
    rated = _paired(units)
    n, mean = sum(rated.values()), mean_agreement(units)
    if n < 2:
        return Estimate(mean)
    found = _estimate(mean, sum(count * (_alike(row) - mean) ** 2 for row, count in rated.items()) / (n * (n - 1)))
    return found if found.low is None else Estimate(mean, max(0.0, found.low), found.high)


def cohen_kappa(table: Units) -> Estimate | None:
    """Cohen's kappa; None where both used one and the same category only.

    Coefficient: Cohen J. A coefficient of agreement for nominal scales. Educ Psychol Meas 1960;20:37-46.
    Standard error: the large-sample one, Fleiss JL, Cohen J, Everitt BS. Large sample standard errors of kappa and
    weighted kappa. Psychol Bull 1969;72:323-7.
    """
    n = sum(table.values())
    rows: Counter[str] = Counter()
    columns: Counter[str] = Counter()
    for (a, b), count in table.items():
        rows[a] += count
        columns[b] += count
    by_chance = sum(rows[c] * columns[c] for c in rows)
    if by_chance == n * n:
        return None
    chance = by_chance / (n * n)
    kappa = (sum(count for (a, b), count in table.items() if a == b) / n - chance) / (1 - chance)
    spread = 0.0
    for (a, b), count in table.items():
        if a == b:
            spread += count / n * (1 - (rows[a] + columns[a]) / n * (1 - kappa)) ** 2
        else:
            spread += count / n * ((columns[a] + rows[b]) / n * (1 - kappa)) ** 2
    variance = (spread - (kappa - chance * (1 - kappa)) ** 2) / (n * (1 - chance) ** 2)
    return _estimate(kappa, variance)


def pabak(table: Units) -> Estimate | None:
    """Prevalence-adjusted, bias-adjusted kappa: (k p - 1) / (k - 1) for k categories that occur, p the share of
    agreement; 2p - 1 for two. None with one category.

    Byrt T, Bishop J, Carlin JB. Bias, prevalence and kappa. J Clin Epidemiol 1993;46:423-9; more than two categories:
    Bennett EM, Alpert R, Goldstein AC. Public Opin Q 1954;18:303-8. It is a straight line in p, so the interval is
    the score interval of p moved along with it.
    """
    k = len(categories(table))
    if k < 2:
        return None
    p = percent(table)
    low, value, high = ((k * x - 1) / (k - 1) for x in (p.low or 0.0, p.value, p.high or 0.0))
    return Estimate(value, low, high)


def gwet_ac1(units: Units) -> Estimate | None:
    """Gwet's AC1 of two or more reviewers over the categories that occur; None with one category.

    Gwet KL. Computing inter-rater reliability and its variance in the presence of high agreement. Br J Math Stat
    Psychol 2008;61:29-48: coefficient and variance. Reports that one reviewer alone decided are left out.
    """
    k = len(categories(_paired(units)))
    if k < 2:
        return None
    return _chance_corrected(units, lambda share: share * (1 - share) / (k - 1), lambda share: (1 - share) / (k - 1))


def fleiss_kappa(units: Units) -> Estimate | None:
    """Fleiss' kappa, over the reports that all the reviewers decided; None with one category or no such report.

    Coefficient: Fleiss JL. Measuring nominal scale agreement among many raters. Psychol Bull 1971;76:378-82.
    Variance: Gwet KL. Large-sample variance of Fleiss generalized kappa. Educ Psychol Meas 2021;81:781-90 (that of
    1979 holds only where there is no agreement but chance).
    """
    full = {row: count for row, count in units.items() if all(row)}
    if len(categories(full)) < 2:
        return None
    return _chance_corrected(full, lambda share: share * share, lambda share: share)


def _chance_corrected(units: Units, whole: Callable[[float], float], unit: Callable[[float], float]) -> Estimate | None:
    """(a - e) / (1 - e), where e sums `whole` over the categories' shares; the variance by linearization, with e of
    one unit summing its own shares times `unit` of the shares (Gwet 2008, 2021)."""
    rated = _paired(units)
    n = sum(rated.values())
    if n < 2:
        return None
    shares: dict[str, float] = defaultdict(float)
    for row, count in rated.items():
        for c, share in _shares(row).items():
            shares[c] += share * count / n
    agreed = mean_agreement(rated)
    chance = sum(whole(share) for share in shares.values())
    value = (agreed - chance) / (1 - chance)
    squares = 0.0
    for row, count in rated.items():
        expected = sum(share * unit(shares[c]) for c, share in _shares(row).items())
        pull = (_alike(row) - agreed - 2 * (1 - value) * (expected - chance)) / (1 - chance)
        squares += count * pull * pull
    return _estimate(value, squares / (n * (n - 1)))


def _paired(units: Units) -> dict[tuple[str, ...], int]:
    """The reports that two reviewers or more decided: the others tell nothing of agreement."""
    return {row: count for row, count in units.items() if count and sum(map(bool, row)) > 1}


def _votes(row: tuple[str, ...]) -> Counter[str]:
    """Category -> how many reviewers chose it for one report."""
    return Counter(c for c in row if c)


def _shares(row: tuple[str, ...]) -> dict[str, float]:
    """Category -> the share of a report's reviewers who chose it."""
    given = _votes(row)
    return {c: m / sum(given.values()) for c, m in given.items()}


def _alike(row: tuple[str, ...]) -> float:
    """Share of the pairs of reviewers of one report who decided alike."""
    given = _votes(row)
    m = sum(given.values())
    return sum(k * (k - 1) for k in given.values()) / (m * (m - 1))


def nominal(order: Sequence[str], used: Mapping[str, float], a: str, b: str) -> float:
    """Distance of two decisions where any two differ alike."""
    return float(a != b)


def ordinal(order: Sequence[str], used: Mapping[str, float], a: str, b: str) -> float:
    """Squared distance of two decisions that have an order: how many decisions lie between them, the two by half."""
    low, high = sorted((order.index(a), order.index(b)))
    between = sum(used.get(c, 0.0) for c in order[low:high + 1])
    return (between - (used[a] + used[b]) / 2) ** 2


def interval(order: Sequence[str], used: Mapping[str, float], a: str, b: str) -> float:
    """Squared distance of two numbers."""
    return (float(a) - float(b)) ** 2


def krippendorff_alpha(units: Units, order: Sequence[str] = (), distance: Distance = nominal) -> Estimate | None:
    """Krippendorff's alpha; reviewers may have left reports out. None where all decisions are the same.

    Krippendorff K. Computing Krippendorff's alpha-reliability. University of Pennsylvania, 2011: coincidences and
    distances. `order` lists the categories from the lowest; only `ordinal` needs it. The interval comes from leaving
    out each report in turn (Efron B, Tibshirani RJ. An introduction to the bootstrap. 1993, chapter 11).
    """
    paired = _paired(units)
    value = _alpha(paired, order, distance)
    if value is None:
        return None
    n = sum(paired.values())
    without = [(_alpha({**paired, row: count - 1}, order, distance), count) for row, count in paired.items()]
    left = [(v, count) for v, count in without if v is not None]
    if len(left) < len(without):
        return Estimate(value)              # one report alone tells that there is more than one category
    mean = sum(v * count for v, count in left) / n
    return _estimate(value, (n - 1) / n * sum(count * (v - mean) ** 2 for v, count in left))


def _alpha(units: Units, order: Sequence[str], distance: Distance) -> float | None:
    """1 - observed / expected disagreement."""
    pairs: dict[tuple[str, str], float] = defaultdict(float)
    used: dict[str, float] = defaultdict(float)
    for row, count in units.items():
        given = _votes(row)
        m = sum(given.values())
        for a, times in given.items():
            used[a] += times * count
            for b, others in given.items():
                pairs[a, b] += times * (others - (a == b)) * count / (m - 1)
    total = sum(used.values())
    weigh = {a: k for a, k in used.items() if k}
    expected = sum(x * y * distance(order, weigh, a, b) for a, x in weigh.items() for b, y in weigh.items())
    if not expected:
        return None
    observed = sum(x * distance(order, weigh, a, b) for (a, b), x in pairs.items() if x)
    return 1 - (total - 1) * observed / expected
