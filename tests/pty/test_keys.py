import pytest

from tests.pty.keys import encode_key


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a", b"a"),
        ("é", "é".encode()),
        ("enter", b"\r"),
        ("escape", b"\x1b"),
        ("tab", b"\t"),
        ("shift+tab", b"\x1b[Z"),
        ("backspace", b"\x7f"),
        ("ctrl+c", b"\x03"),
        ("ctrl+j", b"\n"),
        ("ctrl+@", b"\x00"),
        ("ctrl+space", b"\x00"),
        ("shift+g", b"G"),
        ("alt+x", b"\x1bx"),
        ("alt+enter", b"\x1b\r"),
        ("shift+enter", b"\x1b[13;2u"),
        ("up", b"\x1b[A"),
        ("shift+up", b"\x1b[1;2A"),
        ("ctrl+right", b"\x1b[1;5C"),
        ("home", b"\x1b[H"),
        ("pageup", b"\x1b[5~"),
        ("ctrl+pagedown", b"\x1b[6;5~"),
        ("delete", b"\x1b[3~"),
        ("f1", b"\x1bOP"),
        ("shift+f2", b"\x1b[1;2Q"),
        ("f5", b"\x1b[15~"),
        ("f12", b"\x1b[24~"),
    ],
)
def test_key_has_the_bytes_of_xterm(name: str, expected: bytes) -> None:
    assert encode_key(name) == expected


@pytest.mark.parametrize("name", ["", "pgup", "hyper+a", "ctrl+1", "ctrl+é"])
def test_unknown_key_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"key|character"):
        encode_key(name)
