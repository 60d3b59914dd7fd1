"""compare"""

from ganlab.ui.shell import ensure_router, header

ensure_router()
header("compare", "")
