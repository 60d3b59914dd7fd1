"""Files of shows: what one saved comes back, and what leads elsewhere or is no show is refused by name."""

import json

import pytest

from ganlab.explore import shows
from ganlab.explore.shows import View

PAGES = ("gallery", "sample", "learn")


def test_a_show_comes_back_as_it_was_saved():
    mine = [View(shows.address_of("sample", {"model": ["a b"], "data": ["x", "y"]}), "Zwei Köpfe"), View("gallery")]
    assert mine[0].address == "sample?model=a+b&data=x&data=y"
    assert shows.from_json(shows.to_json(mine), PAGES) == mine
    assert shows.from_json(shows.to_json([]), PAGES) == []


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/sample",
        "//elsewhere.example/sample",
        "/sample",
        "../sample",
        "sample/../../x",
        "javascript:alert(1)",
        "data:text/html,x",
        "sample#x",
        "sample?a=1 b",
        "sample?\\\\elsewhere",
        "nothing?model=a",
        "Sample",
        " sample",
    ],
)
def test_a_view_that_leads_elsewhere_is_refused(address):
    content = json.dumps({"ganlab": "show", "views": [{"address": "gallery"}, {"address": address}]})
    with pytest.raises(ValueError, match=r"its view 2 leads to .*no page of this app; addresses begin with gallery"):
        shows.from_json(content, PAGES)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b'{"ganlab": "kept latents", "views": []}',
        b'{"ganlab": "show"}',
        b'{"ganlab": "show", "views": [{"text": "no address"}]}',
        b'{"ganlab": "show", "views": [{"address": 3}]}',
        json.dumps({"ganlab": "show", "views": [{"address": "gallery"}] * (shows.MOST + 1)}).encode(),
        json.dumps({"ganlab": "show", "views": [{"address": "gallery?" + "a" * shows.MOST_ADDRESS}]}).encode(),
        json.dumps({"ganlab": "show", "views": [{"address": "gallery", "text": "a" * 201}]}).encode(),
        b"[" * 100_000,
    ],
)
def test_what_is_no_show_is_refused_in_words(content):
    with pytest.raises(ValueError, match="it is no file of a show"):
        shows.from_json(content, PAGES)


def test_a_file_has_a_bound():
    with pytest.raises(ValueError, match="bytes; a file of a show has at most"):
        shows.from_json(b" " * (shows.MOST_BYTES + 1), PAGES)


def test_an_address_that_is_too_long_is_no_view():
    with pytest.raises(ValueError, match="a view has at most 4,000"):
        shows.address_of("sample", {"live": ["1" * 5_000]})


@pytest.mark.parametrize("mark", ["\x00", "\x1b[31m", "\u202e", "\ufeff", "\n"])
def test_a_line_is_one_that_comes_back_whatever_was_typed(mark):
    mine = [View("gallery", shows.line(f"A{mark}seven" + "x" * 300))]
    assert mine[0].text.startswith("A")
    assert shows.from_json(shows.to_json(mine), PAGES) == mine


def test_a_show_that_an_editor_has_saved_anew():
    mine = [View("gallery", "Zwei Köpfe")]
    assert shows.from_json(shows.to_json(mine).encode("utf-8-sig"), PAGES) == mine
