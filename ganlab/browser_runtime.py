"""The ONNX runtime that draws in browsers: two files of the npm package onnxruntime-web, from here or from a CDN."""

from typing import NamedTuple

from ganlab import folders, listings

VERSION = "1.30.0"
FOLDER = folders.root() / "node_modules" / "onnxruntime-web" / "dist"
CDN = f"https://cdn.jsdelivr.net/npm/onnxruntime-web@{VERSION}/dist"


class RuntimeFiles(NamedTuple):
    """The script, and the WebAssembly that it loads."""

    script: str
    wasm: str


class RuntimeSource(NamedTuple):
    """Where the browser can load them from; digests as in the `integrity` of a page, empty for files of this server."""

    script: str
    wasm: str
    script_digest: str = ""
    wasm_digest: str = ""


FILES = RuntimeFiles("ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm")
DIGESTS = RuntimeFiles(
    "sha384-PLWz+nHEVHpjwBsO0YVdvQj6n5814Iv8E3b8FG0Rp/uIAtjFMCKOpP66iPzedrIG",
    "sha384-vjBJ1z7qrhkTyYsNqKeF6c7N+nOJSU94czEo+tvZcu8G75JparGq9kB+kTnEUNVM",
)
"""Of those files in the npm package of that version: what another server gives has to be the same."""


def is_here() -> bool:
    """Whether npm, or the package, has put both files here."""
    return all(listings.is_file(FOLDER / name) for name in FILES)


def from_cdn() -> RuntimeSource:
    """For browsers of machines that have a network."""
    return RuntimeSource(f"{CDN}/{FILES.script}", f"{CDN}/{FILES.wasm}", *DIGESTS)


def contents() -> RuntimeFiles:
    """Where both files lie. ValueError, with the remedy, where they are missing."""
    if not is_here():
        raise ValueError(
            f"the ONNX runtime is not in {FOLDER}: where npm is installed, `make app` gets it, "
            "and the package from PyPI has it inside"
        )
    return RuntimeFiles(*(str(FOLDER / name) for name in FILES))
