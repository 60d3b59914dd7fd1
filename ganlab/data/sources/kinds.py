"""What a file is likely to be, by its name and, where that says nothing, by how it begins."""

from pathlib import Path, PurePosixPath
from typing import Literal

from ganlab import listings

Kind = Literal["picture", "archive", "other", "unknown"]

READABLE = "png apng jpg jpeg jpe jfif mpo webp gif bmp dib tif tiff pbm pgm ppm pnm pfm jp2 j2k j2c jpx jpf avif avifs"
UNREADABLE = "heic heif jxl svg ico psd xcf tga exr hdr eps cr2 cr3 nef nrw arw dng raf orf rw2"
"""Pictures, too, which are therefore named as such that cannot be read, and not passed over."""
PICTURES = frozenset(f"{READABLE} {UNREADABLE}".split())
ARCHIVE_SUFFIXES = "zip tar tgz tbz tbz2 txz gz bz2 xz zst 7z rar lz4"
ARCHIVES = frozenset(ARCHIVE_SUFFIXES.split())
TEXTS = "txt md rst rtf csv tsv json jsonl ndjson xml html htm yaml yml toml ini cfg log pdf doc docx xls xlsx ppt pptx"
DATA = "mat npy npz pkl pt pth h5 hdf5 safetensors parquet arrow lmdb tfrecord db sqlite"
REST = "py ipynb js css sh bat exe dll so mp3 wav mp4 mov avi mkv webm srt url lnk part tmp bak"
OTHERS = frozenset(f"{TEXTS} {DATA} {REST}".split())
HEAD_BYTES = 16
"""So many of a file's first bytes tell whether it is a picture."""


def kind(name: str) -> Kind:
    """By the suffix alone."""
    suffix = PurePosixPath(name).suffix.lower().removeprefix(".")
    if suffix in PICTURES:
        return "picture"
    if suffix in ARCHIVES:
        return "archive"
    return "other" if suffix in OTHERS else "unknown"


def begins_like_picture(head: bytes) -> bool:
    """Whether the first bytes are those of PNG, JPEG, GIF, WebP, TIFF, JPEG 2000 or AVIF."""
    return (
        head.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"\0\0\0\x0cjP  "))
        or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")
        or head[4:12] in (b"ftypavif", b"ftypavis")
    )


def is_left_behind(name: str) -> bool:
    """Whether any part of the path is one that systems make unasked: `__MACOSX`, `.DS_Store`, `Thumbs.db`, `.git`."""
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or any(listings.is_stray(Path(part)) for part in parts if part not in ("..", "/"))
