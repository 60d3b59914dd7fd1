"""Puts what lies at the top of the checkout into the wheel: app, pages, models, studies, and the ONNX runtime."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

TOP_LEVEL = "ganlab/top_level"
RUNTIME = "node_modules/onnxruntime-web"
ENTRIES = (
    "app.py",
    ".streamlit/config.toml",
    "pages/*.py",
    "checkpoints/*.safetensors",
    "checkpoints/README.md",
    "studies/*.json",
    "docs/reports/*.html",
    "failures/**/*",
)
RUNTIME_ENTRIES = (
    f"{RUNTIME}/README.md",
    f"{RUNTIME}/package.json",  # says its version and licence
    f"{RUNTIME}/dist/ort.wasm.bundle.min.mjs",
    f"{RUNTIME}/dist/ort-wasm-simd-threaded.wasm",
)


class TopLevel(BuildHookInterface):  # type: ignore[misc]
    """The wheel gets all of it below `ganlab/top_level`; the sdist gets the runtime, which git ignores."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return  # ganlab then runs in the checkout
        wheel = self.target_name == "wheel"
        root = Path(self.root)
        for pattern in (*ENTRIES, *RUNTIME_ENTRIES) if wheel else RUNTIME_ENTRIES:
            found = sorted(path for path in root.glob(pattern) if path.is_file())
            if not found and pattern in ENTRIES:
                raise FileNotFoundError(f"{pattern} is missing in {root}; a package without it would not work")
            if not found:
                self.app.display_warning(f"{pattern} is missing: browsers will fetch the ONNX runtime from a CDN")
            for path in found:
                place = path.relative_to(root).as_posix()
                build_data["force_include"][str(path)] = f"{TOP_LEVEL}/{place}" if wheel else place
