"""Word lists that reading titles, names and journals needs: facts about language, kept in one place."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words of titles that thousands of documents bear: alone they say nothing.
GENERIC = _words("""
    editorial editorials reply response comment comments commentary letter letters introduction preface
    foreword abstracts abstract index contents announcement announcements news erratum errata
    corrigendum correction corrections retraction obituary book review reviews books conclusion
    conclusions discussion summary overview acknowledgment acknowledgements meeting meetings proceedings
    poster posters oral presentations presentation session sessions calendar miscellaneous untitled
    title author authors in from the editor editors to editor's note notes this issue reviewers reviewer
    list of thanks guest invited perspective perspectives viewpoint opinion current literature journal
    club clinical trials trial case report reports images image picture month what's new highlights
    research briefs brief communication communications original article articles short supplement
    program programme scientific annual and references bibliography glossary appendix notice subject
    masthead cover board information for contributors instructions special section not available no
    authors's correspondence message president president's welcome prologue epilogue afterword
    postscript q a questions answers question answer update updates 社论 编者按 前言 目录 卷首语 书评 通知 更正 勘误 征稿 启事
""")
# Words without which a title is no notice, reply, part, or one of a series of editions.
TRIGGERS = _words("""
    erratum errata corrigendum corrigenda correction corrections addendum expression retraction
    retracted withdrawal vol volume reply replies response rejoinder rebuttal re comment comments
    commentary letter letters discussion invited editorial reader readers peer review author authors
    part parts study paper teil parte partie section series instalment chapter experiment first second
    third fourth fifth report reports annual annually yearly survey statistics statistical yearbook
    outlook guideline guidelines state glance census bulletin monitor indicators
""")
# Words without meaning of their own; translators and indexers change them.
FUNCTION = _words("""
    a an the of in on at to for by with and or as is are be its it their this that than into via de
    la le les des du et en der die das und von im zur zum el los las un una y e del di il 的 与 和 及 之 其 了 在
""")
# Words before the number of a part.
PART_WORDS = _words("""
    part parts type phase class stage grade factor study section chapter volume vol number no paper
    report series group level experiment module teil parte partie
""")
# Particles of family names.
PARTICLES = _words("""
    de la le van von der den da di del della do dos das du el al bin ibn ten ter zu zur st
""")
# Degrees and generations, which are no names.
NOT_NAMES = _words("""
    jr sr phd md msc mph bsc dr prof ma rn dsc ii iii frcp mbbs
""")
# Words that abbreviated names of journals leave out.
SMALL = _words("""
    the of and for in on to a an de la le les des du et und der die das für fur y e del di della dei il
    los las el i och og van het en voor con ein eine supplement suppl
""")
# Words that tell a meeting from a journal.
MEETING = _words("""
    conference colloquium workshop meeting proc congress symposium conf proceedings
""")
# Those of them that no journal's name has.
OCCASIONS = _words("""
    conference congress colloquium workshop meeting symposium conf kongress tagung congreso congresso
""")
# Words in names of meetings that tell none from another.
HOSTS = _words("""
    ieee annual int intl international acm
""")
