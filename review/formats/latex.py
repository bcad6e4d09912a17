"""Text in LaTeX's spelling, as BibTeX files hold it, and back."""

from __future__ import annotations

import re
import unicodedata

_COMBINING = {"'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304", ".": "\u0307",
              "c": "\u0327", "v": "\u030c", "u": "\u0306", "H": "\u030b", "k": "\u0328", "r": "\u030a", "d": "\u0323",
              "b": "\u0331"}
_LETTERS = {"ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å",
            "AA": "Å", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ",
            "textbackslash": "\\", "textasciitilde": "~", "textasciicircum": "^", "textendash": "–", "textemdash": "—",
            "textquoteright": "’", "textquoteleft": "‘", "textquotedblleft": "“", "textquotedblright": "”",
            "textdegree": "°", "textmu": "µ", "copyright": "©", "textregistered": "®", "pounds": "£", "euro": "€",
            "textbar": "|", "textless": "<", "textgreater": ">", "ldots": "…", "dots": "…", "S": "§", "P": "¶",
            "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ",
            "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ",
            "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Delta": "Δ", "Gamma": "Γ", "Sigma": "Σ", "Omega": "Ω",
            "times": "×", "pm": "±", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "sim": "~",
            "textperiodcentered": "·", "textbraceleft": "{", "textbraceright": "}"}
_STYLES = frozenset({"emph", "textit", "textbf", "texttt", "textsc", "textrm", "textsf", "textup", "textsl", "text",
                     "mbox", "url", "href", "underline", "enquote", "ensuremath", "it", "bf", "em", "rm", "tt", "sc",
                     "relax", "textsuperscript", "textsubscript", "mathrm", "mathit", "mathbf"})
_TOKEN = re.compile(
    r"""\\(?P<accent>['`^"~=.]|[cvuHkrdb](?![A-Za-z]))\s*(?:\{\s*(?P<base>\\?[A-Za-z]?)\s*\}|(?P<bare>\\[ij](?![A-Za-z])|[A-Za-z]))
      |\\(?P<word>[A-Za-z]+)(?P<gap>\s*\{\}|[ ]+|)
      |\\(?P<sign>[&%$\#_{}\\ ,;:!/@-])
      |(?P<brace>[{}])|(?P<tie>~)|(?P<dash>---?)
    """, re.X)


# A formula with a command in it. Two sums of money are none.
_MATH = re.compile(r"(?<!\\)\$([^$]{0,80}\\[A-Za-z][^$]{0,80})\$")


def decode(text: str) -> str:
    """Plain text: accents composed, braces and styles gone, escaped signs as themselves."""
    if not any(c in text for c in "\\{}~") and "--" not in text:
        return text

    def plain(found: re.Match[str]) -> str:
        kind = found.lastgroup
        if found["accent"]:
            base = (found["base"] or found["bare"] or "").lstrip("\\")
            base = {"i": "i", "j": "j"}.get(base, base)
            return unicodedata.normalize("NFC", base + _COMBINING[found["accent"]]) if base else ""
        if found["word"]:
            name = found["word"]
            if name in _LETTERS:
                return _LETTERS[name]
            return "" if name in _STYLES else found.group()
        if found["sign"]:
            return {"\\": " ", " ": " ", ",": " ", ";": " ", ":": " ", "!": "", "/": "", "-": "", "@": ""}.get(
                found["sign"], found["sign"])
        if kind == "tie":
            return " "
        if kind == "dash":
            return "–" if found.group() == "--" else "—"
        return ""

    return _TOKEN.sub(plain, _MATH.sub(r"\1", text))


_ESCAPES = {"\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "&": r"\&",
            "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
            "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}


def encode(text: str) -> str:
    """Text that LaTeX takes as it is; letters beyond ASCII stay (UTF-8)."""
    text = "".join(_ESCAPES.get(c, c) for c in text)
    return re.sub(r"-(?=-)", "-{}", text)
