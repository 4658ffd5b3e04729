"""What a file is is told by its content; whatever cannot be sent has a sentence before anything is."""

import os
from pathlib import Path

import pytest

from tui.chat import attachment as module
from tui.chat.attachment import (
    IMAGE_LIMIT,
    MOST,
    TEXT_LIMIT,
    TOGETHER_LIMIT,
    Attachment,
    AttachmentError,
    check_together,
    find_absent,
    find_attached,
    keep_attached,
    make_message,
    read_attachment,
    read_attachments,
    show_name,
)
from tui.chat.chip import write_absent, write_chip, write_trouble
from tui.chat.conversation import Conversation, Reply, Turn
from tui.stream.request import ChatMessage, Image, Role
from tui.text.language import load_language

ENGLISH, CHINESE = load_language("en"), load_language("zh")
PNG = b"\x89PNG\r\n\x1a\n" + bytes((0, 0, 0, 13)) + b"IHDR" + bytes((0, 0, 2, 128, 0, 0, 1, 224, 8, 2, 0, 0, 0))
GIF = b"GIF89a" + bytes((3, 0, 2, 1))
JPEG = bytes.fromhex("ffd8 ffe0 0004 0000 ffff c0 0011 08 00f0 0140 03")
WEBP = b"RIFF" + bytes(4) + b"WEBP" + b"VP8X" + bytes(8) + bytes.fromhex("7f0200 df0100")
LOSSLESS = (
    b"RIFF" + bytes(4) + b"WEBP" + b"VP8L" + bytes(4) + b"\x2f" + (639 | 479 << 14).to_bytes(4, "little") + bytes(5)
)
LOSSY = b"RIFF" + bytes(4) + b"WEBP" + b"VP8 " + bytes(7) + b"\x9d\x01\x2a" + bytes.fromhex("8002 e001")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("data", "media_type", "pixels"),
    [
        (PNG, "image/png", (640, 480)),
        (GIF, "image/gif", (3, 258)),
        (JPEG, "image/jpeg", (320, 240)),
        (WEBP, "image/webp", (640, 480)),
        (LOSSLESS, "image/webp", (640, 480)),
        (LOSSY, "image/webp", (640, 480)),
        (JPEG[:8] + b"stray" + JPEG[8:], "image/jpeg", (320, 240)),
    ],
)
def test_an_image_is_told_by_its_bytes_and_measured(
    folder: Path, data: bytes, media_type: str, pixels: tuple[int, int] | None
) -> None:
    (folder / "notes.txt").write_bytes(data)
    found = read_attachment("notes.txt")
    assert (found.media_type, found.pixels, found.data) == (media_type, pixels, data)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("één 二\r\n".encode(), "één 二\r\n"),
        (b"\xef\xbb\xbfmark", "mark"),
        ("wide 二".encode("utf-16"), "wide 二"),
        (b"GIF89a is a format", "GIF89a is a format"),
        (b"RIFF....WEBPVP8 is another", "RIFF....WEBPVP8 is another"),
    ],
)
def test_a_text_is_whatever_decodes_as_one(folder: Path, data: bytes, text: str) -> None:
    (folder / "picture.png").write_bytes(data)
    found = read_attachment(str(folder / "picture.png"))
    assert (found.name, found.media_type, found.text) == ("picture.png", "text/plain", text)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\xff\xfe", "empty"),
        ("déjà vu".encode("latin-1"), "encoding"),
        ("中文".encode("gbk"), "encoding"),
        (PNG[:20], "damaged"),
        (GIF[:8] + b"\0", "damaged"),
        (JPEG[:9], "damaged"),
        (b"\xff\xd8\xff\xe0\x00\x00" + bytes(50), "damaged"),
        (bytes(range(256)), "binary"),
        (b"text\0more", "binary"),
        (b"\xff\xfe\x00", "binary"),
        (b"a" * (TEXT_LIMIT + 1), "text_large"),
        (b"\0" * (TEXT_LIMIT + 1), "binary"),
        (PNG + bytes(IMAGE_LIMIT), "image_large"),
    ],
)
def test_what_cannot_be_sent_is_said_in_both_languages(folder: Path, data: bytes, code: str) -> None:
    (folder / "a\x1b.bin").write_bytes(data)
    with pytest.raises(AttachmentError) as caught:
        read_attachment("a\x1b.bin")
    assert caught.value.code == code
    for language in (ENGLISH, CHINESE):
        assert "a␛.bin" in write_trouble(caught.value, language)


def test_what_is_no_file_to_read_is_said_without_waiting_for_it(folder: Path) -> None:
    (folder / "sub").mkdir()
    os.mkfifo(folder / "pipe")
    (folder / "loop").symlink_to("loop")
    codes = {}
    for name in ("sub", "pipe", "loop", "gone", "sub/gone", "no\0name", "~nobody-here/x"):
        with pytest.raises(AttachmentError) as caught:
            read_attachment(name)
        codes[name] = caught.value.code
        assert write_trouble(caught.value, ENGLISH)
    assert codes == {
        **dict.fromkeys(("gone", "sub/gone", "no\0name", "~nobody-here/x"), "gone"),
        "sub": "folder",
        "pipe": "special",
        "loop": "unreadable",
    }


def test_together_they_have_limits(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "a").write_text("a")
    with pytest.raises(AttachmentError, match="too_many"):
        read_attachments(["a"] * (MOST + 1))
    with pytest.raises(AttachmentError, match="together_large") as caught:
        check_together([Attachment("a", "image/png", bytes(TOGETHER_LIMIT)), Attachment("b", "text/plain", b"b")])
    assert "20.0 MB" in write_trouble(caught.value, ENGLISH)
    monkeypatch.setattr(module, "MOST", 1)
    assert len(read_attachments(["a"])) == 1


def test_only_what_is_there_or_was_completed_is_a_file(folder: Path) -> None:
    (folder / "a.txt").write_text("a")
    (folder / "b c").write_text("b")
    (folder / "sub").mkdir()
    text = 'see @a.txt, @someone, @sub/ and @"b c" (@a.txt)'
    named = {"a.txt,", "someone", "sub/", "b c", "a.txt)", "gone"}
    assert find_attached(text, named, set()) == ["a.txt", "b c"]
    assert find_attached(text, {"b c"}, set()) == ["b c"]
    assert find_attached("@gone.", {"gone."}, set()) == []
    with pytest.raises(AttachmentError, match="gone"):
        find_attached("@gone.", {"gone."}, {"gone"})


def test_a_file_out_of_reach_is_a_file_and_said(folder: Path) -> None:
    (folder / "loop").symlink_to("loop")
    (folder / "nowhere").symlink_to("gone")
    assert find_attached("@loop @nowhere", {"loop", "nowhere"}, set()) == ["loop", "nowhere"]
    assert find_attached(f"@{'x' * 300}", {"x" * 300}, set()) == []


def test_a_mention_that_looks_like_a_file_and_is_none_is_told(folder: Path) -> None:
    (folder / "src").mkdir()
    (folder / "src" / "a.py").write_text("a")
    text = "@src/a.py, @src/b.py @./gone @src/ @types/node @someone @~nobody-here/x"
    named = {"src/a.py,", "src/b.py", "./gone", "src/", "types/node", "someone", "~nobody-here/x"}
    assert find_absent(text, named) == ["src/b.py", "./gone", "src/"]
    assert find_absent(text, {"someone"}) == []
    (folder / "there.txt").write_text("a")
    bare = {"nofile.txt.", "there.txt.", "someone."}
    assert find_absent("look @nofile.txt. or @there.txt. or ask @someone.", bare) == ["nofile.txt."]
    assert "src/␛" in write_absent(["src/\x1b"], CHINESE)


def test_a_size_above_a_limit_never_reads_like_the_limit(folder: Path) -> None:
    (folder / "a").write_bytes(b"a" * (TEXT_LIMIT + 1))
    with pytest.raises(AttachmentError) as caught:
        read_attachment("a")
    assert "has 1,000,001 B; a text file may have 1.0 MB" in write_trouble(caught.value, ENGLISH)


def test_a_long_name_is_the_same_wherever_it_is_compared(folder: Path) -> None:
    name = "n" * 150
    (folder / name).write_text("a")
    found = read_attachments([name])
    assert [each.name for each in found] == [show_name(name)]
    assert keep_attached(found, f"@{name}", "none") == ()


def test_texts_go_in_a_fence_that_nothing_in_them_ends_and_images_behind() -> None:
    files = [
        Attachment("a.md", "text/plain", b"```\ncode\n```"),
        Attachment("p.png", "image/png", PNG),
        Attachment("b.txt", "text/plain", b"plain\n"),
    ]
    assert make_message("Look.", files) == ChatMessage(
        Role.USER,
        "Look.\n\na.md:\n````\n```\ncode\n```\n````\n\nb.txt:\n```\nplain\n```",
        (Image("image/png", PNG),),
    )
    assert make_message("Look.", ()) == ChatMessage(Role.USER, "Look.")


def test_what_went_with_earlier_prompts_goes_again() -> None:
    reply = Reply("route", "model", pieces=["Yes."])
    turn = Turn("First", [reply], attachments=(Attachment("a", "text/plain", b"x"),))
    first, answer, last = Conversation(turns=[turn]).messages("Then?", attachments=(Attachment("p", "image/png", PNG),))
    assert first.text == "First\n\na:\n```\nx\n```"
    assert (answer.text, last.text, len(last.images)) == ("Yes.", "Then?", 1)


def test_a_chip_says_how_large_it_is() -> None:
    assert write_chip(Attachment("a\x1b.txt", "text/plain", b"x\ny"), ENGLISH) == "a␛.txt  3 B, 2 lines"
    assert write_chip(Attachment("a", "text/plain", b"x\n"), ENGLISH) == "a  2 B, 1 line"
    assert "640×480" in write_chip(Attachment("p.png", "image/png", PNG), ENGLISH)
    assert write_chip(Attachment("p.png", "image/png", PNG[:9]), CHINESE) == "p.png  9 B，图片"
