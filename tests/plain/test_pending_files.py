import pytest

from tests.plain.lines import asked, at_prompt, open_raw, type_line
from tests.ui.desk import Desk, say
from tests.ui.server import RawServer


@pytest.mark.slow
def test_a_file_goes_with_the_next_prompt_and_no_other(desk: Desk, raw_server: RawServer) -> None:
    (desk.home / "notes.md").write_text("one\n")
    (desk.home / "tool.bin").write_bytes(bytes(9))
    terminal = open_raw(desk, raw_server)
    type_line(terminal, "/attach tool.bin")
    terminal.wait_for(at_prompt(say("attachment.binary", name="tool.bin")))
    type_line(terminal, "/attach notes.md")
    terminal.wait_for(at_prompt(say("attachment.text_line", name="notes.md", size="4 B")))
    for prompt, sent in (("read it", "read it\n\nnotes.md:\n```\none\n```"), ("and?", "and?")):
        type_line(terminal, prompt)
        stream = raw_server.next_stream()
        assert asked(stream) == sent
        stream.say("Read.")
        stream.finish()
        terminal.wait_for(at_prompt("Read."))
    type_line(terminal, "/attach")
    terminal.wait_for(at_prompt(say("attachment.none")))
