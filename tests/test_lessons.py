"""Lessons as data: texts, sources and links hold, figures are the cards', checks say what was done."""

import re
from pathlib import Path

import pytest

from ganlab import checkpoints, monitor
from ganlab.cli import COMMANDS
from ganlab.explore import curves
from ganlab.lessons import EXPLAINED, LESSONS, RESULTS, Deed, GameDeed, checks, progress, text
from ganlab.lessons.shares import measure
from ganlab.lessons.sources import PAPERS
from ganlab.metrics.readers import reader
from ganlab.playground.failures import FAILURES
from ganlab.playground.settings import recipe_of
from ganlab.playground.watching import RULES
from ganlab.ui.lessons.live import LIVE
from ganlab.ui.shell import PAGES

ROOT = Path(__file__).parents[1]
NAMES = {name for pages in PAGES.values() for name, _, _ in pages}


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_takes_four_minutes_and_has_all_of_its_parts(name):
    lesson, words = LESSONS[name], len(text.raw(name).split())
    assert 200 <= words <= 150 * lesson.minutes  # 150 words a minute leave time to try
    assert lesson.live in LIVE
    assert lesson.task
    assert not lesson.check(Deed(steps=(0, 1))).done
    if lesson.question:
        assert lesson.question.right in lesson.question.answers
        assert all(lesson.question.answers.values())


def test_every_text_belongs_to_a_lesson_and_every_paper_is_cited():
    assert {path.stem for path in text.FOLDER.glob("*.md")} == set(LESSONS)
    cited = [paper for name in LESSONS for paper in text.papers(name)]
    assert set(cited) == set(PAPERS.values())
    for paper in PAPERS.values():
        assert re.fullmatch(r"https://(arxiv\.org/abs/\d{4}\.\d{4,5}|doi\.org/10\.\S+)", paper.link)
        assert str(paper.year) in paper.short


@pytest.mark.parametrize("name", LESSONS)
def test_every_lesson_rests_on_something_and_no_mark_is_left_over(name):
    assert text.papers(name) or text.figures(name)
    assert len(text.figures(name)) == text.marks(name)  # each mark has its number right before it
    assert not re.search(r"\[[@=]", text.markdown(name))


@pytest.mark.parametrize("name", LESSONS)
def test_figures_are_those_of_the_cards(name):
    for figure in text.figures(name):
        card = checkpoints.read_card(ROOT / "checkpoints" / f"{figure.model}.safetensors")
        measured = card.metrics[figure.metric]
        number, percent = re.fullmatch(r"([\d.]+)( %)?", figure.written).groups()
        digits = len(number.partition(".")[2])
        assert f"{100 * measured if percent else measured:.{digits}f}" == number, figure
        assert figure.command.split()[3] in COMMANDS


def test_links_lead_to_pages_and_models_that_there_are():
    for lesson in LESSONS.values():
        assert lesson.ways
        for way in lesson.ways:
            assert way.page in NAMES
            models = [way.query.get("model"), *way.query.get("curves", "").split(",")]
            assert all((ROOT / "checkpoints" / f"{model}.safetensors").is_file() for model in models if model)
            if way.page == "playground":
                failure = way.query.get("failure")
                assert failure is None or failure in FAILURES
                recipe_of({key: value for key, value in way.query.items() if key != "failure"})


def test_what_leads_to_lessons_is_a_page_or_a_finding_and_every_failure_has_a_lesson():
    kinds = {*RULES, *monitor.SAMPLE_RULES, *monitor.LOSS_RULES}
    assert {*EXPLAINED} <= NAMES | kinds | {RESULTS}
    assert {*EXPLAINED.values()} == {*LESSONS}  # each lesson is found from somewhere else
    assert all(failure.finding in EXPLAINED for failure in FAILURES.values())


def test_numbers_in_words_are_those_of_the_models():
    codes = checkpoints.read_card(ROOT / "checkpoints" / "mnist-infogan-64.safetensors").codes["c1"]
    assert codes.table["2"] == "7"
    assert LESSONS["codes"].check(Deed(held={"c1": "2"})).done
    leaks = {
        (factor, label, other): share
        for factor, code in checkpoints.read_card(ROOT / "checkpoints" / "faces-acgan-64.safetensors").codes.items()
        for label, one in code.labels.items()
        for other, share in one.changes.items()
    }
    assert max(leaks, key=leaks.get) == ("skin", "pale", "smile")
    assert round(100 * max(leaks.values())) == 9
    assert checkpoints.read_card(ROOT / "checkpoints" / "mnist-vae-28.safetensors").latent.dim == 16
    assert checkpoints.read_card(ROOT / "checkpoints" / "mnist-dcgan-28.safetensors").latent.factor("z").size == 64
    settings = FAILURES["collapse"].settings
    assert round(settings["generator_lr"] / settings["discriminator_lr"]) == 25
    path = ROOT / "checkpoints" / "mnist-dcgan-28.safetensors"
    run = curves.of_checkpoint(path, checkpoints.read_card(path).recipe).columns["discriminator/loss"]
    assert run[-len(run) // 2 :].min() > 1.8
    assert run[-len(run) // 2 :].max() < 2.0


def test_checks_want_the_whole_task():
    assert not checks.moves_far(Deed(distance=0.4)).done
    assert checks.moves_far(Deed(distance=1.2)).done
    assert checks.moves_far(Deed(seed_changed=True)) == (False, "The dice put the dot there. Now drag it yourself.")
    assert LESSONS["labels"].check(Deed(held={"eyewear": "sunglasses"})).done
    also = LESSONS["labels"].check(Deed(held={"eyewear": "sunglasses", "hair": "red"}))
    assert also == (False, "You have also set hair. Press Reset, then set eyewear alone.")
    bad, good = GameDeed(900, False, True), GameDeed(400, True, False)
    assert not checks.wins(Deed(games=(bad,))).done
    assert checks.wins(Deed(games=(good,))).done
    assert not checks.cures(Deed(games=(bad,))).done
    assert "is waking up" in checks.cures(Deed(games=(bad, GameDeed(0, False, False)))).said
    assert "is at step 40" in checks.cures(Deed(games=(bad, GameDeed(40, False, False)))).said
    assert not checks.cures(Deed(games=(good, good))).done
    assert checks.cures(Deed(games=(bad, good))).done
    steps = (0, 100, 200, 300)
    assert not checks.sees_all_steps(Deed(steps=steps, seen=frozenset({0, 100, 200}))).done
    assert checks.sees_all_steps(Deed(steps=steps, seen=frozenset({0, 100, 300}))).done
    assert not checks.measures_enough(Deed(pictures=500)).done
    assert checks.measures_enough(Deed(pictures=2_000)).done


def test_progress_is_read_as_far_as_it_can_be():
    assert progress.from_json(progress.to_json({"game", "gone"}), LESSONS) == {"game"}
    for bad in ("", "{", "[]", '{"ganlab": "kept latents", "done": []}', '{"ganlab": "lessons"}', " " * 20_000):
        with pytest.raises(ValueError, match=r"list of lessons|letters"):
            progress.from_json(bad, LESSONS)


def test_shares_of_few_pictures_say_how_little_is_known():
    model = checkpoints.load(ROOT / "checkpoints" / "mnist-vae-28-2d.safetensors")
    few, many = (measure(model, reader("mnist"), count) for count in (20, 500))
    assert many.recognisable == pytest.approx(model.card.metrics["confident"], abs=0.05)
    for one in (few, many):
        assert one.recognisable_ends.low <= one.recognisable <= one.recognisable_ends.high
        assert one.rarest_ends.low <= one.rarest <= one.rarest_ends.high
    assert few.rarest_ends.high > 1  # nothing is known
    assert many.rarest_ends.high < 0.5
