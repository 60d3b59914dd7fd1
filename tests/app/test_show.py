"""The show without a browser: made by a button on any page, put in order, told, and loaded from files."""

import json

import pytest

from ganlab.explore.shows import MOST, View
from ganlab.ui.hall import show
from ganlab.ui.shell import PAGE_NAMES


@pytest.mark.parametrize("page", ["gallery", "learn"])
def test_every_page_can_be_added_as_it_is(open_page, page):
    app = open_page(page, lesson="game")
    app.button(key="show_add").click().run()
    assert not app.exception
    assert app.session_state["show"][-1].address == f"{page}?lesson=game"
    assert "Added to the show: 1 view" in app.toast[0].value


def test_views_are_told_ordered_and_taken_out(open_page):
    app = open_page("show")
    assert "No view yet" in app.info[0].value
    app.session_state["show"] = [View("gallery", "One"), View("train", "Two"), View("learn", "Three")]
    app.run()
    app.text_input(key="show_text_0_train").set_value("Training  now").run()
    app.button(key="show_Later_0_gallery").click().run()
    assert app.session_state["show"] == [View("train", "Training now"), View("gallery", "One"), View("learn", "Three")]
    app.button(key="show_out_0_gallery").click().run()
    assert [view.address for view in app.session_state["show"]] == ["train", "learn"]
    assert not app.exception


def test_the_second_half_of_a_double_click_takes_out_no_other(monkeypatch):
    views = [View("gallery", "One"), View("train", "Two"), View("gallery", "One")]
    session = {"show": views}
    monkeypatch.setattr(show.st, "session_state", session)
    show.take_out(views[1])
    show.take_out(views[1])
    show.move(views[1], 1)
    show.retell(views[1], "Gone")
    assert session["show"] == [views[0], views[2]]


def test_there_is_an_end_to_adding_that_drops_nothing(open_page):
    app = open_page("gallery")
    app.session_state["show"] = mine = [View("gallery")] * MOST
    app.button(key="show_add").click().run()
    assert app.session_state["show"] == mine
    assert f"at most {MOST} views" in app.toast[0].value


def test_a_file_replaces_the_show_and_a_bad_one_changes_nothing(monkeypatch):
    session = {"show": [View("gallery", "Mine")]}
    monkeypatch.setattr(show.st, "session_state", session)
    good = {"ganlab": "show", "views": [{"address": "learn?lesson=game", "text": "The game"}]}
    bad = {"ganlab": "show", "views": [{"address": "https://elsewhere.example"}]}
    with pytest.raises(ValueError, match="leads to"):
        show.load(json.dumps(bad).encode(), PAGE_NAMES)
    assert session["show"] == [View("gallery", "Mine")]
    assert show.load(json.dumps(good).encode(), PAGE_NAMES) == 1
    assert session["show"] == [View("learn?lesson=game", "The game")]
