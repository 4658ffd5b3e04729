"""`weir compare`: the same prompt to several models."""

import argparse
import asyncio
from dataclasses import replace

from tui.arguments import UsageError
from tui.chat.database import Report
from tui.chat.routes import choose_routes
from tui.chat.workspace import Workspace
from tui.command.prompt import read_prompt
from tui.command.prompt_choice import choose_system
from tui.compare.comparison import Comparison, check_count, read_prompts
from tui.compare.lineup import lead_wish
from tui.compare.run import CompareOpening, run_compare
from tui.compose import begin_trace, open_workspace
from tui.launch import Launch
from tui.settings.secrets import Masker
from tui.stream.trace import StreamTrace


def run(options: argparse.Namespace, launch: Launch, mask: Masker) -> int:
    """Ask all of them and return the exit code."""
    names = [name for name in (launch.wish.model, *getattr(options, "models", ())) if name]
    check_count(names)
    if options.prompts and options.prompt:
        raise UsageError("--prompts FILE and PROMPT both say what to ask; give one of them")
    if options.prompts:
        prompts = read_prompts(options.prompts)
    else:
        prompts = (read_prompt(options.prompt, use_stdin=not options.no_stdin, command="compare"),)
    system = choose_system(options, launch)
    comparison = Comparison(tuple(names), prompts, options.repeat, system, options.json, options.save)
    lead = replace(launch, wish=lead_wish(launch.wish, names))
    routes = choose_routes(lead.wish, launch.config, launch.environ)  # complains before anything is opened

    def begin(name: str) -> StreamTrace:
        return begin_trace(replace(launch, wish=replace(launch.wish, model=name)), routes, mask, stream=True)

    async def opener(report: Report) -> Workspace:
        return await open_workspace(lead, mask, report, keep=options.save, consent=None)

    opening = CompareOpening(launch.environ, launch.load_language(), mask, opener, begin)
    return asyncio.run(run_compare(opening, comparison))
