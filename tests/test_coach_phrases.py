"""A phrase finds what its notation says."""

import pytest

from amends.coach.phrases import phrases, plain


@pytest.mark.parametrize(
    ("phrase", "text", "is_found"),
    [
        ("we sent", "We  sent it", True),
        ("we sent", "we, sent", True),
        ("we sent", "we sentenced", False),
        ("we sent", "awe sent", False),
        ("refund*", "refunded", True),
        ("*mos", "Enviaremos", True),
        ("*mos", "mosto", False),
        ("we/I sent", "I sent", True),
        ("we (have) sent", "we have sent", True),
        ("we (have now) sent", "we have now sent", True),
        ("we (have now) sent", "we have sent", False),
        ("we ... sent", "we have today at last sent", True),
        ("we ... sent", "we have. They sent", False),
        ("within # days", "within 3 days", True),
        ("don't", "don’t", True),
        ("приём", "ПРИЕМ", True),
    ],
)
def test_a_phrase_finds_what_its_notation_says(phrase: str, text: str, *, is_found: bool) -> None:
    assert bool(phrases([phrase], spaced=True).search(plain(text))) is is_found


def test_where_no_spaces_stand_between_words_the_pieces_of_a_phrase_follow_each_other() -> None:
    pattern = phrases(["已/已经 (全部) 退 ... 款"], spaced=False)
    assert all(pattern.search(text) for text in ("已退款", "已经全部退给您的款", "我们已退款。"))
    assert not pattern.search("已退了。还款")


@pytest.mark.parametrize("phrase", ["", "(we) sent", "... sent", "we ...", "we (sent", "we sent)"])
def test_a_phrase_that_cannot_be_read_is_named(phrase: str) -> None:
    with pytest.raises(ValueError, match="a phrase"):
        phrases([phrase], spaced=True)
