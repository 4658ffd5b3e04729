"""Answer: a reply on its way in lines: asked for, printed as it comes, stopped by a signal, waited for."""

import asyncio
import signal

from tui.chat.conversation import Reply
from tui.chat.workspace import Workspace
from tui.plain.output import Output
from tui.plain.reply_printer import ReplyPrinter, StateTeller
from tui.plain.signals import Signals
from tui.stream.events import Finished, Interrupted, StreamEvent
from tui.stream.outcome import Outcome
from tui.stream.trace import StreamTrace
from tui.text.language import Language

HANGUP_SECONDS = 600.0
"""How long a reply may run on without a terminal."""
_STATE_SECONDS = 0.25


async def print_answer(
    reply: Reply,
    workspace: Workspace,
    output: Output,
    signals: Signals,
    language: Language,
    *,
    stream: bool = True,
) -> None:
    """Ask for a reply that was begun and print it; returns when it has ended, in whatever way."""
    session, loop = workspace.session, asyncio.get_running_loop()
    printer = ReplyPrinter(reply, output, language)
    ended = asyncio.Event()

    def view(event: StreamEvent) -> None:
        printer.take(event)
        if isinstance(event, Finished | Interrupted):
            ended.set()
        elif isinstance(output.refused, BrokenPipeError):
            session.stop(reply)  # `| head` has read enough

    def act(number: signal.Signals) -> None:
        loop.call_soon_threadsafe(_stop, number, workspace, output)

    with signals.calling(act):
        session.start(reply, view, stream=stream)
        assert reply.trace is not None, "start() gave it one"
        states = asyncio.create_task(_tell_states(reply.trace, output, language))
        await ended.wait()
        states.cancel()


def _stop(number: signal.Signals, workspace: Workspace, output: Output) -> None:
    """End what is being written, as the signal says; on a hang-up it may run on, though nobody reads it."""
    session = workspace.session
    if number is signal.SIGHUP:
        output.abandon()
        if workspace.config.hangup == "finish":
            workspace.leave_running()
            loop = asyncio.get_running_loop()
            loop.call_later(HANGUP_SECONDS, lambda: session.stop_all(Outcome.APP_EXIT, signal=number.name))
            return
    if number is signal.SIGINT:
        for reply in session.running():
            session.stop(reply)
    else:
        session.stop_all(Outcome.APP_EXIT, signal=number.name)


async def _tell_states(trace: StreamTrace, output: Output, language: Language) -> None:
    teller = StateTeller(language)
    while True:
        for line in teller.lines(trace):
            output.tell(line)
        await asyncio.sleep(_STATE_SECONDS)
