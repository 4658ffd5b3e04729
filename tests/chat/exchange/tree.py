"""A conversation in the shape of ChatGPT's export, made of a few words."""

from typing import Any


def node(
    name: str,
    parent: str | None,
    role: str = "",
    text: str | None = None,
    *,
    content: dict[str, Any] | None = None,
    metadata: dict[str, Any] | None = None,
    **message: Any,
) -> dict[str, Any]:
    """One message; without a role the kind that only holds the tree together."""
    body = content or {"content_type": "text", "parts": [] if text is None else [text]}
    whole = {"id": name, "author": {"role": role}, "content": body, "metadata": metadata or {}, "recipient": "all"}
    return {"id": name, "parent": parent, "children": [], "message": {**whole, **message} if role else None}


def export(current: str, *nodes: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A conversation of these; `current` is the message that was last shown."""
    mapping = {one["id"]: one for one in nodes}
    for one in nodes:
        if one["parent"] in mapping:
            mapping[one["parent"]]["children"].append(one["id"])
    return {
        "title": "Herons",
        "create_time": 1761986400.5,
        "conversation_id": "67a0-41f2",
        "current_node": current,
        "mapping": mapping,
        **fields,
    }


HERONS = export(
    "a3",
    node("root", None),
    node("sys", "root", "system", ""),
    node("u1", "sys", "user", "Where do herons nest?", create_time=1761986401.0),
    node("a1", "u1", "assistant", "In trees.", metadata={"model_slug": "gpt-4o"}),
    node("a2", "u1", "assistant", "In colonies.", metadata={"model_slug": "o3"}),
    node("u2", "a2", "user", "And when?"),
    node("u3", "a2", "user", "And in China?\x1b[31m 鹭"),
    node("t3", "u3", "assistant", content={"content_type": "thoughts", "thoughts": [{"summary": "S", "content": "C"}]}),
    node("c3", "t3", "assistant", content={"content_type": "code", "text": "search('x')"}, recipient="browser"),
    node("o3", "c3", "tool", "found"),
    node("a3", "o3", "assistant", "在水边。", metadata={"finish_details": {"type": "max_tokens"}, "model_slug": "o3"}),
    node("b2", "u2", "assistant", "In spring."),
)
"""One prompt with two answers; after the second a prompt and its edit."""
