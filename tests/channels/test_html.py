"""HTML as text: what a reader would see, in time proportional to its length, whatever was sent."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from channels.html import MAX_TEXT, line, storable, tidy, to_text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>One<br />\ntwo</p>\n<p>three &amp; &#8217;four&hellip;</p>", "One\ntwo\n\nthree & ’four…"),
        ("<blockquote><p>a</p>\n<p>b</p></blockquote><p>c</p>", "> a\n\n> b\n\nc"),
        ("<ul>\n<li>one</li>\n<li><p>two</p></li>\n</ul><p>after</p>", "- one\n- two\n\nafter"),
        ("<pre>if a &lt; b:\n    go</pre>", "if a < b:\ngo"),
        ("<p>so <code>x  =  1</code> it is</p>", "so x = 1 it is"),
        ('<p>see <a href="https://x.example/?a=1&amp;b=2">this page</a>.</p>', "see this page."),
        ('<p>fine <img src="x.png" alt="😀" class="emoji"> <img src=y></p>', "fine 😀"),
        ("a<script>alert('<p>x</p>')</script>b<style>p{}</style><p>c", "ab\n\nc"),
        ("<p>left<!-- a > b <p> --> right</p>", "left right"),
        ("<p>never closed <!-- and then", "never closed"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("I <3 this &lt;b&gt;", "I <3 this <b>"),
        ("plain\nwith lines\n\n\nand &amp;", "plain\nwith lines\n\nand &"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<p>non\u00a0breaking &nbsp; blanks</p>", "non breaking blanks"),
        ('<p title="a>b">x</p>', "x"),
        ("<p>bell\x07 null\x00 windows\x92s half\ud800</p>", "bell null windows’s half"),
        ("", ""),
    ],
)
def test_what_a_reader_sees(source: str, text: str) -> None:
    assert to_text(source) == text


PIECES = st.sampled_from(
    [
        *"<>&\"'/!?-= \n\x00\ud800aé\u00a0",
        *("<!--", "-->", "<p>", "</p>", "<pre>", "<blockquote>", "</li>", "<li>", "<script>", "</script", "<br/>"),
        *("&lt;", "&#", "&#xD800;", "&#0;", "<img alt=", "<![CDATA[", "]]>", "Ã©"),
    ]
)


@given(st.lists(PIECES, max_size=60).map("".join))
@example("<li><p>")
def test_anything_gives_tidy_text(source: str) -> None:
    text = to_text(source)
    assert text == tidy(text)
    assert text == storable(text)
    assert text == text.encode().decode()
    assert len(text) <= MAX_TEXT


@pytest.mark.parametrize("piece", ["<!--", "<a ", '<a "', "<a x='\"", "<!a", "</a", "<?", "<", "&#", "<pre>\n", "<br>"])
def test_hostile_text_costs_no_more_than_its_length(piece: str) -> None:
    """Python's own parser needs minutes for some of these."""
    began = time.process_time()
    to_text(piece * (400_000 // len(piece)))
    assert time.process_time() - began < 5


def test_long_text_is_bounded() -> None:
    assert len(to_text("<p>" + "word " * 200_000)) == MAX_TEXT - 1


def test_names_and_titles_are_one_bounded_line() -> None:
    assert line(" Tom &amp;\n\tJerry \x00", 200) == "Tom & Jerry"
    assert line("x" * 900, 500) == "x" * 500
