"""Components of the pages: their scripts are the modules of `ganlab/ui/web`, which the browser imports as files.

Streamlit can serve a folder of scripts, too, but only of an installed package, and each component's apart; a checkout
is not installed, and here components share modules. So a component's own code is a few lines that import a module.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from ganlab import web
from ganlab.ui.assets import module_address

IMPORT = """// addresses count from the app's root, and every page is one name below it
const root = new URL("./", document.baseURI);
const {{ default: mount }} = await import(new URL("{address}", root).href);
export default mount;
"""


def component(name: str, script: str, styles: Sequence[str], *, kind: str) -> Callable[..., Any]:
    """The component whose module `script` exports what Streamlit mounts: `component(make)` of `mount.js`.

    `kind` is the class of its element, which the `styles` mean.
    """
    mount = st.components.v2.component(
        name,
        html=f"<div class='root {kind}' tabindex='-1'>\n</div>",
        css="\n".join(map(web.text, styles)),
        js=IMPORT.format(address=module_address(script).lstrip("/")),
    )

    def shown(*, data: Mapping[str, Any], **options: Any) -> Any:
        """Put it on the page. `data` goes in a list, which `mount.js` takes it out of: a dict would be searched for
        tables, for which a server imports pandas, 0.37 s that its first visitor waits."""
        return mount(data=[data], **options)

    return shown
