"""The grammar of the command line: commands, options, and what is wrong with a value, in a sentence."""

import argparse
import re
from datetime import timedelta
from math import nan
from typing import Any, NoReturn

from tui import __version__
from tui.settings.key_source import is_variable_name
from tui.settings.parameters import PARAMETER_NAMES, ParameterError, Parameters, read_parameters
from tui.settings.provider import DIALECTS
from tui.settings.terminal import COLOUR_CHOICES

_TIMEOUTS = {
    "connect": "until the connection stands",
    "first-byte": "until the first event",
    "idle": "without a byte",
    "stall": "with keep-alives but no text",
    "deadline": "for the whole reply",
}


USAGE = 2
"""The exit code of a command line or a config that cannot be used."""


class UsageError(ValueError):
    """The command line cannot be understood; the text is one sentence."""


class _Parser(argparse.ArgumentParser):
    def __init__(self, **options: Any) -> None:
        # Abbreviated, `--api-key KEY` would be taken for --api-key-env.
        super().__init__(allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}. See `{self.prog} --help`.")


def make_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line; it raises UsageError."""
    shared = _shared_options()
    parser = _Parser(
        prog="weir",
        parents=[shared],
        description="A terminal chat client that tells the truth about streams.",
        epilog="Without a command it opens the app. Example: weir --base-url http://127.0.0.1:8080/v1 -m qwen3",
    )
    parser.add_argument("--version", action="version", version=f"weir {__version__}")
    parser.add_argument("--continue", dest="continue_", action="store_true", help="open the last conversation")
    parser.add_argument("--plain", action="store_true", help="a chat in lines: for screen readers, logs and thin links")
    parser.add_argument("--colors", choices=COLOUR_CHOICES, help="how many colours the app uses")
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
    ask.add_argument("--curl", action="store_true", help="ask nothing; print the request as a curl command")
    ask.add_argument("--with-prompt", action="store_true", help="with --curl: the prompt too, else a placeholder")
    _add_compare(commands)
    _add_capture(commands)
    _add_replay(commands)
    _add_models(commands, shared)
    _add_doctor(commands, shared)
    _add_records(commands, shared)
    practice = commands.add_parser(
        "practice",
        help="serve the practice provider",
        description="Serve the practice provider on this machine until stopped; the first line is its base URL.",
        epilog="Example: weir practice --port 8099 --fault stall",
    )
    practice.set_defaults(command="practice")
    practice.add_argument("--port", type=_port, default=0, metavar="N", help="port, 0 for any free one")
    practice.add_argument("--fault", type=_fault_name, metavar="NAME", help="give every model this fault")
    return parser


def _add_models(commands: "argparse._SubParsersAction[_Parser]", shared: _Parser) -> None:
    models = commands.add_parser(
        "models",
        parents=[shared],
        help="list the models that can be asked",
        description="Ask every provider for its models. The table goes to stdout, a list that fails to stderr.",
        epilog="Example: weir models --provider openrouter --json",
    )
    models.set_defaults(command="models")
    models.add_argument("--json", action="store_true", help="one JSON object; prices in US dollars a million tokens")
    providers = commands.add_parser("providers", help="the providers of the config: add, list, hand over, roll back")
    acts = providers.add_subparsers(title="acts", metavar="ACT", required=True)
    add = acts.add_parser(
        "add",
        parents=[shared],
        help="add a provider to the config, after a backup, and try it",
        description="Write one provider into the config and ask it for a tiny reply. A key is never written.",
        epilog="Example: weir providers add local --base-url http://127.0.0.1:8080/v1",
    )
    add.set_defaults(command="providers add")
    add.add_argument("name", metavar="NAME", help="one of the known providers, or a name of yours with --base-url")
    add.add_argument("--no-test", action="store_true", help="write it without asking for a reply")
    listing = acts.add_parser("list", parents=[shared], help="the providers of the config, and the known ones")
    listing.set_defaults(command="providers list")
    handoff = acts.add_parser(
        "handoff",
        parents=[shared],
        help="what a team has to know about a provider, without a secret",
        description="Print who owns the key and where it is set, the expected volume, the fallbacks, whom to ask, and "
        "the table to go back to. The values come from the provider's table in the config.",
        epilog="Example: weir providers handoff alltkn > handoff.txt",
    )
    handoff.set_defaults(command="providers handoff")
    handoff.add_argument("name", metavar="NAME", help="a provider of the config")
    handoff.add_argument("--json", action="store_true", help="one JSON object on stdout")
    rollback = acts.add_parser(
        "rollback",
        parents=[shared],
        help="restore the last good table of a provider, after a backup",
        description="Put the last good table of a provider back into the config, word for word. Nothing else in the "
        "file changes. The table that stood there is kept: the same command brings it back.",
        epilog="Example: weir providers rollback alltkn",
    )
    rollback.set_defaults(command="providers rollback")
    rollback.add_argument("name", metavar="NAME", help="a provider whose table weir has changed")


def _add_doctor(commands: "argparse._SubParsersAction[_Parser]", shared: _Parser) -> None:
    doctor = commands.add_parser(
        "doctor",
        parents=[shared],
        help="find out why a stream breaks",
        description="Walk the way to a model step by step: configuration, key, name, connection, TLS, list, request, "
        "stream, timing, cancel. The exit code is 0, or 10 and the number of the first step that fails.",
        epilog="Example: weir doctor --provider openrouter -m qwen3",
    )
    doctor.set_defaults(command="doctor")
    doctor.add_argument("--json", action="store_true", help="one JSON object on stdout")
    doctor.add_argument("--all", action="store_true", help="every provider of the config, as a table")


def _add_records(commands: "argparse._SubParsersAction[_Parser]", shared: _Parser) -> None:
    records = commands.add_parser(
        "records",
        help="what became of earlier requests",
        description="Look back: a table of records, counts by outcome, and the times to the first text as a line of "
        "bars. Filters add up. With --json the records themselves, one a line.",
        epilog="Example: weir records --since 2h --outcome broken --route openrouter",
    )
    records.set_defaults(command="records")
    records.add_argument("--config", type=_path, metavar="FILE", help="a config file instead of the usual one")
    records.add_argument("--json", action="store_true", help="JSON Lines of records on stdout")
    for flags, name, what in (
        (["--since"], "T", "from then on: 90m, 2h, 3d ago, or 2026-11-01, 2026-11-01T08:30"),
        (["--until"], "T", "before then"),
        (["-m", "--model"], "MODEL", "a part of the model's name"),
        (["--route"], "NAME", "a part of the provider's name, or of host:port"),
        (["--outcome"], "CODE", "how it ended, such as stalled; several with commas; broken: whatever broke"),
        (["--latency"], "S", "seconds to the first text, else in all: '<2s', '>5s', 3-8s, or a bucket"),
        (["--type"], "TYPE", "chat.stream, chat, models or probe"),
    ):
        target = f"only_{flags[-1].removeprefix('--')}"
        records.add_argument(*flags, dest=target, metavar=name, help=what.replace("%", "%%"))
    records.add_argument("--limit", type=_limit, metavar="N", help="the latest N, 0 for all (default 50; --json: all)")
    acts = records.add_subparsers(title="acts", metavar="ACT")
    show = acts.add_parser("show", help="one record, whole", epilog="Example: weir records show last")
    show.set_defaults(command="records show")
    bundle = acts.add_parser(
        "bundle",
        parents=[shared],
        help="a support bundle: record, settings, versions, doctor's findings; masked, and shown before it is written",
        description="Show what would be handed on: the record, the settings without keys, versions, and what doctor "
        "finds on its route now. Once it is agreed to it is written to the state folder, for its owner alone.",
        epilog="Example: weir records bundle last --doctor",
    )
    bundle.set_defaults(command="records bundle")
    bundle.add_argument("--yes", action="store_true", help="write it without asking")
    walk = bundle.add_mutually_exclusive_group()
    walk.add_argument("--doctor", action="store_true", help="all of doctor's steps, also those that cost tokens")
    walk.add_argument("--no-doctor", action="store_true", help="none of them: touch no network")
    for act in (show, bundle):
        act.add_argument("id", metavar="ID", help="of the record, or its beginning; last: the latest")
    show.add_argument("--json", action="store_true", help="the record as one JSON object")


def _add_capture(commands: "argparse._SubParsersAction[_Parser]") -> None:
    capture = commands.add_parser(
        "capture",
        help="write raw streams to the disk for a while",
        description="While a permission holds, the raw stream of every reply is written to the state folder, "
        "whoever asks (the app, ask, compare, --plain). The files hold replies, and no key.",
        epilog='Example: weir capture on --for 30m --reason "ticket 812" --purge',
    )
    acts = capture.add_subparsers(title="acts", metavar="ACT", required=True)
    helps = {
        "on": "give the permission",
        "off": "end it at once",
        "status": "tell whether it holds, and what was written",
        "purge": "remove every captured stream",
    }
    for act, what in helps.items():
        parser = acts.add_parser(act, help=what, description=f"{what.capitalize()}.")
        parser.set_defaults(command="capture", act=act)
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout: what holds now")
        if act == "on":
            parser.add_argument("--for", dest="span", type=_span, required=True, metavar="TIME", help="30m, 2h, 1h30m")
            parser.add_argument("--reason", required=True, metavar="TEXT", help="why; it stands in each file")
            parser.add_argument("--purge", action="store_true", help="remove what was written at the end")
            parser.add_argument("--with-prompts", action="store_true", help="write the requests' bodies too")


def _add_replay(commands: "argparse._SubParsersAction[_Parser]") -> None:
    replay = commands.add_parser(
        "replay",
        help="play a captured stream through the client",
        description="Play a captured or hand-written stream, or a body saved by `curl -N`, through the whole client, "
        "and print it as `weir ask` does, with its verdict and record.",
        epilog="Example: weir replay --fast capture.jsonl",
    )
    replay.set_defaults(command="replay")
    replay.add_argument("file", type=_path, metavar="FILE", help="the stream; - is stdin")
    replay.add_argument("--fast", action="store_true", help="skip every wait; times and verdict stay what they were")
    replay.add_argument("--json", action="store_true", help="JSON Lines on stdout, the last one the end and its record")
    _add_limits(replay)


def _add_compare(commands: "argparse._SubParsersAction[_Parser]") -> None:
    compare = commands.add_parser(
        "compare",
        parents=[_shared_options(several=True)],
        help="one prompt to several models at once, headless",
        description="Ask 2 to 6 models at once. Each reply is a block on stdout, then comes a table of their figures.",
        epilog='Example: weir compare -m ollama/qwen3 -m openai/gpt-4.1 --repeat 3 "Why is the sky blue?"',
    )
    compare.set_defaults(command="compare")
    compare.add_argument("prompt", nargs="*", metavar="PROMPT", help="the prompt; stdin is added as by `weir ask`")
    compare.add_argument("-s", "--system", metavar="TEXT", help="a system prompt")
    compare.add_argument("--prompts", type=_path, metavar="FILE", help="prompts from a file, one a line")
    compare.add_argument("--repeat", type=_repeats, default=1, metavar="N", help="ask N times; medians and spread")
    compare.add_argument("--json", action="store_true", help="JSON Lines on stdout, the last one the table")
    compare.add_argument("--no-stdin", action="store_true", help="leave stdin alone, should it never close")
    compare.add_argument("--save", action="store_true", help="keep the conversations")


def _shared_options(*, several: bool = False) -> _Parser:
    """The options that every command takes, before or after its name; an unset one is absent."""
    parser = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    what = "a model as listed, or PROVIDER/MODEL"
    if several:
        parser.add_argument("-m", "--model", dest="models", action="append", metavar="MODEL", help=f"{what}; 2 to 6")
    else:
        parser.add_argument("-m", "--model", metavar="MODEL", help=what)
    server = parser.add_argument_group("server")
    server.add_argument("--config", type=_path, metavar="FILE", help="a config file instead of the usual one")
    server.add_argument("--provider", metavar="NAME", help="a provider of the config")
    server.add_argument("--practice", action="store_true", help="the practice provider on this machine, no key needed")
    server.add_argument("--base-url", metavar="URL", help="a server without a config, such as http://127.0.0.1:8080/v1")
    server.add_argument("--api-key-env", type=_variable, metavar="NAME", help="with --base-url: the key's variable")
    server.add_argument("--dialect", choices=DIALECTS, help="with --base-url: its wire format")
    server.add_argument("--allow-http", action="store_true", help="with --base-url: send the key over plain http")
    _add_parameters(parser)
    _add_limits(parser).add_argument(
        "--retries", type=_count, metavar="N", help="automatic retries before any text (default 2)"
    )
    return parser


def _add_limits(parser: argparse.ArgumentParser) -> "argparse._ArgumentGroup":
    limits = parser.add_argument_group("limits, in seconds; 0 for none")
    for name, what in _TIMEOUTS.items():
        flag = "--deadline" if name == "deadline" else f"--{name}-timeout"
        limits.add_argument(flag, type=_seconds, metavar="S", help=what)
    limits.add_argument("--linger", type=_seconds, metavar="S", help="for [DONE] after a finish reason")
    return limits


def _add_parameters(parser: _Parser) -> None:
    group = parser.add_argument_group("parameters, sent only when set; over those of the config")
    group.add_argument("--temperature", type=float, metavar="T", help="0 to 2")
    group.add_argument("--top-p", type=float, metavar="P", help="0 to 1")
    group.add_argument("--max-tokens", type=int, metavar="N", help="the longest reply")
    group.add_argument("--seed", type=int, metavar="N", help="the same draw every time, where a server can")
    group.add_argument("--stop", action="append", metavar="TEXT", help="where the reply stops; several are possible")
    group.add_argument("--effort", metavar="WORD", help="reasoning effort: low, medium, high")
    group.add_argument("--extra", type=_toml, metavar="TOML", help="other fields, such as 'top_k = 40'")


def given_parameters(options: argparse.Namespace) -> Parameters:
    """The parameters of a command line; raises UsageError for one that cannot be sent."""
    names = [name for name in PARAMETER_NAMES if name != "system" and getattr(options, name, None) is not None]
    try:
        return read_parameters({name: getattr(options, name) for name in names})
    except ParameterError as error:
        raise UsageError(f"--{error.name.replace('_', '-')} {error.what}") from None


def _toml(text: str) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise argparse.ArgumentTypeError(f"this is not TOML: {error}") from None


def _fault_name(text: str) -> str:
    from tui.practice.fault import Fault  # only here, since it brings the whole provider with it

    names = [fault.value for fault in Fault]
    if text not in names:
        raise argparse.ArgumentTypeError(f"invalid choice: {text!r} (choose from {', '.join(map(repr, names))})")
    return text


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


def _span(text: str) -> timedelta:
    from tui.settings.permission import read_span  # with what only this command needs

    try:
        return read_span(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _count(text: str) -> int:
    return _whole_number(text, 20)


def _repeats(text: str) -> int:
    if (count := _whole_number(text, 1000)) == 0:
        raise argparse.ArgumentTypeError("0 times is not at all; leave --repeat out to ask once")
    return count


def _limit(text: str) -> int:
    return _whole_number(text, 99999)


def _port(text: str) -> int:
    return _whole_number(text, 65535)


def _whole_number(text: str, most: int) -> int:
    if not re.fullmatch("[0-9]{1,5}", text) or int(text) > most:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 0 to {most}")
    return int(text)
