"""Makes an elia.sqlite by the code of Elia itself, in an environment with elia-chat alone.

`XDG_DATA_HOME=folder python make_elia.py`
"""

import asyncio
from datetime import UTC, datetime, timedelta

from elia_chat.chats_manager import ChatsManager
from elia_chat.database.database import create_database
from elia_chat.models import ChatData, ChatMessage, EliaChatModel

MOMENT = datetime(2026, 11, 1, 8, 30, tzinfo=UTC)


async def main():
    await create_database()
    model = EliaChatModel(name="gpt-4o", display_name="GPT")

    def say(n, role, text):
        return ChatMessage(
            message={"role": role, "content": text}, timestamp=MOMENT + timedelta(minutes=n), model=model
        )

    first = ChatData(
        id=None,
        title=None,
        create_timestamp=None,
        model=model,
        messages=[say(0, "system", "Be brief."), say(1, "user", "Where does the heron nest?")],
    )
    chat = await ChatsManager.create_chat(first)
    await ChatsManager.add_message_to_chat(chat, say(2, "assistant", "In tall trees, near water."))
    await ChatsManager.add_message_to_chat(chat, say(3, "user", "鹭在哪里筑巢？"))
    await ChatsManager.add_message_to_chat(chat, say(4, "assistant", "在水边的高树上。"))
    other = ChatData(
        id=None, title=None, create_timestamp=None, model=model, messages=[say(5, "user", "Nobody answers this.")]
    )
    await ChatsManager.create_chat(other)


asyncio.run(main())
