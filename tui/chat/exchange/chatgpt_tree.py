"""ChatGPT tree: the messages of one conversation of its export, as prompts with their answers.

Every message hangs below its parent. A prompt that was edited hangs beside the one that it was. A prompt has all its
answers, and what follows one of them follows the prompt; where the conversation went on from several answers, the
prompt stands there once more for each further one, with that answer alone, so that what follows keeps its context.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

from tui.chat.exchange.arrival import ExchangeError

MOST_STEPS = 20_000_000
"""Messages on all ways from a prompt to its answers: a tree can be made that has far more ways than messages."""


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


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """A prompt, its answers, and which of them is the context for what follows it."""

    prompt: Node
    answers: tuple[Answer, ...]
    taken: int
    before: "Step | None"
    """What it follows."""
    again: bool
    """Whether the prompt stands here for a further answer that the conversation went on from."""

    @property
    def answer(self) -> Answer:
        """The one that is the context."""
        return self.answers[self.taken]


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

    def steps(self) -> Iterator[tuple[Step, bool]]:
        """Every prompt behind what it follows, and whether it is on the branch that was last shown."""
        first = tuple(prompt for answer in self._beginnings() for prompt in answer.next)
        pending: list[tuple[Step | None, tuple[Node, ...]]] = [(None, first)]
        while pending:
            before, prompts = pending.pop()
            beside = [step for prompt in prompts for step in self._make_steps(prompt, before)]
            shown = max(range(len(beside)), key=lambda place: (self._count_shown(beside[place]), place), default=0)
            for place, step in enumerate(beside):
                yield step, place == shown
                if step.answer.next:
                    pending.append((step, step.answer.next))

    def _make_steps(self, prompt: Node, before: Step | None) -> Iterator[Step]:
        """A prompt with all its answers, then once more for each but the first that was gone on with."""
        answers = tuple(self._answers(prompt))
        followed = [place for place, answer in enumerate(answers) if answer.next]
        # The first, so that a later export of the same conversation tells the same.
        taken = min(followed, key=lambda place: _first_moment(answers[place]), default=self._best(answers))
        yield Step(prompt, answers, taken, before, again=False)
        for place in followed:
            if place != taken:
                yield Step(prompt, (answers[place],), 0, before, again=True)

    def _count_shown(self, step: Step) -> int:
        nodes = (step.prompt, *step.answer.nodes, *step.answer.next)
        return sum(node.id in self._shown for node in nodes)

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
            raise ExchangeError(f"a conversation of it has more than {MOST_STEPS} messages on all ways to its answers")


def _first_moment(answer: Answer) -> float:
    """When a conversation was first gone on with from this answer."""
    moments = (node.message.get("create_time") for node in answer.next)
    return min((moment for moment in moments if isinstance(moment, int | float)), default=inf)


def _read_node(name: str, value: Any) -> Node:
    message = value.get("message") if isinstance(value, dict) else None
    if not isinstance(message, dict):
        return Node(name, "", {}, {})
    author, content = message.get("author"), message.get("content")
    role = author.get("role") if isinstance(author, dict) else None
    return Node(name, role if isinstance(role, str) else "", content if isinstance(content, dict) else {}, message)
