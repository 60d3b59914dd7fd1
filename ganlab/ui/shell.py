"""The frame around every page: navigation, titles, and the guard for cold deep links."""

from pathlib import Path

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from ganlab.ui.server import first_page_goes_first

PAGES_FOLDER = Path(__file__).parents[2] / "pages"
ICON = Path(__file__).parent / "icon.png"
GALLERY_PAGE, SAMPLE_PAGE, INTERPOLATE_PAGE, TRAIN_PAGE, COMPARE_PAGE = (
    f"pages/{name}.py" for name in ("gallery", "sample", "interpolate", "train", "compare")
)

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
    "Train": [
        ("train", "Train", "model_training"),
        ("compare", "Compare", "stacked_line_chart"),
    ],
}


def router() -> None:
    """Run the page that the address asks for, inside the shared frame."""
    st.set_page_config(page_title="ganlab", page_icon=ICON, layout="wide", initial_sidebar_state=220)
    st.html(STYLE)
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
        }
    )
    if st.session_state.get(HERE) != navigation.url_path:
        st.session_state[HERE] = navigation.url_path
        st.session_state[ARRIVED] = True
    with first_page_goes_first():
        navigation.run()


def just_arrived() -> bool:
    """Whether the visitor has come from another page; true once a visit."""
    return bool(st.session_state.pop(ARRIVED, False))


def ensure_router() -> None:
    """First line of every page: start over through app.py when the page was run without it.

    Streamlit looks for a `pages/` folder until some session has called `st.navigation`; a cold deep link then
    runs the page alone, without the frame.
    """
    if PagesManager.uses_pages_directory:
        PagesManager.uses_pages_directory = False
        st.rerun()


def header(title: str, text: str) -> None:
    """The page's title and the two sentences that say what one sees."""
    st.title(title, anchor=False)
    st.caption(text)


def nothing_fits(title: str, text: str) -> None:
    """What to train when no model has what a page shows."""
    with st.container(border=True):
        st.subheader(title, anchor=False)
        st.markdown(text)
        st.page_link(TRAIN_PAGE, label="Train one", icon=":material/model_training:")


STYLE = """<style>
.stMainBlockContainer { padding-left: 3rem; padding-right: 3rem; }
h1 { padding: 0 0 0.2rem 0 !important; font-size: 1.9rem !important; }
[class*="st-key-pixels"] img { image-rendering: pixelated; }
[class*="st-key-measured"] table { width: 100%; font-size: 0.85rem; }
[class*="st-key-measured"] :is(td, th) { border: 0 !important; padding: 0.05rem 0.5rem 0.05rem 0 !important; }
[class*="st-key-measured"] th { font-weight: 400; opacity: 0.6; }
[class*="st-key-measured"] td { font-variant-numeric: tabular-nums; }
</style>"""
