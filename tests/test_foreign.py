"""Text and JSON of others: what is taken, and how it is told."""

import json
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from ganlab.foreign import is_real_text, parse_json, read_all, read_end, read_json, reasons, shortened


@pytest.mark.parametrize(
    "text", ["", "gray cube", "Füße", "e\u0301", "Ж 数字", "\U0001f468\u200d\U0001f469", "a\u00a0b"]
)
def test_what_people_write_is_real_text(text: str) -> None:
    assert is_real_text(text)
    assert shortened(text) == text


@pytest.mark.parametrize("text", ["\x00", "\x1b[31m", "a\nb", "\ud800", "\u202eabc", "\u200f", "\u2028", "\ufeff"])
def test_what_nobody_sees_is_none(text: str) -> None:
    assert not is_real_text(text)
    assert is_real_text(shortened(text))
    shortened(text).encode()


def test_a_long_text_loses_its_middle() -> None:
    told = shortened("begins " + "x" * 3_500_000 + " ends", 100)
    assert len(told) == 100
    assert told.startswith("begins x")
    assert told.endswith("x ends")
    assert " ... " in told


def test_problems_are_told_without_the_values() -> None:
    class Few(BaseModel):
        model_config = ConfigDict(extra="forbid")
        count: int

    with pytest.raises(ValidationError) as caught:
        Few.model_validate({"count": "secret" * 9_000} | {"x" * 9_000 + str(i): 0 for i in range(9)})
    told = reasons(caught.value)
    assert told.startswith("count: Input should be a whole number")
    assert told.endswith("and 7 more")
    assert "secret" not in told
    assert len(told) <= 600


def test_lists_in_lists_are_no_crash() -> None:
    with pytest.raises(ValueError, match="too deeply"):
        parse_json("[" * 100_000)


def test_a_json_file_may_begin_with_a_mark_and_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps({"ü": 1}, ensure_ascii=False).encode())
    assert read_json(path) == {"ü": 1}
    with pytest.raises(ValueError, match="more than the 5 bytes"):
        read_json(path, 5)
    path.write_text("{}", encoding="utf-16")
    with pytest.raises(ValueError, match=r"no UTF-8 \(invalid start byte at byte 0\); save it as UTF-8"):
        read_json(path)


def test_files_are_read_as_far_as_they_are_of_use(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes(b"0123456789")
    assert (read_all(path, 10), read_end(path, 4), read_end(path, 40)) == (b"0123456789", b"6789", b"0123456789")
    with pytest.raises(ValueError, match="more than the 9 bytes"):
        read_all(path, 9)
