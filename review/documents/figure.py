"""SVG to PDF and PNG, without any program outside Python: through typst, a typesetter that comes as a wheel.

Text stays text: searchable, its fonts embedded as subsets (Chinese too, where the machine has such a font).
The PDF follows PDF/UA-1, the standard for accessible documents. The same SVG gives the same bytes on one
machine; other fonts on another machine give other bytes.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import Literal

from review.model import Issue, ReviewError

_PAGE = """
#set page(width: float(sys.inputs.width) * 1pt, height: float(sys.inputs.height) * 1pt, margin: 0pt)
#set document(title: sys.inputs.title, date: none)
#set text(lang: sys.inputs.lang, region: if sys.inputs.region == "" { none } else { sys.inputs.region })
#image(bytes(sys.inputs.svg), format: "svg", width: 100%, height: 100%, alt: sys.inputs.alt)
"""
_NO_FONT = "could not be displayed"


@dataclass(frozen=True)
class _Facts:
    """What the page needs to know of the SVG; lengths in points."""

    width: float
    height: float
    title: str
    alt: str
    language: str


def svg_to_pdf(svg: str) -> tuple[bytes, tuple[Issue, ...]]:
    """The figure as a PDF page of its own size, with the SVG's title and description as its alternative text.

    An issue `no-font` says which character no font of this machine can show; the PDF is made all the same.
    Raises ReviewError where the SVG cannot be read.
    """
    import typst

    try:
        return _compile(svg, "pdf", accessible=True), ()
    except typst.TypstError as error:
        if _NO_FONT not in str(error):
            raise ReviewError(f"The figure could not be written as PDF: {error}", code="figure") from error
        issue = Issue("no-font", f"This machine has no font for all characters of the figure ({error}). They show "
                      "as boxes in the PDF and PNG; the SVG is not touched. Install a font that has them (Noto Sans "
                      "CJK for Chinese) and make the figure again.")
    return _compile(svg, "pdf"), (issue,)


def svg_to_png(svg: str, dpi: int = 300) -> bytes:
    """The figure as a PNG picture of `dpi` dots per inch, which the file states.

    What `svg_to_pdf` says of missing fonts holds here too.
    """
    import typst

    try:
        picture = _compile(svg, "png", dpi=dpi)
    except typst.TypstError as error:
        raise ReviewError(f"The figure could not be written as PNG: {error}", code="figure") from error
    return _with_resolution(picture, dpi)


def _compile(svg: str, form: Literal["pdf", "png"], *, dpi: int = 300, accessible: bool = False) -> bytes:
    """One page with the SVG on it; an accessible PDF needs a font for every character."""
    import typst

    facts = _facts(svg)
    language, _, region = facts.language.partition("-")
    inputs = {"svg": svg, "width": str(facts.width), "height": str(facts.height), "title": facts.title,
              "alt": facts.alt, "lang": language, "region": region}
    return typst.compile(_PAGE.encode(), format=form, ppi=float(dpi), sys_inputs=inputs,
                         pdf_standards="ua-1" if accessible else None)


def _facts(svg: str) -> _Facts:
    """Size, title, description and language, as the SVG states them."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(svg.encode("utf-8"), parser)
        _, _, width, height = (float(part) for part in root.get("viewBox", "").split())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ReviewError(f"The figure is no SVG with a viewBox: {error}", code="figure") from error
    space = "{http://www.w3.org/2000/svg}"
    title, alt = (root.findtext(f"{space}{name}") or "" for name in ("title", "desc"))
    language = root.get("{http://www.w3.org/XML/1998/namespace}lang", "en")
    return _Facts(width, height, title or "Figure", alt or title or "Figure", language)


def _with_resolution(png: bytes, dpi: int) -> bytes:
    """The PNG with its resolution stated (chunk pHYs, pixels per metre), which journals look for."""
    header_end = 8 + 25                                 # signature, then the chunk IHDR
    per_metre = round(dpi / 0.0254)
    body = b"pHYs" + struct.pack(">IIB", per_metre, per_metre, 1)
    chunk = struct.pack(">I", 9) + body + struct.pack(">I", zlib.crc32(body))
    if b"pHYs" in png[:200]:
        return png
    return png[:header_end] + chunk + png[header_end:]
