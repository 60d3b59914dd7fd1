"""The frame around every page: navigation, titles, and the guard for cold deep links."""

from collections.abc import Callable, Mapping
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage
from streamlit.runtime.pages_manager import PagesManager

from ganlab import folders, listings, web
from ganlab.data import data_folder
from ganlab.explore import library
from ganlab.lessons import EXPLAINED, LESSONS
from ganlab.runs import runs_folder
from ganlab.studies import studies_folder
from ganlab.ui import address, address_check, login, messages, refusals, starting
from ganlab.ui.hall.sidebar import show_sidebar
from ganlab.ui.markdown import escaped
from ganlab.ui.page_end import end_page
from ganlab.ui.page_scripts import run_page_scripts
from ganlab.ui.visits import VISITS

PAGES_FOLDER = folders.root() / "pages"
ICON = Path(__file__).parent / "icon.png"
INTERPOLATE_PAGE, TRAIN_PAGE = "pages/interpolate.py", "pages/train.py"

FOLDERS = (data_folder, runs_folder, library.checkpoints_folder, library.uploads_folder, studies_folder)
"""Those that no page can do without; each raises a ValueError where there can be none."""

HERE, ARRIVED = "page_here", "page_arrived"

PAGES: dict[str, list[tuple[str, str, str]]] = {  # section => (file, title, icon)
    "Explore": [
        ("gallery", "Gallery", "grid_view"),
        ("sample", "Sample", "casino"),
        ("interpolate", "Interpolate", "linear_scale"),
        ("codes", "Codes", "tune"),
        ("attributes", "Attributes", "toggle_on"),
        ("reconstruct", "Reconstruct", "draw"),
        ("map", "Map", "scatter_plot"),
    ],
    "Understand": [
        ("learn", "Learn", "school"),
        ("playground", "Playground", "bubble_chart"),
        ("show", "Show", "slideshow"),
    ],
    "Train": [
        ("train", "Train", "model_training"),
        ("compare", "Compare", "stacked_line_chart"),
    ],
}
PAGE_NAMES = tuple(name for pages in PAGES.values() for name, _, _ in pages)


def router() -> None:
    """Run the page that the address asks for, inside the shared frame."""
    st.set_page_config(page_title="ganlab", page_icon=ICON, layout="wide", initial_sidebar_state=220)
    st.html(f"<style>\n{STYLE}{FOLDED_STYLE}{_accent_style()}</style>")
    visitor = login.current_visitor()
    let_in = visitor.mode != "login" or visitor.person is not None
    run_page_scripts(let_in=let_in, login=visitor.mode == "login")
    navigation = st.navigation(
        {
            section: [
                st.Page(
                    PAGES_FOLDER / f"{file}.py",
                    title=title,
                    icon=f":material/{icon}:",
                    url_path=file,
                    default=file == "gallery",
                )
                for file, title, icon in pages
            ]
            for section, pages in PAGES.items()
        },
        position="sidebar" if let_in else "hidden",
    )
    if not let_in:
        login.show_login()
        return
    address.take_old_names()
    refusals.show()
    login.show_person(visitor)
    show_sidebar(navigation.url_path or "gallery", navigation.title, PAGE_NAMES)
    if text := starting.notice():
        st.caption(f":material/info: {text}")
    if st.session_state.get(HERE) != navigation.url_path:
        st.session_state[HERE] = navigation.url_path
        st.session_state[ARRIVED] = True
        address.arrive()
        address_check.forget()
    try:
        problems = [problem for folder in FOLDERS for problem in listings.problems(folder())]
        problems += library.lone_owners()
    except ValueError as error:
        told = str(error)
        st.error(escaped(f"{told[:1].upper()}{told[1:]}."), icon=":material/folder_off:")
        end_page()
    for problem in problems:
        st.warning(messages.told(problem), icon=":material/lock:")
    with VISITS.visit():
        _run(navigation)


def _run(page: StreamlitPage) -> None:
    """The page; an error of the system that nothing in it has handled is told in words in its place."""
    try:
        with address_check.checked():
            page.run()
    except (OSError, ValueError) as error:
        if not (told := messages.of_system(error)):
            raise
        st.error(told, icon=":material/folder_off:")


def _accent_style() -> str:
    """A ring in the accent colour around what has the focus, and the link to begin with filled with it.

    Streamlit's tint of a ring has 2.1:1, in the sidebar 1.2:1. WCAG 2.2 (1.4.11, 2.4.13) asks for 3:1.
    """
    light, dark = (st.get_option(f"theme.{scheme}.primaryColor") for scheme in ("light", "dark"))
    focused = ".stApp :is(a, button, summary, [role='slider'], [role='tab'], .st-key-run_shown):focus-visible"
    accent = f"light-dark({light}, {dark})"
    return (
        f"{focused} {{ outline: 2px solid {accent} !important; outline-offset: 1px; }}\n"
        f".st-key-begin [data-testid='stPageLink-NavLink'] {{ background: {accent}; }}\n"
    )


def here() -> str:
    """The name of the page that the visitor is on, as in its address."""
    return str(st.session_state.get(HERE, ""))


def just_arrived() -> bool:
    """Whether the visitor has come from another page; true once a visit."""
    return bool(st.session_state.pop(ARRIVED, False))


def ensure_router() -> None:
    """First line of every page: start over through app.py when the page was run without it.

    Streamlit looks for a `pages/` folder until some session has called `st.navigation`, and runs a deep link's page
    alone. Our server tells it better at its start; tests and other ways to serve do not.
    """
    if PagesManager.uses_pages_directory:
        PagesManager.uses_pages_directory = False
        st.rerun()


def header(title: str, text: str, beside: Callable[[], None] | None = None) -> None:
    """The page's title with a link to the lesson on it, and the two sentences that say what one sees.

    beside: draws what stands at the right.
    """
    left, right = (st.container(), None) if beside is None else st.columns([3, 1], vertical_alignment="center")
    with left.container(horizontal=True, vertical_alignment="bottom", key="title"):
        st.title(title, anchor=False, width="content")
        lesson_link(here())
    if beside is not None and right is not None:
        with right:
            beside()
    st.caption(text)


def link_to(page: str, query: Mapping[str, str], label: str = "") -> None:
    """A link with the page's icon and its own title or `label`, such as `link_to("sample", {"model": "digits"})`."""
    title, icon = next(entry[1:] for entries in PAGES.values() for entry in entries if entry[0] == page)
    st.page_link(f"pages/{page}.py", label=label or title, icon=f":material/{icon}:", query_params=query)


def lesson_link(*shown: str) -> None:
    """A link to the lesson on the first of these that has one: pages, or kinds of findings."""
    for name in shown:
        if name in EXPLAINED:
            lesson = EXPLAINED[name]
            with st.container(key=f"ways_lesson_{name}", width="content"):
                link_to("learn", {"lesson": lesson}, lesson_label(lesson))
            return


def lesson_label(lesson: str) -> str:
    """What a link to a lesson says."""
    return f"Lesson: {LESSONS[lesson].title}"


def nothing_fits(title: str, text: str) -> None:
    """What to train when no model has what a page shows."""
    with st.container(border=True):
        st.subheader(title, anchor=False)
        st.markdown(text)
        st.page_link(TRAIN_PAGE, label="Train one", icon=":material/model_training:")


FOLDED_STYLE = "".join(web.text(f"page/{name}.css") for name in ("phone", "hall", "reconnect"))
STYLE = """
.stMainBlockContainer { padding-left: 3rem; padding-right: 3rem; }
:is([class*="st-key-page_scripts"], [class*="st-key-keeper_"]) { display: none; }
.st-key-undo_buttons kbd { display: none; }
@media (min-width: 641px) and (max-width: 1200px) {
  .stMainBlockContainer { padding-left: 1.5rem; padding-right: 1.5rem; }
  /* room for the whole name of a model */
  .stHorizontalBlock:has(> .stColumn .st-key-model_choice) { flex-wrap: nowrap; }
  .stHorizontalBlock > .stColumn:has(.st-key-model_choice) { min-width: 10.5rem; }
  .st-key-model_choice input { font-size: 0.75rem; padding-inline: 0.4rem 0; }
}
/* words in narrow columns wrap where Streamlit would cut them off or scroll them away */
[data-testid="stButtonGroup"] > :is([role="radiogroup"], [role="group"], [role="toolbar"]) {
  flex-wrap: wrap; overflow: visible; row-gap: 0.25rem;
}
[data-testid="stButtonGroup"] button { max-width: 100%; height: auto; min-height: 2rem; }
:is([data-testid="stButtonGroup"], .stButton, .stDownloadButton) button :is(span, div, p) { white-space: normal; }
:is(.stButton, .stDownloadButton) button { height: auto; }
.stButton button kbd { flex: none; }
button[data-variant="segmented_control"]:not([data-selected]) {
  border-inline: 1px solid color-mix(in srgb, currentColor 20%, transparent) !important;
}
button[data-variant="segmented_control"][data-selected] { position: relative; z-index: 1; }
/* of the letters that a field for text takes: most are far from it, and "7/1048576" tells nobody anything */
[data-testid="InputInstructions"] > span + span { display: none; }
h1 { padding: 0 0 0.2rem 0 !important; font-size: 1.9rem !important; }
[class*="st-key-pixels"] img { image-rendering: pixelated; }
[class*="st-key-ways"] { column-gap: 0.9rem; row-gap: 0.1rem; }
[class*="st-key-ways"] [data-testid="stPageLink-NavLink"] { padding: 0.1rem 0; }
[class*="st-key-ways"] :is([data-testid="stPageLink-NavLink"], .stDownloadButton, .stPopover) :is(p, span) {
  font-size: 0.82rem;
}
[class*="st-key-ways"] :is(.stDownloadButton, .stPopover) button { padding: 0 0.25rem; min-height: 0; gap: 0.5rem; }
.st-key-begin [data-testid="stPageLink-NavLink"] { padding: 0.4rem 1rem; }
.st-key-title { column-gap: 1.2rem; row-gap: 0; }
.stVerticalBlock > :has(> .st-key-first_look):has(+ .st-key-compare_chart .main-svg) { display: none; }
.st-key-verdict { min-height: 3.2rem; }
#task { scroll-margin-top: 4rem; }
.stElementContainer:has(#task) { position: absolute; }
@media (min-width: 641px) { [data-testid="stLayoutWrapper"]:has(> .st-key-to_task) { display: none; } }
.st-key-onward [data-testid="stPageLink-NavLink"] :is(p, span) { white-space: normal; }
.st-key-onward { gap: 1rem; }
.st-key-onward [data-testid="stPageLink-NavLink"] { padding: 0.3rem 0.75rem; }
.st-key-begin [data-testid="stPageLink-NavLink"]:hover { filter: brightness(0.9); }
.st-key-begin [data-testid="stPageLink-NavLink"] :is(p, span) { color: light-dark(#ffffff, #111717); }
[class*="st-key-card-"] .stVerticalBlock:not([class*="st-key"]) { gap: 0.5rem; }
.st-key-run_shown { scroll-margin-top: 4rem; }
[class*="st-key-measured"] table { width: 100%; font-size: 0.85rem; }
[class*="st-key-measured"] :is(td, th) { border: 0 !important; padding: 0.05rem 0.5rem 0.05rem 0 !important; }
[class*="st-key-measured"] th { font-weight: 400; opacity: 0.6; }
[class*="st-key-measured"] td { font-variant-numeric: tabular-nums; }
"""
