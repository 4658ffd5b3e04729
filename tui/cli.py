"""The command line: exit codes, and what each command opens; a command is imported only when it runs."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from functools import cache, partial
from importlib import import_module
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from tui.argument_value import path
from tui.arguments import USAGE, UsageError, given_parameters, parse
from tui.settings.config import Config, ConfigError, read_config, read_language
from tui.settings.paths import find_paths
from tui.settings.provider import Timeouts
from tui.settings.standard_streams import StdoutError, fill_closed_streams, flush_stdout

if TYPE_CHECKING:
    from tui.command.chat import LateMask
    from tui.launch import Launch
    from tui.settings.secrets import Masker
    from tui.text.language import Language

BUG, INTERRUPTED = 1, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code; a bug of ours ends in one masked sentence, never in a traceback."""
    fill_closed_streams()
    try:
        try:
            return _obey(list(sys.argv[1:] if argv is None else argv), cache(_make_mask))
        except SystemExit:  # argparse has printed the version or a help
            flush_stdout()
            raise
    except (BrokenPipeError, StdoutError) as error:
        from tui.headless.stdout import give_up_stdout

        return give_up_stdout(error)


def _make_mask() -> "Masker":
    from tui.settings.secrets import Masker  # many patterns, for which the first paint need not wait

    return Masker()


def _obey(arguments: list[str], mask: "LateMask") -> int:
    as_json = "--json" in arguments
    find = partial(_find_language, arguments)
    try:
        return _run(parse(arguments, find), mask)
    except (UsageError, ConfigError) as error:
        said = find().phrase(str(error))
        _complain(mask()(said), as_json=as_json)  # it repeats an argument, which may be a key in the wrong place
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except (BrokenPipeError, StdoutError):
        raise
    except Exception as error:
        return _report_bug(error, mask(), find, as_json=as_json)


def _find_language(arguments: Sequence[str]) -> "Language":
    """That of the config, else of the locale, where neither arguments nor config may be right."""
    from tui.text.language import choose_language, load_language

    named = next((after for before, after in pairwise(arguments) if before == "--config"), None)
    wanted = read_language(path(named) if named is not None else find_paths().config_file)
    return load_language(choose_language(wanted, os.environ))


def _run(options: argparse.Namespace, mask: "LateMask") -> int:
    command = getattr(options, "command", None) or "chat"
    run = import_module(f"tui.command.{command.partition(' ')[0]}").run
    code: int
    if command in ("practice", "completion"):
        code = run(options)
        return code
    paths = find_paths()
    config_file = getattr(options, "config", None)
    trouble = None
    try:
        must_exist = config_file is not None and command != "providers add"
        config = read_config(config_file or paths.config_file, must_exist=must_exist)
    except ConfigError as error:
        if command != "doctor":
            raise
        config, trouble = Config(), str(error)
    launch = _make_launch(options, config)
    if command == "chat":
        code = run(options, launch, mask)
    elif command == "doctor":
        code = run(options, launch, mask(), trouble)
    else:
        code = run(options, launch, mask())
    return code


def _make_launch(options: argparse.Namespace, config: Config) -> "Launch":
    from tui.chat.routes import Wish
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


def _complain(message: str, *, as_json: bool) -> None:
    from tui.headless.stdout import write_error

    write_error(message, as_json=as_json)


def _report_bug(error: Exception, mask: "Masker", find: "Callable[[], Language]", *, as_json: bool) -> int:
    from tui.settings.crash import write_crash_log

    _complain(find().phrase(write_crash_log(find_paths().crash_log, error, mask)), as_json=as_json)
    return BUG


if __name__ == "__main__":
    sys.exit(main())
