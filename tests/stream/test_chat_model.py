"""A list of models names embeddings and voices too; the first that chats is the one to ask."""

import pytest

from tui.stream.chat_model import find_chat_model


@pytest.mark.parametrize(
    ("models", "chosen"),
    [
        (("text-embedding-3-small", "whisper-1", "gpt-4.1"), "gpt-4.1"),
        (("text-embedding-3-small",), "text-embedding-3-small"),
        ((), None),
    ],
)
def test_the_model_that_chats(models: tuple[str, ...], chosen: str | None) -> None:
    assert find_chat_model(models) == chosen
