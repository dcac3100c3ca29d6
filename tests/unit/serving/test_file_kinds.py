"""Uploads that surely are of another kind than their input."""

import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from openmo.serving.file_kinds import HEAD, kind_of, misfit

PICTURES = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM", "ICO", "TGA", "PCX")
SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>'
ASCII_PICTURE = b"P2\n2 1\n255\n0 255\n"
PDF = b"%PDF-1.7\n%\xe2\xe3"
ZIP = b"PK\x03\x04\x14\x00"
MP3 = b"ID3\x04\x00"
WEBM = b"\x1aE\xdf\xa3\x01"
FITS = b"".join(
    card.ljust(80)
    for card in (
        b"SIMPLE  =                    T / file does conform to FITS standard",
        b"BITPIX  =                   16 / number of bits per data pixel",
        b"NAXIS   =                    2 / number of data axes",
        b"NAXIS1  =                  512 / length of data axis 1",
        b"NAXIS2  =                  512 / length of data axis 2",
        b"EXTEND  =                    T / FITS dataset may contain extensions",
        b"COMMENT   FITS (Flexible Image Transport System) format",
    )
)
NRRD = b"NRRD0004\ntype: uchar\ndimension: 3\nsizes: 3 64 64\nencoding: raw\n" + b"# a long header\n" * 40
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt "


@pytest.fixture
def uploaded(tmp_path: Path) -> Path:
    return tmp_path / "uploaded"


@pytest.mark.parametrize("name", PICTURES)
def test_whatever_pillow_writes_may_be_a_picture(name: str, uploaded: Path) -> None:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(file, name)
    uploaded.write_bytes(file.getvalue())
    assert misfit(uploaded, "img") == ""


@pytest.mark.parametrize(
    ("content", "value_type"),
    [
        (SVG, "img"),
        (b"\xef\xbb\xbf" + SVG, "img"),
        (b"\xef\xbb\xbf<svg/>", "img"),
        (gzip.compress(SVG, mtime=0), "img"),
        (FITS, "img"),
        (NRRD, "img"),
        (JPEG, "video"),
        (ASCII_PICTURE, "img"),
        (b"\x00\x01unknown", "img"),
        (WAV, "audio"),
        (MP3, "audio"),
        (WEBM, "audio"),
        (WEBM, "video"),
        (b"GIF89a", "video"),
        (b"words", "file"),
        (b"", "file"),
    ],
)
def test_what_may_be_right_goes_through(content: bytes, value_type: str, uploaded: Path) -> None:
    uploaded.write_bytes(content)
    assert misfit(uploaded, value_type) == ""


@pytest.mark.parametrize(
    ("content", "value_type", "why"),
    [
        (b"sepal_length,5.1\n", "img", "This is a text file, not an image."),
        ("花瓣".encode(), "img", "This is a text file, not an image."),
        (PDF, "img", "This is a PDF document, not an image."),
        (ZIP, "img", "This is an archive or an office document, not an image."),
        (MP3, "img", "This is a sound file, not an image."),
        (WEBM, "img", "This is a sound or video file, not an image."),
        (b"\x89PNG\r\n\x1a\n", "audio", "This is an image, not a sound file."),
        (b"\x89PNG\r\n\x1a\n", "video", "This is an image, not a video."),
        (JPEG, "audio", "This is an image, not a sound file."),
        (gzip.compress(WAV, mtime=0), "audio", "This is a compressed file, not a sound file."),
        (b"SIMPLE words", "img", "This is a text file, not an image."),
        (b"", "img", "The file is empty."),
    ],
)
def test_what_is_surely_wrong_is_said(content: bytes, value_type: str, why: str, uploaded: Path) -> None:
    uploaded.write_bytes(content)
    assert misfit(uploaded, value_type) == why


@given(st.binary(max_size=HEAD))
def test_any_beginning_has_a_kind_or_none(head: bytes) -> None:
    assert isinstance(kind_of(head), str)


@given(st.text(st.characters(categories=("L", "N", "P", "Zs")), min_size=HEAD))
def test_a_text_is_known_wherever_its_beginning_is_cut(text: str) -> None:
    head = ("x" + text).encode()[:HEAD]
    assert kind_of(head) == "text"
