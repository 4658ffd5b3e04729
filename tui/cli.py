"""The command line: exit codes, and what each command opens; a command is imported only when it runs."""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from tui.arguments import UsageError, given_parameters, make_parser
from tui.settings.config import Config, ConfigError, read_config
from tui.settings.paths import find_paths
from tui.settings.provider import Timeouts
from tui.settings.secrets import Masker
from tui.settings.standard_streams import fill_closed_streams, put_terminal, read_piped_text
from tui.settings.terminal import Terminal, read_terminal

if TYPE_CHECKING:
    from tui.launch import Launch
    from tui.text.language import Language

USAGE, BUG, INTERRUPTED = 2, 1, 130
_ANSWERED = (0, 3, 5)
"""The exit codes of a reply of which something came."""
_NO_TERMINAL = "the app needs a terminal; use `weir ask` in a pipe or a script"


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code; a bug of ours ends in one masked sentence, never in a traceback."""
    fill_closed_streams()
    try:
        return _obey(list(sys.argv[1:] if argv is None else argv), Masker())
    except BrokenPipeError as error:
        from tui.headless.stdout import give_up_stdout

        return give_up_stdout(error)


def _obey(arguments: list[str], mask: Masker) -> int:
    as_json = "--json" in arguments
    try:
        return _run(make_parser().parse_args(arguments), mask)
    except (UsageError, ConfigError) as error:
        _complain(mask(str(error)), as_json=as_json)  # it repeats an argument, which may be a key in the wrong place
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        raise
    except Exception as error:
        return _report_bug(error, mask, as_json=as_json)


def _run(options: argparse.Namespace, mask: Masker) -> int:
    command = getattr(options, "command", None)
    if command == "practice":
        return asyncio.run(_practise(options.port, options.fault))
    paths = find_paths()
    config_file = getattr(options, "config", None)
    must_exist = config_file is not None and command != "providers add"
    if command == "doctor":
        return _diagnose(options, config_file or paths.config_file, mask, must_exist=must_exist)
    config = read_config(config_file or paths.config_file, must_exist=must_exist)
    launch = _make_launch(options, config)
    if command == "ask":
        return _ask(options, launch, mask)
    if command == "compare":
        return _compare(options, launch, mask)
    if command == "models":
        return asyncio.run(_list_models(launch, mask, as_json=options.json))
    if command in ("providers add", "providers list"):
        return _mind_providers(options, launch, mask)
    return _open_chat(options, launch, mask)


def _make_launch(options: argparse.Namespace, config: Config) -> "Launch":
    from tui.chat.choice import Wish
    from tui.launch import Launch

    def given(name: str) -> Any:
        return getattr(options, name, None)

    timeouts = Timeouts(
        given("connect_timeout"),
        given("first_byte_timeout"),
        given("idle_timeout"),
        given("stall_timeout"),
        given("linger"),
        given("deadline"),
    )
    wish = Wish(
        given("model"),
        given("provider"),
        given("base_url"),
        given("api_key_env"),
        given("dialect"),
        bool(given("allow_http")),
        bool(given("practice")),
        timeouts,
        given_parameters(options),
    )
    return Launch(find_paths(), config, os.environ, wish, given("retries"))


async def _list_models(launch: "Launch", mask: Masker, *, as_json: bool) -> int:
    from tui.compose import open_workspace
    from tui.headless.stdout import write_error
    from tui.models import print_models

    language = _language(launch)
    workspace = await open_workspace(launch, mask, lambda trouble: None, keep=False, consent=None)
    try:
        if workspace.routes.default is None:
            write_error(language.say("headless.no_provider"), as_json=as_json)
            return USAGE
        return await print_models(workspace, language, as_json=as_json)
    finally:
        await workspace.close()


def _diagnose(options: argparse.Namespace, config_file: Any, mask: Masker, *, must_exist: bool) -> int:
    """A config that cannot be read is a finding, too."""
    from tui.compose import open_workspace
    from tui.doctor import Examination, examine, tell_no_route

    config, trouble = Config(), None
    try:
        config = read_config(config_file, must_exist=must_exist)
    except ConfigError as error:
        trouble = mask(str(error))
    launch = _make_launch(options, config)
    wish = launch.wish
    if options.all and (wish.model or wish.provider or wish.base_url or wish.practice):
        raise UsageError("--all walks the way to every provider of the config; leave out what names one")
    wanted = Examination(launch.paths, launch.environ, _language(launch), options.json, options.all)
    if trouble is not None:
        return tell_no_route(trouble, wanted)

    async def opener() -> Any:
        return await open_workspace(launch, mask, lambda trouble: None, keep=False, consent=None)

    return asyncio.run(examine(opener, wanted, mask))


def _mind_providers(options: argparse.Namespace, launch: "Launch", mask: Masker) -> int:
    from tui.providers import Order, add_provider, list_providers

    config, wish, language = launch.config, launch.wish, _language(launch)
    if options.command == "providers list":
        return list_providers(config, launch.environ, language)
    order = Order(
        options.name, wish.base_url, wish.api_key_env, wish.dialect, wish.allow_http, wish.model, not options.no_test
    )
    path = config.path or launch.paths.config_file
    return asyncio.run(add_provider(order, config, path, launch.environ, mask, language))


def _ask(options: argparse.Namespace, launch: "Launch", mask: Masker) -> int:
    from tui.ask import Question

    prompt = _read_prompt(options.prompt, use_stdin=not options.no_stdin)
    question = Question(prompt, options.system, not options.no_stream, options.json, options.raw, options.save)
    return asyncio.run(_ask_once(question, launch, mask, save=options.save))


def _compare(options: argparse.Namespace, launch: "Launch", mask: Masker) -> int:
    from dataclasses import replace

    from tui.chat.choice import choose_routes
    from tui.compare.comparison import Comparison, check_count, read_prompts
    from tui.compare.lineup import lead_wish
    from tui.compare.run import CompareOpening, run_compare
    from tui.compose import begin_trace, open_workspace

    names = [name for name in (launch.wish.model, *getattr(options, "models", ())) if name]
    check_count(names)
    if options.prompts and options.prompt:
        raise UsageError("--prompts FILE and PROMPT both say what to ask; give one of them")
    if options.prompts:
        prompts = read_prompts(options.prompts)
    else:
        prompts = (_read_prompt(options.prompt, use_stdin=not options.no_stdin, command="compare"),)
    comparison = Comparison(tuple(names), prompts, options.repeat, options.system, options.json, options.save)
    lead = replace(launch, wish=lead_wish(launch.wish, names))
    routes = choose_routes(lead.wish, launch.config, launch.environ)  # complains before anything is opened

    def begin(name: str) -> Any:
        return begin_trace(replace(launch, wish=replace(launch.wish, model=name)), routes, mask, stream=True)

    async def opener(report: Any) -> Any:
        return await open_workspace(lead, mask, report, keep=options.save, consent=None)

    opening = CompareOpening(launch.environ, _language(launch), mask, opener, begin)
    return asyncio.run(run_compare(opening, comparison))


async def _ask_once(question: Any, launch: "Launch", mask: Masker, *, save: bool) -> int:
    from tui.ask import tell_stopped
    from tui.chat.choice import choose_routes
    from tui.chat.database import StoreTrouble
    from tui.compose import begin_trace, open_workspace
    from tui.headless.stdout import write_error
    from tui.headless.stop_signals import Stopped, StopSignals

    language = _language(launch)

    def report(trouble: StoreTrouble) -> None:
        text = language.say(f"store.{trouble.code}", where=trouble.where, reason=trouble.reason)
        write_error(text, as_json=False)

    routes = choose_routes(launch.wish, launch.config, launch.environ)  # complains before anything is opened
    trace = begin_trace(launch, routes, mask, stream=question.stream)
    workspace = None
    try:
        with StopSignals() as signals:
            try:
                workspace = await signals.guard(open_workspace(launch, mask, report, keep=save, consent=None))
                return await _ask_in(workspace, question, language, signals)
            except Stopped:
                return tell_stopped(signals.end(trace), question, language)
    finally:
        if workspace is not None and (lost := await workspace.close()):
            write_error(language.say("store.lost", count=lost, where=launch.paths.database), as_json=False)


async def _ask_in(workspace: Any, question: Any, language: "Language", signals: Any) -> int:
    from tui.ask import ask
    from tui.headless.stdout import write_error

    if workspace.routes.default is None:
        write_error(language.say("headless.no_provider"), as_json=question.as_json)
        return USAGE
    model = workspace.choose_model()
    if model is None:
        await signals.guard(workspace.list_models())
        model = workspace.choose_model()
    if model is None:
        write_error(_no_model(workspace, language), as_json=question.as_json)
        return USAGE
    code: int = await ask(workspace.session, model, question, language, signals)
    if code in _ANSWERED:  # a name that nothing answers to must not be asked again unasked
        workspace.use_model(model)
        await asyncio.to_thread(workspace.save_state)
    return code


def _no_model(workspace: Any, language: "Language") -> str:
    names = [model.name for model in workspace.catalogue.models()]
    if names:
        return language.say("headless.no_model", names=", ".join(names[:20]))
    for name, listing in workspace.catalogue.failures():
        return language.say(
            "headless.no_list", provider=name, reason=language.outcome(listing.failure, listing.values or {})
        )
    return language.say("headless.no_model", names="-")


def _read_prompt(words: list[str], *, use_stdin: bool, command: str = "ask") -> str:
    """PROMPT, a blank line, then stdin when it is a pipe or a file."""
    parts = [" ".join(words)] if words else []
    if use_stdin and (piped := read_piped_text()) is not None:
        parts.append(piped)
    prompt = "\n\n".join(part for part in parts if part.strip())
    if not prompt:
        raise UsageError(f"there is no prompt; write it behind `weir {command}` or pipe it in")
    return prompt


def _open_chat(options: argparse.Namespace, launch: "Launch", mask: Masker) -> int:
    """The app, or line mode where that was asked for or is all that there can be."""
    from tui.chat.choice import choose_routes

    choose_routes(launch.wish, launch.config, launch.environ)  # complains about the flags before anything opens
    terminal = _read_terminal(options, launch)
    reason = None if options.plain else _why_plain(launch, terminal)
    if reason is not None:
        _complain(reason, as_json=False)
    if options.plain or reason is not None:
        return _open_plain(options, launch, terminal, mask)
    return _open_app(options, launch, terminal)


def _read_terminal(options: argparse.Namespace, launch: "Launch") -> Terminal:
    """The facts, as the flag, else the config, would have them; Textual learns of them by its own variables."""
    environ, colours = os.environ, options.colors or launch.config.colors
    terminal = read_terminal(launch.environ, colours)
    if colours == "auto":
        environ.setdefault("TEXTUAL_COLOR_SYSTEM", terminal.textual_color_system)
        return terminal
    environ["TEXTUAL_COLOR_SYSTEM"] = terminal.textual_color_system
    if colours == "none":
        environ["NO_COLOR"] = "1"
    else:
        environ.pop("NO_COLOR", None)  # who asks for colours here means it (https://no-color.org)
    return terminal


def _why_plain(launch: "Launch", terminal: Terminal) -> str | None:
    """Why the app cannot be shown to somebody who sits at a terminal; None if it can, or nobody does."""
    if not sys.stdin.isatty():
        return None
    if terminal.dumb:
        return _language(launch).say("plain.dumb", term=launch.environ.get("TERM", ""))
    if not sys.stdout.isatty() and not sys.stderr.isatty():
        return _language(launch).say("plain.no_screen")
    return None


def _open_plain(options: argparse.Namespace, launch: "Launch", terminal: Terminal, mask: Masker) -> int:
    from tui.compose import open_workspace
    from tui.plain.run import PlainOpening, run_plain

    async def opener(mask: Any, report: Any, consent: Any) -> Any:
        return await open_workspace(launch, mask, report, keep=True, consent=consent)

    piped = read_piped_text() or None
    typed = put_terminal(0)
    if piped is None and not typed:
        raise UsageError(_NO_TERMINAL)
    opening = PlainOpening(launch.paths, _language(launch), terminal, opener, options.continue_, piped, typed)
    return run_plain(opening, mask)


def _open_app(options: argparse.Namespace, launch: "Launch", terminal: Terminal) -> int:
    piped = read_piped_text()
    seated = sys.stdin.isatty() or piped is not None
    if terminal.dumb or not seated or not put_terminal(0, 2):
        raise UsageError(_NO_TERMINAL)
    if piped:
        _put_into_editor(piped, launch)
    from tui.ui.run import run_app

    async def opener(mask: Any, report: Any, consent: Any) -> Any:
        # Much is imported here, after the first paint; in a thread, so that keys are taken meanwhile.
        compose = await asyncio.to_thread(import_module, "tui.compose")
        return await compose.open_workspace(launch, mask, report, keep=True, consent=consent)

    return run_app(launch.config, launch.paths, _language(launch), opener, resume=options.continue_)


def _put_into_editor(text: str, launch: "Launch") -> None:
    """Behind what was left unsent: the editor opens with both, and neither is lost whatever happens to the app."""
    from dataclasses import replace

    from tui.settings.state import read_state, write_state

    state = read_state(launch.paths.state_file)
    draft = f"{state.draft}\n\n{text}" if state.draft else text
    try:
        write_state(launch.paths.state_file, replace(state, draft=draft))
    except OSError as error:
        where = launch.paths.state_file
        raise UsageError(f"{where}: what came through stdin cannot be kept ({error.strerror})") from None


async def _practise(port: int, fault: str | None) -> int:
    from tui.practice.fault import Fault
    from tui.practice.server import PracticeServer

    server = PracticeServer(port=port, fault=Fault(fault) if fault else None)
    try:
        await server.start()
    except OSError as error:
        raise UsageError(f"port {port} cannot be used: {error.strerror}; choose another with --port") from None
    try:
        print(server.base_url, flush=True)
        await asyncio.Event().wait()
    finally:
        await server.aclose()
    return 0


def _language(launch: "Launch") -> "Language":
    from tui.text.language import choose_language, load_language

    return load_language(choose_language(launch.config.language, launch.environ))


def _complain(message: str, *, as_json: bool) -> None:
    from tui.headless.stdout import write_error

    write_error(message, as_json=as_json)


def _report_bug(error: Exception, mask: Masker, *, as_json: bool) -> int:
    from tui.settings.crash import write_crash_log

    _complain(write_crash_log(find_paths().crash_log, error, mask), as_json=as_json)
    return BUG


if __name__ == "__main__":
    sys.exit(main())
