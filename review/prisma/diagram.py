"""The PRISMA 2020 flow diagram as SVG: text as text, accessible, the same bytes from the same counts."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from xml.sax.saxutils import escape, quoteattr

from review.documents.xmltext import clean
from review.prisma.box import Counts
from review.prisma.cells import USUAL, Appearance, Chart, chart
from review.prisma.layout import FONT, Arrow, Figure, Rect, TextLine, lay_out
from review.prisma.measure import NBSP, is_wide

Link = Callable[[str], str]

FAMILY = ("Arial, Helvetica, 'Liberation Sans', 'Noto Sans CJK SC', 'Microsoft YaHei', 'PingFang SC', "
          "sans-serif")
# Lines with Chinese, Japanese or Korean: converters take the first family for a whole line.
FAMILY_WIDE = "'Noto Sans CJK SC', 'Microsoft YaHei', 'PingFang SC', Arial, Helvetica, sans-serif"
Look = tuple[str, str, str, float]      # fill, border, dashes, corner radius

# The templates' yellow, grey and blue, then the same in greys
LOOKS: Mapping[str, Look] = {
    "head": ("#ffc000", "#7f6000", "", 6), "head-grey": ("#d9d9d9", "#7f7f7f", "", 6),
    "phase": ("#9dc3e6", "#41719c", "", 6), "box": ("#ffffff", "#000000", "", 0),
    "grey": ("#f2f2f2", "#595959", "", 0), "pending": ("#fff8e1", "#b26a00", "4 2.5", 0),
    "draft": ("#fdecea", "#b3261e", "", 4),
}
LOOKS_GREY: Mapping[str, Look] = {
    "head": ("#d9d9d9", "#000000", "", 6), "head-grey": ("#eeeeee", "#595959", "", 6),
    "phase": ("#d9d9d9", "#595959", "", 6), "box": ("#ffffff", "#000000", "", 0),
    "grey": ("#f5f5f5", "#595959", "", 0), "pending": ("#ffffff", "#595959", "4 2.5", 0),
    "draft": ("#ffffff", "#000000", "", 4),
}


def draw_svg(counts: Counts, appearance: Appearance = USUAL, *, link: Link | None = None) -> str:
    """The flow diagram of one of the four PRISMA 2020 templates, as an SVG document.

    `link` gives the address that a box's count leads to, by its key (empty: none). The counts themselves are
    attached as JSON in the document's metadata. Lengths are points: the figure prints in 9 point type.
    """
    flow = chart(counts, appearance)
    figure = lay_out(flow)
    palette = LOOKS if appearance.colour else LOOKS_GREY
    width, height = _n(figure.width), _n(figure.height)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}pt" height="{height}pt" '
        f'viewBox="0 0 {width} {height}" xml:lang={quoteattr(appearance.words["language"])} '
        f'role="{"group" if link else "img"}" aria-labelledby="flow-title flow-desc" '
        f'font-family="{FAMILY}" font-size="{_n(FONT)}">',
        f'<title id="flow-title">{_text(flow.title)}</title>',
        f'<desc id="flow-desc">{_text(describe(flow))}</desc>',
        f'<metadata id="flow-counts">{_text(_data(counts))}</metadata>',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        *(_arrow(arrow) for arrow in figure.arrows),
        *(_rect(rect, palette, flow, link) for rect in figure.rects),
        *_notes(figure),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def describe(flow: Chart) -> str:
    """The whole flow in words, box by box, for those who do not see it."""
    sentences = [". ".join(flow.banner)] if flow.banner else []
    for cell in flow.cells:
        if not cell.style.startswith("head"):
            sentences.append("; ".join(line.text for line in cell.lines))
    return (". ".join(sentences) + ".").replace(NBSP, " ").replace(":;", ":")


def _data(counts: Counts) -> str:
    """The numbers behind the figure, attached to it."""
    whole = counts.as_dict()
    return json.dumps({key: whole[key] for key in ("review", "template", "final", "as_of", "boxes")},
                      ensure_ascii=False, sort_keys=True)


def _rect(rect: Rect, palette: Mapping[str, Look], flow: Chart, link: Link | None) -> str:
    """A box, its tooltip, and its text; every line that shows a count leads to its records."""
    fill, border, dashes, radius = palette[rect.style]
    dash = f' stroke-dasharray="{dashes}"' if dashes else ""
    corner = f' rx="{_n(radius)}"' if radius else ""
    out = [f'<g id={quoteattr("flow-" + rect.name)} class="flow-{rect.style}">']
    cell = flow.cell(rect.name)
    if cell and link:
        out.append(f"<title>{_text('; '.join(line.text for line in cell.lines))}</title>")
    out.append(f'<rect x="{_n(rect.x)}" y="{_n(rect.y)}" width="{_n(rect.width)}" height="{_n(rect.height)}"'
               f'{corner} fill="{fill}" stroke="{border}" stroke-width="0.9"{dash}/>')
    if rect.rotated:
        line = rect.lines[0]
        out.append(f'<text transform="translate({_n(line.x + line.size * 0.35)} {_n(line.y)}) rotate(-90)" '
                   f'text-anchor="middle" font-weight="bold"{_family(line.text)}>{_text(line.text)}</text>')
    else:
        out += _linked(rect.lines, link)
    out.append("</g>")
    return "\n".join(out)


def _linked(lines: tuple[TextLine, ...], link: Link | None) -> list[str]:
    """Lines of text; neighbours of one count share one link."""
    out: list[str] = []
    open_key = ""
    for line in lines:
        href = link(line.key) if link and line.key else ""
        key = line.key if href else ""
        if key != open_key:
            if open_key:
                out.append("</a>")
            if key:
                out.append(f"<a href={quoteattr(href)} data-box={quoteattr(key)}>")
            open_key = key
        out.append(_line(line))
    if open_key:
        out.append("</a>")
    return out


def _line(line: TextLine) -> str:
    weight = ' font-weight="bold"' if line.bold else ""
    size = f' font-size="{_n(line.size)}"' if line.size != FONT else ""
    return f'<text x="{_n(line.x)}" y="{_n(line.y)}"{size}{weight}{_family(line.text)}>{_text(line.text)}</text>'


def _family(text: str) -> str:
    return f' font-family="{FAMILY_WIDE}"' if any(map(is_wide, text)) else ""


def _notes(figure: Figure) -> list[str]:
    if not figure.notes:
        return []
    return ['<g id="flow-notes" fill="#333333">', *(_line(line) for line in figure.notes), "</g>"]


def _arrow(arrow: Arrow) -> str:
    """A line and its head, drawn as shapes (markers are lost in some converters)."""
    (x0, y0), (x1, y1) = arrow.points[-2], arrow.points[-1]
    dx, dy = (x1 > x0) - (x1 < x0), (y1 > y0) - (y1 < y0)
    base = (x1 - 6 * dx, y1 - 6 * dy)
    head = ((x1, y1), (base[0] - 3 * dy, base[1] + 3 * dx), (base[0] + 3 * dy, base[1] - 3 * dx))
    return (f'<polyline points="{_points((*arrow.points[:-1], base))}" fill="none" stroke="#000000" '
            f'stroke-width="0.9"/><polygon points="{_points(head)}" fill="#000000"/>')


def _points(points: tuple[tuple[float, float], ...]) -> str:
    return " ".join(f"{_n(x)},{_n(y)}" for x, y in points)


def _n(value: float) -> str:
    """A length with at most two decimals: the same text on every machine."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _text(text: str) -> str:
    """Text for XML."""
    return escape(clean(text).replace(NBSP, " "))
