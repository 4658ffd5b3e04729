"""The command line: arguments, exit codes, and what each command opens; a command is imported only when it runs."""

import argparse
import asyncio
import os
import re
import stat
import sys
from collections.abc import Sequence
from math import nan
from typing import TYPE_CHECKING, Any, NoReturn

from tui import __version__
from tui.settings.config import Config, ConfigError, read_config
from tui.settings.paths import find_paths
from tui.settings.provider import DIALECTS, Timeouts
from tui.settings.secrets import Masker, is_variable_name

if TYPE_CHECKING:
    from tui.compose import Launch
    from tui.text.language import Language

USAGE, BUG, INTERRUPTED = 2, 1, 130
_ANSWERED = (0, 3, 5)
"""The exit codes of a reply of which something came."""
_TIMEOUTS = {
    "connect": "until the connection stands",
    "first-byte": "until the first event",
    "idle": "without a byte",
    "stall": "with keep-alives but no text",
    "deadline": "for the whole reply",
}


class UsageError(ValueError):
    """The command line cannot be understood; the text is one sentence."""


class _Parser(argparse.ArgumentParser):
    def __init__(self, **options: Any) -> None:
        # Abbreviated, `--api-key KEY` would be taken for --api-key-env.
        super().__init__(allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}. See `{self.prog} --help`.")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code; a bug of ours ends in one masked sentence, never in a traceback."""
    _fill_closed_streams()
    try:
        return _obey(list(sys.argv[1:] if argv is None else argv), Masker())
    except BrokenPipeError as error:
        from tui.ask import give_up_stdout

        return give_up_stdout(error)


def _fill_closed_streams() -> None:
    """Point a closed stdin, stdout or stderr at nothing: else its number would go to the first file or socket."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            null = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(null, "w" if number else "r", closefd=False))


def _obey(arguments: list[str], mask: Masker) -> int:
    as_json = "--json" in arguments
    try:
        return _run(_make_parser().parse_args(arguments), mask)
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
    config = read_config(config_file or paths.config_file, must_exist=config_file is not None)
    launch = _make_launch(options, config)
    if command == "ask":
        return _ask(options, launch, mask)
    return _open_app(options, launch)


def _make_launch(options: argparse.Namespace, config: Config) -> "Launch":
    from tui.chat.choice import Wish
    from tui.compose import Launch
    from tui.stream.client import DEFAULT_RETRIES

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
    )
    retries = given("retries")
    return Launch(find_paths(), config, os.environ, wish, DEFAULT_RETRIES if retries is None else retries)


def _ask(options: argparse.Namespace, launch: "Launch", mask: Masker) -> int:
    from tui.ask import Question

    prompt = _read_prompt(options.prompt, use_stdin=not options.no_stdin)
    question = Question(prompt, options.system, not options.no_stream, options.json, options.raw, options.save)
    return asyncio.run(_ask_once(question, launch, mask, save=options.save))


async def _ask_once(question: Any, launch: "Launch", mask: Masker, *, save: bool) -> int:
    from tui.ask import Stopped, StopSignals, tell_stopped, write_error
    from tui.chat.choice import choose_routes
    from tui.chat.database import StoreTrouble
    from tui.compose import begin_trace, open_workspace

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
    from tui.ask import ask, write_error

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


def _read_prompt(words: list[str], *, use_stdin: bool) -> str:
    """PROMPT, a blank line, then stdin when it is a pipe or a file."""
    parts = [" ".join(words)] if words else []
    if use_stdin and sys.stdin is not None and _is_pipe_or_file(sys.stdin.fileno()):
        parts.append(sys.stdin.buffer.read().decode(errors="replace").strip("\n"))
    prompt = "\n\n".join(part for part in parts if part.strip())
    if not prompt:
        raise UsageError("there is no prompt; write it behind `weir ask` or pipe it in")
    return prompt


def _is_pipe_or_file(descriptor: int) -> bool:
    try:
        mode = os.fstat(descriptor).st_mode
    except OSError:
        return False  # stdin is closed: there is nothing to read
    return stat.S_ISFIFO(mode) or stat.S_ISREG(mode) or stat.S_ISSOCK(mode)


def _open_app(options: argparse.Namespace, launch: "Launch") -> int:
    if not sys.stdin.isatty() or not sys.stderr.isatty():
        raise UsageError("the app needs a terminal; use `weir ask` in a pipe or a script")
    from tui.chat.choice import choose_routes
    from tui.compose import open_workspace
    from tui.ui.run import run_app

    choose_routes(launch.wish, launch.config, launch.environ)  # complains about the flags before the screen opens

    async def opener(mask: Any, report: Any, consent: Any) -> Any:
        return await open_workspace(launch, mask, report, keep=True, consent=consent)

    resume = bool(getattr(options, "continue_", False))
    return run_app(launch.config, launch.paths, _language(launch), opener, resume=resume)


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
    from tui.ask import write_error

    write_error(message, as_json=as_json)


def _report_bug(error: Exception, mask: Masker, *, as_json: bool) -> int:
    from tui.settings.crash import write_crash_log

    _complain(write_crash_log(find_paths().crash_log, error, mask), as_json=as_json)
    return BUG


def _make_parser() -> argparse.ArgumentParser:
    shared = _shared_options()
    parser = _Parser(
        prog="weir",
        parents=[shared],
        description="A terminal chat client that tells the truth about streams.",
        epilog="Without a command it opens the app. Example: weir --base-url http://127.0.0.1:8080/v1 -m qwen3",
    )
    parser.add_argument("--version", action="version", version=f"weir {__version__}")
    parser.add_argument("--continue", dest="continue_", action="store_true", help="open the last conversation")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    ask = commands.add_parser(
        "ask",
        parents=[shared],
        help="one prompt, headless",
        description="Ask once. The reply goes to stdout as it comes; the verdict, if it is not complete, to stderr.",
        epilog='Example: git diff | weir ask -m qwen3 "Write a commit message"',
    )
    ask.set_defaults(command="ask")
    ask.add_argument("prompt", nargs="*", metavar="PROMPT", help="the prompt; stdin is added when it is a pipe or file")
    ask.add_argument("-s", "--system", metavar="TEXT", help="a system prompt")
    ask.add_argument("--json", action="store_true", help="JSON Lines on stdout, the last one the end and its record")
    ask.add_argument("--no-stream", action="store_true", help="ask for the reply in one piece (stream=false)")
    ask.add_argument("--no-stdin", action="store_true", help="leave stdin alone, should it never close")
    ask.add_argument("--raw", action="store_true", help="give a pipe the text as received, control characters too")
    ask.add_argument("--save", action="store_true", help="keep the conversation")
    practice = commands.add_parser(
        "practice",
        help="serve the practice provider",
        description="Serve the practice provider on this machine until stopped; the first line is its base URL.",
        epilog="Example: weir practice --port 8099 --fault stall",
    )
    practice.set_defaults(command="practice")
    practice.add_argument("--port", type=_port, default=0, metavar="N", help="port, 0 for any free one")
    practice.add_argument("--fault", choices=_fault_names(), metavar="NAME", help="give every model this fault")
    return parser


def _shared_options() -> _Parser:
    """The options that every command takes, before or after its name; an unset one is absent."""
    parser = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    parser.add_argument("-m", "--model", metavar="MODEL", help="a model as listed, or PROVIDER/MODEL")
    server = parser.add_argument_group("server")
    server.add_argument("--config", type=_path, metavar="FILE", help="a config file instead of the usual one")
    server.add_argument("--provider", metavar="NAME", help="a provider of the config")
    server.add_argument("--practice", action="store_true", help="the practice provider on this machine, no key needed")
    server.add_argument("--base-url", metavar="URL", help="a server without a config, such as http://127.0.0.1:8080/v1")
    server.add_argument("--api-key-env", type=_variable, metavar="NAME", help="with --base-url: the key's variable")
    server.add_argument("--dialect", choices=DIALECTS, help="with --base-url: its wire format")
    server.add_argument("--allow-http", action="store_true", help="with --base-url: send the key over plain http")
    limits = parser.add_argument_group("limits, in seconds; 0 for none")
    for name, what in _TIMEOUTS.items():
        flag = "--deadline" if name == "deadline" else f"--{name}-timeout"
        limits.add_argument(flag, type=_seconds, metavar="S", help=what)
    limits.add_argument("--linger", type=_seconds, metavar="S", help="for [DONE] after a finish reason")
    limits.add_argument("--retries", type=_count, metavar="N", help="automatic retries before any text (default 2)")
    return parser


def _fault_names() -> list[str]:
    from tui.practice.fault import Fault

    return [fault.value for fault in Fault]


def _path(text: str) -> Any:
    from pathlib import Path

    return Path(text).expanduser()


def _variable(text: str) -> str:
    if not is_variable_name(text):  # it may be the key itself, so it is not repeated
        raise argparse.ArgumentTypeError("this is not the name of an environment variable")
    return text


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = nan  # no number at all is said in the same words as one out of range
    if not 0 <= value < 1e7:
        raise argparse.ArgumentTypeError(f"{text} is no number of seconds")
    return value


def _count(text: str) -> int:
    return _whole_number(text, 20)


def _port(text: str) -> int:
    return _whole_number(text, 65535)


def _whole_number(text: str, most: int) -> int:
    if not re.fullmatch("[0-9]{1,5}", text) or int(text) > most:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 0 to {most}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
