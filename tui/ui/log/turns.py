"""TurnView: a log view of turns: each prompt with one of its replies, the chosen one until another is asked for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from textual.message import Message

from tui.chat.conversation import Conversation, Reply, Turn
from tui.chat.turn_tree import ONLY, Branching
from tui.stream.events import StreamEvent
from tui.ui.log.ending import Standing
from tui.ui.log.entry import Entry, PromptEntry, WelcomeEntry
from tui.ui.log.reply_entry import ReplyEntry
from tui.ui.log.searchable import SearchableView
from tui.ui.log.stack import Place


class TurnView(SearchableView):
    """It knows which entry shows which turn; the person goes through the replies of one."""

    @dataclass
    class Adopted(Message):
        """The person wants to go on with this reply."""

        turn: Turn
        reply: Reply

    _conversation: Conversation
    _welcome: str
    _replies: dict[str, int]  # the replies that are shown, by their id -> entry
    _turns: dict[int, Turn]  # entry of a reply -> its turn
    _growing: dict[int, None]  # entries of replies that are being written
    keys: Mapping[str, str] = MappingProxyType({})
    """The person's own keys, by the id of their binding: notes name them."""
    count_excess: Callable[[Turn, Reply], int] = staticmethod(lambda turn, reply: 0)
    """How many of the oldest turns could be left out for a reply; whoever shows the log knows."""
    _cut: str | None = None
    """The id of the last turn that is left out of what is sent."""

    def show(self, conversation: Conversation, welcome: str) -> None:
        """Show a conversation from its end, or `welcome` while it is empty."""
        self._conversation, self._welcome = conversation, welcome
        self._replies, self._turns, self._growing = {}, {}, {}
        self._cut = conversation.cut
        self.show_entries(self._make_path(conversation.turns, 0))

    def show_path(self, hidden: Turn | None = None) -> None:
        """Show the path that the conversation has now, without a turn that is `hidden`.

        What of it was shown already stays where it is, and the place of reading with it.
        """
        self._cut = self._conversation.cut
        turns = [turn for turn in self._conversation.turns if turn is not hidden]
        pairs = enumerate(zip(self._turns.values(), turns, strict=False))
        same = next((number for number, (old, new) in pairs if old.id != new.id), min(len(self._turns), len(turns)))
        first = 2 * same
        self._turns = {entry: turn for entry, turn in self._turns.items() if entry < first}
        self._replies = {reply: entry for reply, entry in self._replies.items() if entry < first}
        self._growing = {entry: None for entry in self._growing if entry < first}
        self.replace_entries(first, self._make_path(turns, same))

    def show_turn(self, turn: Turn) -> None:
        """Bring the prompt of a turn into sight."""
        if (number := next((entry for entry, other in self._turns.items() if other.id == turn.id), None)) is not None:
            self.go_to(Place(number - 1, 0))

    def add_turn(self, turn: Turn) -> None:
        """Show a turn that was just begun; the person who sent it wants to see its end."""
        if not self._replies:
            self.show_entries([])
        branching = self._conversation.tree.branchings().get(turn.id, ONLY)
        for entry in self._make_entries(turn, len(self._stack.entries), branching):
            self.add_entries([entry])

    def apply(self, reply: Reply, event: StreamEvent) -> None:
        """Take an event that a reply has taken; one that is not shown here is not painted."""
        if (number := self._replies.get(reply.id)) is not None:
            entry = self._stack.entries[number]
            assert isinstance(entry, ReplyEntry), "replies are shown as such"
            entry.apply(event)
            self.mark_grown(number)

    def show_reply(self, turn: Turn, reply: Reply) -> None:
        """Show this reply of a turn, and where it stands among the others now."""
        number = next((entry for entry, other in self._turns.items() if other.id == turn.id), None)
        if number is None:
            return
        del self._replies[self._reply_at(number).id]
        self._replies[reply.id] = number
        self._growing[number] = None
        self._stack.entries[number] = self._make_reply(turn, reply)
        self._overlay.found = None
        self._reshape(number)

    def show_passage(self, turn: str, reply: str | None, words: str) -> None:
        """Go to where these words are in a reply, or without one in the prompt, of a turn; all by their ids."""
        number = next((entry for entry, other in self._turns.items() if other.id == turn), None)
        if number is None:
            return
        replies = self._turns[number].replies
        if (sibling := next((other for other in replies if other.id == reply), None)) is not None:
            if self._reply_at(number) is not sibling:
                self.show_reply(self._turns[number], sibling)
            self.find_in(number, words)
        else:
            self.find_in(number - 1, words)

    def tell_waits(self) -> None:
        """Bring up to date what running replies tell of their waiting: a retry that is due, silence."""
        for number in list(self._growing):
            entry = self._stack.entries[number]
            if not entry.is_growing:
                del self._growing[number]
            elif isinstance(entry, ReplyEntry) and entry.is_stale:
                self.mark_grown(number)

    def renew(self, turn: Turn) -> None:
        """Show anew what is shown of a turn: another of its replies is its context now."""
        if (number := next((entry for entry, other in self._turns.items() if other is turn), None)) is not None:
            following = self._following
            self.show_reply(turn, self._reply_at(number))
            if following:
                self.follow()

    def show_cut(self, cut: str | None) -> None:
        """Mark where what is sent begins now, behind the turn of this id, and there alone."""
        before, self._cut = self._cut, cut
        branchings = self._conversation.tree.branchings()
        for number, turn in self._turns.items():
            above = self._turns.get(number - 2)
            if above is not None and above.id in (before, cut):
                self._stack.entries[number - 1] = self._make_prompt(turn, number - 1, branchings.get(turn.id, ONLY))
                self._reshape(number - 1)

    @property
    def last_reply(self) -> tuple[Turn, Reply] | None:
        """The last reply that is shown, and its turn."""
        return self.shown_reply(max(self._turns, default=None)) if self._turns else None

    def shown_reply(self, entry: int | None) -> tuple[Turn, Reply] | None:
        """The reply of an entry, be it that of the prompt or of the reply, and its turn."""
        turn, reply = self.turn_at(entry), self.reply_at(entry)
        return (turn, reply) if turn is not None and reply is not None else None

    def turn_at(self, entry: int | None) -> Turn | None:
        """The turn of an entry, be it that of the prompt or of the reply."""
        if entry is None:
            return None
        return self._turns.get(entry) or self._turns.get(entry + 1)

    def reply_at(self, entry: int | None) -> Reply | None:
        """The reply of an entry, or the one below a prompt."""
        if entry is None or self.turn_at(entry) is None:
            return None
        return self._reply_at(entry if entry in self._turns else entry + 1)

    def step_sibling(self, entry: int | None, step: int) -> bool:
        """Show the next or previous reply of the turn, beyond the ends from the other; False if there is one only."""
        found = self.shown_reply(entry)
        if found is None or len(found[0].replies) < 2:
            return False
        turn, reply = found
        self.show_reply(turn, turn.replies[(turn.place(reply) + step) % len(turn.replies)])
        return True

    def adoptable(self, entry: int | None) -> "TurnView.Adopted | None":
        """What adopts the reply of an entry; None where it stands alone or was adopted before."""
        turn = self._turns.get(entry) if entry is not None else None
        if turn is None or entry is None or len(turn.replies) < 2:
            return None
        reply = self._reply_at(entry)
        return None if turn.adopted and reply is turn.reply else self.Adopted(turn, reply)

    def _make_path(self, turns: Sequence[Turn], same: int) -> list[Entry]:
        """The entries of a path behind its first turns, which are shown already."""
        branchings, entries = self._conversation.tree.branchings(), list[Entry]()
        for turn in turns[same:]:
            entries += self._make_entries(turn, 2 * same + len(entries), branchings.get(turn.id, ONLY))
        return entries if turns else [WelcomeEntry(self._welcome, self._language)]

    def _make_entries(self, turn: Turn, first: int, branching: Branching) -> list[Entry]:
        """The entries of a turn, the first of which is to be that of this number."""
        reply = self._choose_shown(turn)
        self._replies[reply.id] = first + 1
        self._turns[first + 1] = turn
        if reply.outcome is None:
            self._growing[first + 1] = None
        return [self._make_prompt(turn, first, branching), self._make_reply(turn, reply)]

    def _make_prompt(self, turn: Turn, number: int, branching: Branching) -> PromptEntry:
        """The prompt of a turn as the entry of this number; where what is sent begins, it says so."""
        mark, above = "", self._turns.get(number - 1)
        if above is not None and above.id == self._cut:
            key = self.keys.get("log.untrim", "O")
            mark = self._language.say("context.mark", count=number // 2, key=key)
        return PromptEntry(turn.prompt, self._language, branching, mark, turn.attachments)

    def _choose_shown(self, turn: Turn) -> Reply:
        return turn.reply

    def _make_reply(self, turn: Turn, reply: Reply) -> ReplyEntry:
        place, count, excess = turn.place(reply) + 1, len(turn.replies), self.count_excess(turn, reply)
        standing = Standing(place, count, reply is turn.reply, excess=excess)
        return ReplyEntry(reply, self._language, standing=standing, keys=self.keys)

    def _reply_at(self, entry: int) -> Reply:
        shown = self._stack.entries[entry]
        assert isinstance(shown, ReplyEntry), "the entries of turns are replies"
        return shown.reply

    def _reshape(self, number: int) -> None:
        """An entry has other rows: what is above stays where it is, and its start comes into sight."""
        self._stack.make_exact(number)
        self._leave_end()
        self._overlay.selection = None
        if Place(number, 0) < self._top and self._top.entry == number:
            self._top = Place(number, 0)
        self.follow() if self.end_in_sight else self.settle()
