"""ChatGPT tree: the messages of one conversation of its export, and the ways through them.

Every message hangs below its parent. A way goes from a first prompt to a last answer; each prompt on it has all its
answers. Each prompt is on one way of its own, the first of them the one that ChatGPT last showed; where prompts have
answers or edits beside, further ways begin, which share their beginning with an earlier one.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tui.chat.exchange.arrival import ExchangeError

MOST_STEPS = 20_000_000
"""Messages on all ways of one conversation: a tree can be made that has far more ways than messages."""


@dataclass(frozen=True, slots=True)
class Node:
    """A message; its `content` is empty where the tree only needs something to hang on."""

    id: str
    role: str
    content: Mapping[str, Any]
    message: Mapping[str, Any]

    @property
    def is_prompt(self) -> bool:
        """Whether a person wrote it; what ChatGPT adds in the person's name is hidden."""
        return self.role == "user" and not self.metadata.get("is_visually_hidden_from_conversation")

    @property
    def metadata(self) -> Mapping[str, Any]:
        """What stands beside its content."""
        found = self.message.get("metadata")
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True, slots=True)
class Answer:
    """The messages of one answer, and the prompts that follow it."""

    nodes: tuple[Node, ...]
    next: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A prompt on a way, its answers, and which of them the way takes."""

    prompt: Node
    answers: tuple[Answer, ...]
    taken: int
    before: "Step | None"
    depth: int
    """How many steps the way has up to here."""

    def whole_way(self) -> list["Step"]:
        """From the first step to this one."""
        way: list[Step] = []
        step: Step | None = self
        while step is not None:
            way.append(step)
            step = step.before
        return way[::-1]


class Tree:
    """One conversation; raises ExchangeError for one that is made to take for ever."""

    def __init__(self, mapping: Mapping[str, Any], current: Any) -> None:
        self._nodes = {name: _read_node(name, value) for name, value in mapping.items()}
        self._children: dict[str, list[Node]] = defaultdict(list)
        self._parents: dict[str, str] = {}
        for name, value in mapping.items():
            parent = value.get("parent") if isinstance(value, dict) else None
            if isinstance(parent, str) and parent in self._nodes:
                self._parents[name] = parent
                self._children[parent].append(self._nodes[name])
        self._shown = self._way_to(current)
        self._steps = 0

    def before_prompts(self) -> list[Node]:
        """The messages that stand before any prompt."""
        return [node for answer in self._beginnings() for node in answer.nodes]

    def ways(self) -> Iterator[tuple[Node, list[Step]]]:
        """Each way with the first prompt that no way before it had; the one that was last shown comes first."""
        first = [prompt for answer in self._beginnings() for prompt in answer.next]
        pending: list[tuple[Step | None, Node]] = [(None, prompt) for prompt in self._shown_last(first)]
        while pending:
            before, own = pending.pop()
            step, prompt = before, own
            while True:
                answers = tuple(self._answers(prompt))
                taken = self._best(answers)
                depth = step.depth + 1 if step else 1
                for place, answer in enumerate(answers):
                    if place != taken:
                        here = Step(prompt, answers, place, step, depth)
                        pending += [(here, other) for other in answer.next]
                step = Step(prompt, answers, taken, step, depth)
                following = self._shown_last(answers[taken].next)
                if not following:
                    break
                pending += [(step, other) for other in following[:-1]]
                prompt = following[-1]
            self._count(step.depth)
            yield own, step.whole_way()

    def _beginnings(self) -> Iterator[Answer]:
        """What stands before the first prompts."""
        roots = [node for name, node in self._nodes.items() if name not in self._parents]
        for root in roots:
            if root.is_prompt:
                yield Answer((), (root,))
            else:
                yield from (Answer((root, *answer.nodes), answer.next) for answer in self._answers(root))

    def _answers(self, start: Node) -> Iterator[Answer]:
        """All lines of messages below a prompt, each up to where a person writes again."""
        stack: list[tuple[Node, tuple[Node, ...]]] = [(start, ())]
        while stack:
            node, path = stack.pop()
            self._count(len(path) + 1)
            children = self._children[node.id]
            prompts = tuple(child for child in children if child.is_prompt)
            others = [child for child in children if not child.is_prompt]
            if prompts or not others:
                yield Answer(path, prompts)
            stack += [(child, (*path, child)) for child in reversed(others)]

    def _best(self, answers: tuple[Answer, ...]) -> int:
        """The answer that was last shown, else the latest."""
        known = [sum(node.id in self._shown for node in (*answer.nodes, *answer.next)) for answer in answers]
        return max(range(len(answers)), key=lambda place: (known[place], place))

    def _shown_last(self, nodes: tuple[Node, ...] | list[Node]) -> list[Node]:
        return sorted(nodes, key=lambda node: node.id in self._shown)

    def _way_to(self, current: Any) -> frozenset[str]:
        """A message and all above it."""
        seen: set[str] = set()
        while isinstance(current, str) and current in self._nodes and current not in seen:
            seen.add(current)
            current = self._parents.get(current)
        return frozenset(seen)

    def _count(self, steps: int) -> None:
        self._steps += steps
        if self._steps > MOST_STEPS:
            raise ExchangeError(f"a conversation of it has more than {MOST_STEPS} messages on all its ways")


def _read_node(name: str, value: Any) -> Node:
    message = value.get("message") if isinstance(value, dict) else None
    if not isinstance(message, dict):
        return Node(name, "", {}, {})
    author, content = message.get("author"), message.get("content")
    role = author.get("role") if isinstance(author, dict) else None
    return Node(name, role if isinstance(role, str) else "", content if isinstance(content, dict) else {}, message)
