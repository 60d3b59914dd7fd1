"""A lesson on the page: its text beside the live thing, the task, and what the check says."""

import streamlit as st

from ganlab.counting import counted
from ganlab.lessons import LESSONS, Lesson, Question, text
from ganlab.ui import messages
from ganlab.ui.lessons import progress
from ganlab.ui.lessons.live import LIVE
from ganlab.ui.markdown import escaped
from ganlab.ui.shell import header, link_to
from ganlab.ui.visits import VISITS

PAGE, LESSON = "learn", "lesson"  # in the address
TASK = "task"  # of the address, too: where on the page it stands


def show_list() -> None:
    """All lessons, with a mark at those that are done."""
    header(
        "Learn",
        "Eight short lessons, from the first random number to an honest figure. Each has a text, something live beside "
        "it, and one thing to do. Begin with the first, or with the one that you need.",
    )
    progress.in_browser()
    done = progress.done()
    rest = [name for name in LESSONS if name not in done]
    with st.container(horizontal=True, vertical_alignment="center"):
        if rest:
            label = f"Go on: {LESSONS[rest[0]].title}" if done else "Begin with the first lesson"
            link_to(PAGE, {LESSON: rest[0]}, label)
        else:
            st.markdown("**All lessons are done.** The page Train is the place to go on.")
        if done:
            st.button(
                "Start again", key="start_lessons_again", icon=":material/restart_alt:", on_click=progress.start_again
            )
    for number, (name, lesson) in enumerate(LESSONS.items(), 1):
        with st.container(border=True, key=f"lesson_card_{name}", gap="xsmall"):
            link_to(PAGE, {LESSON: name}, f"{number}. {lesson.title}")
            mark = ":green[:material/check_circle: done]" if name in done else counted(lesson.minutes, "minute")
            st.caption(f"{mark} · {lesson.task}")


def show_lesson(name: str) -> None:
    """One lesson."""
    lesson, names = LESSONS[name], list(LESSONS)
    number = names.index(name) + 1
    header(lesson.title, f"Lesson {number} of {len(names)} · about {counted(lesson.minutes, 'minute')}")
    with st.container(key="to_task"):  # where the text stands above the live thing, which is then out of sight
        st.markdown(f"[:material/flag: What to do, below the text](#{TASK})")
    words, live = st.columns([1, 1.3], gap="large")
    with words:
        st.markdown(text.markdown(name))
        _show_sources(name)
    with live:
        _show_live(name, lesson)


@st.fragment
@VISITS.visit()
def _show_live(name: str, lesson: Lesson) -> None:
    """What runs again whenever something is done."""
    number = list(LESSONS).index(name)
    st.html(f'<span id="{TASK}"></span>')
    st.info(f"**To do.** {lesson.task}", icon=":material/flag:")
    verdict = st.container(key="verdict")  # in sight beside the task, with room for two lines: nothing moves below it
    try:
        deed = LIVE[lesson.live]()
    except ValueError as error:
        st.warning(f"{messages.told(error)[:1].upper()}{messages.told(error)[1:]}.", icon=":material/hourglass_empty:")
        progress.in_browser()
        _show_way_on(name, number)
        return
    found = lesson.check(deed)
    answered = _ask(name, lesson.question) if lesson.question else True
    before = name in progress.done()
    if found.done and answered:
        progress.mark_done(name)
    with verdict:
        if found.done and not answered:
            st.markdown(f":material/help: {escaped(found.said)} **Now answer the question below.**")
        else:
            mark = ":green[:material/check_circle:] **Done.**" if found.done else ":material/pending:"
            earlier = " You have done this lesson before." if before and not found.done else ""
            st.markdown(f"{mark} {escaped(found.said)}{earlier}")
    progress.in_browser()
    _show_way_on(name, number)


def _ask(name: str, question: Question) -> bool:
    """Whether the answer that is chosen is right; its explanation stands below it."""
    chosen = st.radio(question.text, list(question.answers), index=None, key=f"lesson_answer_{name}")
    if chosen is None:
        return False
    right = chosen == question.right
    (st.success if right else st.warning)(
        question.answers[chosen], icon=":material/check:" if right else ":material/close:"
    )
    return right


def _show_way_on(name: str, number: int) -> None:
    names = list(LESSONS)
    st.markdown("**Go on**")
    with st.container(horizontal=True, key="onward"):
        if number + 1 < len(names):
            link_to(PAGE, {LESSON: names[number + 1]}, f"Next lesson: {LESSONS[names[number + 1]].title}")
        link_to(PAGE, {}, "All lessons")
        for way in LESSONS[name].ways:
            link_to(way.page, way.query, way.label)


def _show_sources(name: str) -> None:
    """The papers in full, and the commands that measure the figures again."""
    papers, figures = text.papers(name), text.figures(name)
    with st.expander("Sources", key=f"sources_{name}"):
        for paper in papers:
            st.markdown(f"{escaped(paper.authors)} ({paper.year}). [{escaped(paper.title)}]({paper.link})")
        commands: dict[str, list[str]] = {}
        for figure in figures:
            commands.setdefault(figure.command, []).append(f"{figure.written} (`{figure.metric}`)")
        for command, numbers in commands.items():
            st.markdown(f"Measured here: {', '.join(numbers)}")
            st.code(command, language=None)
