"""Makes a logs.db by the code of llm itself, in an environment with llm alone: `python make_llm.py logs.db`."""

import sys

import llm
import sqlite_utils
from llm.migrations import migrate


class Parrot(llm.Model):
    """Says again what it is asked."""

    model_id = "parrot"
    can_stream = True
    attachment_types = frozenset(("image/png",))

    def execute(self, prompt, stream, response, conversation=None):
        yield "You said: "
        yield prompt.prompt or ""


db = sqlite_utils.Database(sys.argv[1])
migrate(db)
model = Parrot()
talk = model.conversation()
for words in ("Where does the heron nest?", "鹭在哪里筑巢？\x1b[31m red"):
    answer = talk.prompt(words, system="Be brief.")
    answer.text()
    answer.log_to_db(db)
one = model.prompt("What is in this?", fragments=["A long text about weirs.\n", "Another one."])
one.text()
one.log_to_db(db)
two = model.prompt("And in this picture?", attachments=[llm.Attachment(content=b"\x89PNG\r\n\x1a\n", type="image/png")])
two.text()
two.log_to_db(db)
db.conn.execute("vacuum")
