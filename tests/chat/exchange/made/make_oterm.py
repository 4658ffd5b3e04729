"""Makes a store.db by the code of oterm itself, in an environment with oterm alone.

`OTERM_DATA_DIR=folder python make_oterm.py`
"""

import asyncio

from oterm.store.store import Store
from oterm.types import ChatModel, MessageModel


async def main():
    store = await Store.get_store()
    chat = await store.save_chat(
        ChatModel(name="Herons", model="qwen3:0.6b", system="Be brief.", parameters={"temperature": 0.2})
    )
    for role, text in (
        ("user", "Where does the heron nest?"),
        ("assistant", "In tall trees, near water."),
        ("user", "鹭在哪里筑巢？"),
        ("assistant", "在水边的高树上。"),
    ):
        await store.save_message(MessageModel(chat_id=chat, role=role, text=text))
    other = await store.save_chat(ChatModel(name="", model="llama3.2"))
    await store.save_message(MessageModel(chat_id=other, role="user", text="What is this?", images=["iVBORw0KGgo="]))
    await store.save_chat(ChatModel(name="Empty", model="llama3.2"))


asyncio.run(main())
