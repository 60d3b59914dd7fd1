"""The end of a page before its script's: it has said what it can, and the frame around it still has its say."""

from typing import NoReturn

from streamlit.runtime.scriptrunner import StopException


class PageEnd(StopException):
    """To Streamlit like its own `st.stop`, after which it draws nothing of the frame either and reads no state."""


def end_page() -> NoReturn:
    """For a page that has no more to show."""
    raise PageEnd
