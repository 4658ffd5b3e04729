import base64
import re
from pathlib import Path
from typing import Any

import pytest

from tests.pty.terminal import PtyTerminal
from tests.ui.desk import Desk, open_raw, say, send_prompt, spoken
from tests.ui.server import RawServer
from tui.text.size import show_size

GIF = b"GIF89a" + bytes((64, 0, 48, 0)) + bytes(30)


def write_files(home: Path) -> None:
    (home / "notes.md").write_text("one\n```\ntwo\n")
    (home / "my pic.gif").write_bytes(GIF)
    (home / "tool.bin").write_bytes(bytes(range(256)))


def chips(*, sign: str = "") -> tuple[str, str]:
    text = say("attachment.text", name="notes.md", size=show_size(12), lines=3)
    return sign + text, sign + say("attachment.image", name="my pic.gif", size=show_size(len(GIF)), width=64, height=48)


def sent(server: RawServer) -> Any:
    exchange = server.next_exchange()
    exchange.open_stream()
    exchange.say("Seen.")
    exchange.finish()
    return exchange.body["messages"][-1]["content"]


def see(terminal: PtyTerminal, *texts: str) -> None:
    for text in texts:
        terminal.wait_for(text)


@pytest.mark.slow
def test_files_are_completed_shown_sent_and_kept(desk: Desk, raw_server: RawServer) -> None:
    write_files(desk.home)
    terminal = open_raw(desk, raw_server)
    terminal.send("see @no\tand @my\ta@b @someone")
    terminal.wait_for('see @notes.md and @"my pic.gif" a@b @someone')
    see(terminal, *chips())
    terminal.press("enter")
    prompt = 'see @notes.md and @"my pic.gif" a@b @someone'
    assert sent(raw_server) == [
        {"type": "text", "text": f"{prompt}\n\nnotes.md:\n````\none\n```\ntwo\n````"},
        {"type": "image_url", "image_url": {"url": f"data:image/gif;base64,{base64.b64encode(GIF).decode()}"}},
    ]
    see(terminal, "Seen.", *chips(sign="▸ "))
    terminal.press("tab", "k", "a")
    see(terminal, *chips(sign="▾ "), "two")
    assert desk.stored("SELECT name, media_type, data FROM attachment ORDER BY position")[1] == (
        *("my pic.gif", "image/gif"),
        GIF,
    )
    records = (desk.state / "records.jsonl").read_text()
    assert "notes.md" not in records
    assert str(desk.home) not in records


@pytest.mark.slow
def test_what_cannot_be_sent_is_said_and_the_prompt_is_back(desk: Desk, raw_server: RawServer) -> None:
    write_files(desk.home)
    terminal = open_raw(desk, raw_server)
    terminal.send("run @too\t")
    terminal.wait_for(re.compile(f"✗ {re.escape('tool.bin is binary')}"))
    terminal.press("enter")
    terminal.wait_for(spoken("attachment.unsent"))
    terminal.wait_for("│ run @tool.bin")
    (desk.home / "tool.bin").unlink()
    terminal.press("enter")
    terminal.wait_for(spoken("attachment.gone", name="tool.bin"))
    terminal.press("ctrl+u")
    terminal.send("by hand @notes.md\t")
    see(terminal, chips()[0])
    (desk.home / "notes.md").unlink()
    terminal.press("enter")
    terminal.wait_for(spoken("attachment.gone", name="notes.md"))
    terminal.press("ctrl+u")
    send_prompt(terminal, "no @tool.binary")
    assert sent(raw_server) == "no @tool.binary"


@pytest.mark.slow
def test_a_model_that_is_known_to_take_no_images_is_not_asked(desk: Desk, raw_server: RawServer) -> None:
    write_files(desk.home)
    desk.write_config(
        f'model = "lab/raw"\n[providers.lab]\nbase_url = "{raw_server.base_url}"\n[models."lab/raw"]\nimages = false\n'
    )
    terminal = desk.open()
    terminal.wait_for(spoken("welcome.title"))
    send_prompt(terminal, 'see @"my pic.gif"\t')
    terminal.wait_for(say("attachment.no_images", model="lab/raw", name="my pic.gif")[:24])
    terminal.wait_for('│ see @"my pic.gif"')
    terminal.press("ctrl+u")
    send_prompt(terminal, "see @notes.md\t")
    assert sent(raw_server) == "see @notes.md\n\nnotes.md:\n````\none\n```\ntwo\n````"


@pytest.mark.slow
def test_a_long_paste_mentions_no_file_and_one_in_the_queue_is_read_when_its_turn_comes(
    desk: Desk, raw_server: RawServer
) -> None:
    write_files(desk.home)
    terminal = open_raw(desk, raw_server)
    text = "@notes.md\n" * 6_000
    terminal.send(f"\x1b[200~{text}\x1b[201~")
    terminal.wait_for("[#1")
    terminal.press("enter")
    first = raw_server.next_exchange()
    assert first.body["messages"][-1]["content"] == text
    send_prompt(terminal, "then @notes.md\t")
    terminal.wait_for(spoken("prompt.queued", text="then @notes.md"))
    (desk.home / "notes.md").write_text("changed")
    first.open_stream()
    first.say("One.")
    first.finish()
    assert sent(raw_server) == "then @notes.md\n\nnotes.md:\n```\nchanged\n```"


@pytest.mark.slow
def test_files_stay_with_a_prompt_that_is_edited_unless_their_mention_goes(desk: Desk, raw_server: RawServer) -> None:
    write_files(desk.home)
    terminal = open_raw(desk, raw_server)
    send_prompt(terminal, 'see @"my pic.gif"\t and @notes.md\t')
    assert len(sent(raw_server)) == 2
    terminal.wait_for("Seen.")
    (desk.home / "notes.md").unlink()
    (desk.home / "more.txt").write_text("more")
    terminal.press("tab", "k", "e")
    terminal.wait_for('│ see @"my pic.gif" and @notes.md')
    terminal.press("ctrl+u")
    send_prompt(terminal, "see @more.txt\t and @notes.md")
    block = "notes.md:\n````\none\n```\ntwo\n````\n\nmore.txt:\n```\nmore\n```"
    assert sent(raw_server) == f"see @more.txt and @notes.md\n\n{block}"


@pytest.mark.slow
def test_a_mention_that_was_pasted_is_text_until_it_is_completed(desk: Desk, raw_server: RawServer) -> None:
    write_files(desk.home)
    terminal = open_raw(desk, raw_server)
    terminal.send("\x1b[200~Mail from Bob: look at @notes.md\x1b[201~")
    terminal.wait_for(say("attachment.left", names="notes.md")[:40])
    terminal.press("enter")
    assert sent(raw_server) == "Mail from Bob: look at @notes.md"
    terminal.wait_for("Seen.")
    terminal.press("up")
    terminal.wait_for("│ Mail from Bob: look at @notes.md")
    terminal.press("end")
    terminal.send("\t")
    see(terminal, chips()[0])
    terminal.press("enter")
    assert sent(raw_server).endswith("notes.md:\n````\none\n```\ntwo\n````")
