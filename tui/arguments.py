"""The grammar of the command line: commands, options, and what is wrong with a value, in a sentence."""

import argparse
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from tui import __version__
from tui.argument_value import count, path, seconds, toml_table, variable_name
from tui.settings.parameters import PARAMETER_NAMES, ParameterError, Parameters, read_parameters
from tui.settings.provider import DIALECTS
from tui.settings.terminal import COLOUR_CHOICES

if TYPE_CHECKING:
    from tui.text.language import Language

_TIMEOUTS = {
    "connect": "until the connection stands",
    "first-byte": "until the first event",
    "idle": "without a byte",
    "stall": "with keep-alives but no text",
    "deadline": "for the whole reply",
}


COMMANDS = frozenset(
    (
        *("ask", "capture", "compare", "completion", "doctor", "export", "history", "import"),
        *("models", "practice", "providers", "records", "replay"),
    )
)
"""What may stand as the first word."""
_HELP = frozenset(("-h", "--help"))

USAGE = 2
"""The exit code of a command line or a config that cannot be used."""


class UsageError(ValueError):
    """The command line cannot be understood; the text is one sentence."""


class Parser(argparse.ArgumentParser):
    """argparse's, which raises UsageError instead of ending the program."""

    def __init__(self, **options: Any) -> None:
        # Abbreviated, `--api-key KEY` would be taken for --api-key-env.
        super().__init__(allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        """Called for whatever cannot be understood."""
        raise UsageError(f"{message}. See `{self.prog} --help`.")


def parse(arguments: Sequence[str], find_language: "Callable[[], Language]") -> argparse.Namespace:
    """Read a whole command line; raises UsageError, in English. Help is given in the language.

    The commands are built where one is named or help is asked for, and where the app's own options do not explain all.
    """
    if COMMANDS.isdisjoint(arguments) and _HELP.isdisjoint(arguments):
        try:
            return _app_parser(shared_options()).parse_args(arguments)
        except UsageError:
            return make_parser().parse_args(arguments)  # which says it with the commands in mind
    parser = make_parser()
    if not _HELP.isdisjoint(arguments):
        from tui.localised_help import localise

        localise(parser, find_language())
    return parser.parse_args(arguments)


def make_parser() -> Parser:
    """The parser of the whole command line; it raises UsageError."""
    from tui.subcommand import add_commands  # which most starts of the app do without

    shared = shared_options()
    parser = _app_parser(shared)
    add_commands(parser.add_subparsers(title="commands", metavar="COMMAND"), shared)
    return parser


def _app_parser(shared: Parser) -> Parser:
    parser = Parser(
        prog="weir",
        parents=[shared],
        description="A terminal chat client that tells the truth about streams.",
        epilog="Without a command it opens the app. Example: weir --base-url http://127.0.0.1:8080/v1 -m qwen3",
    )
    parser.add_argument("--version", action="version", version=f"weir {__version__}")
    parser.add_argument("--continue", dest="continue_", action="store_true", help="open the last conversation")
    parser.add_argument("--plain", action="store_true", help="a chat in lines: for screen readers, logs and thin links")
    parser.add_argument("--colors", choices=COLOUR_CHOICES, help="how many colours the app uses")
    return parser


def shared_options(*, several: bool = False) -> Parser:
    """The options that every command takes, before or after its name; an unset one is absent."""
    parser = Parser(add_help=False, argument_default=argparse.SUPPRESS)
    what = "a model as listed, or PROVIDER/MODEL"
    if several:
        parser.add_argument("-m", "--model", dest="models", action="append", metavar="MODEL", help=f"{what}; 2 to 6")
    else:
        parser.add_argument("-m", "--model", metavar="MODEL", help=what)
    server = parser.add_argument_group("server")
    server.add_argument("--config", type=path, metavar="FILE", help="a config file instead of the usual one")
    server.add_argument("--provider", metavar="NAME", help="a provider of the config")
    server.add_argument("--practice", action="store_true", help="the practice provider on this machine, no key needed")
    server.add_argument("--base-url", metavar="URL", help="a server without a config, such as http://127.0.0.1:8080/v1")
    server.add_argument("--api-key-env", type=variable_name, metavar="NAME", help="with --base-url: the key's variable")
    server.add_argument("--dialect", choices=DIALECTS, help="with --base-url: its wire format")
    server.add_argument("--allow-http", action="store_true", help="with --base-url: send the key over plain http")
    _add_parameters(parser)
    add_limits(parser).add_argument(
        "--retries", type=count, metavar="N", help="automatic retries before any text (default 2)"
    )
    return parser


def add_limits(parser: argparse.ArgumentParser) -> "argparse._ArgumentGroup":
    """The limits of a request; the group, for more of the kind."""
    limits = parser.add_argument_group("limits, in seconds; 0 for none")
    for name, what in _TIMEOUTS.items():
        flag = "--deadline" if name == "deadline" else f"--{name}-timeout"
        limits.add_argument(flag, type=seconds, metavar="S", help=what)
    limits.add_argument("--linger", type=seconds, metavar="S", help="for [DONE] after a finish reason")
    return limits


def _add_parameters(parser: Parser) -> None:
    group = parser.add_argument_group("parameters, sent only when set; over those of the config")
    group.add_argument("--temperature", type=float, metavar="T", help="0 to 2")
    group.add_argument("--top-p", type=float, metavar="P", help="0 to 1")
    group.add_argument("--max-tokens", type=int, metavar="N", help="the longest reply")
    group.add_argument("--seed", type=int, metavar="N", help="the same draw every time, where a server can")
    group.add_argument("--stop", action="append", metavar="TEXT", help="where the reply stops; several are possible")
    group.add_argument("--effort", metavar="WORD", help="reasoning effort: low, medium, high")
    group.add_argument("--extra", type=toml_table, metavar="TOML", help="other fields, such as 'top_k = 40'")


def given_parameters(options: argparse.Namespace) -> Parameters:
    """The parameters of a command line; raises UsageError for one that cannot be sent."""
    names = [name for name in PARAMETER_NAMES if name != "system" and getattr(options, name, None) is not None]
    try:
        return read_parameters({name: getattr(options, name) for name in names})
    except ParameterError as error:
        raise UsageError(f"--{error.name.replace('_', '-')} {error.what}") from None
