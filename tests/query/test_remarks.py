"""What a database does with every string by itself is named once, beside the losses and not among them."""

from __future__ import annotations

import pytest

from review.query import targets
from review.query.tree import ALL, TITLE, TITLE_ABSTRACT, And, Language, Or, Term

ADD_FORMS = {"scopus", "openalex", "google-scholar"}
# A field that each of them has, so that nothing is lost.
FIELDS = {"scopus": TITLE, "openalex": TITLE_ABSTRACT, "google-scholar": ALL}


@pytest.mark.parametrize("database", targets.names())
def test_a_database_that_adds_forms_of_words_is_named_as_such_once(database: str) -> None:
    target = targets.get(database)
    assert target is not None
    fields = FIELDS.get(database, TITLE)
    compiled = target.compile(And((Or((Term("policy", fields), Term("law", fields))), Term("child", fields))))
    assert [r.code for r in compiled.remarks] == (["word-forms-added"] if database in ADD_FORMS else [])
    if database in ADD_FORMS:
        assert compiled.losses == ()
    assert compiled.as_dict()["remarks"] == [r.as_dict() for r in compiled.remarks]


def test_a_string_without_a_word_has_no_forms_to_add() -> None:
    scopus = targets.get("scopus")
    assert scopus is not None
    assert scopus.compile(Language(("en",))).remarks == ()
