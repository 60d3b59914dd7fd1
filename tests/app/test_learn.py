"""The page Learn without a browser: what the checks say, and what is said where there is nothing to show."""

import shutil
from pathlib import Path

from ganlab.lessons import LESSONS

ROOT = Path(__file__).parents[2]


def test_tasks_are_checked_on_the_page(open_page, tmp_path):
    for name in ("mnist-dcgan-28", "mnist-vae-28-2d"):
        shutil.copy(ROOT / "checkpoints" / f"{name}.safetensors", tmp_path / "checkpoints")
    app = open_page("learn", lesson="measurement")
    assert not app.exception
    assert any("Measured at most: 20" in one.value for one in app.markdown)
    app.select_slider(key="lesson_pictures").set_value(2_000).run()
    assert any("Now answer the question below" in one.value for one in app.markdown)
    app.radio(key="lesson_answer_measurement").set_value("Recognisable").run()
    assert "nothing but ones" in app.warning[0].value
    assert "lessons" not in app.session_state
    app.radio(key="lesson_answer_measurement").set_value("Rarest digit").run()
    assert any("**Done.**" in one.value for one in app.markdown)
    assert app.session_state["lessons"] == {"measurement"}


def test_pages_lead_to_the_lesson_on_what_they_show(open_page, checkpoints_folder):
    app = open_page("sample")
    assert not app.exception
    [link] = [one.proto for one in app.get("page_link") if one.proto.label == "Lesson: Random numbers become pictures"]
    assert (link.page, link.query_string) == ("learn", "lesson=numbers")
    app = open_page("compare", curves="tiny")
    assert not app.exception
    labels = [one.proto.label for one in app.get("page_link")]
    assert {"Lesson: What the curves say", "Lesson: Honest measurement"} <= set(labels)


def test_a_lesson_whose_model_is_not_here_says_so_and_a_wrong_address_lists_all(open_page):
    app = open_page("learn", lesson="codes")
    assert not app.exception
    assert "mnist-infogan-64, which comes along" in app.warning[0].value.replace("\\", "")
    app = open_page("learn", lesson="nothing")
    assert not app.exception
    assert "There is no lesson" in app.warning[0].value
    assert len(app.get("page_link")) >= len(LESSONS)
