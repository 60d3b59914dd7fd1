"""The app's colours for what is shown elsewhere: custom properties as Streamlit gives them to the stage."""

import functools
import tomllib

from ganlab import folders

FONT = '"Source Sans", "Source Sans 3", system-ui, sans-serif'
BORDER = "color-mix(in srgb, var(--st-text-color) 22%, transparent)"
COLOURS = ("primaryColor", "backgroundColor", "secondaryBackgroundColor", "textColor")


@functools.cache
def style(selector: str) -> str:
    """Properties for the elements of a CSS selector, and a class `line-0` to `line-7` for each colour of a curve.

    Which of the light and the dark ones hold is said by `color-scheme` there.
    """
    theme = tomllib.loads((folders.root() / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
    light, dark = theme["light"], theme["dark"]
    own = {f"--st-{_dashed(name)}": f"light-dark({light[name]}, {dark[name]})" for name in COLOURS}
    own |= {
        "--st-border-color": BORDER,
        "--st-font": FONT,
        "--st-base-radius": "0.25rem",
        "--st-button-radius": "0.25rem",
    }
    lines = zip(light["chartCategoricalColors"], dark["chartCategoricalColors"], strict=True)
    return "\n".join(
        [
            f"{selector} {{",
            *(f"  {name}: {value};" for name, value in own.items()),
            "}",
            *(f".curves .line-{i} {{ {_line(*pair)} }}" for i, pair in enumerate(lines)),
            "",
        ]
    )


def _line(light: str, dark: str) -> str:
    return f"color: light-dark({light}, {dark}); stroke: currentColor;"


def _dashed(name: str) -> str:
    """`primaryColor` as `primary-color`."""
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)
