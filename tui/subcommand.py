"""The commands of `weir` and their options; built only where one is named, since a start of the app needs none."""

import argparse
from typing import TypeAlias

from tui.argument_value import age, fault_name, limit, path, port, repeats, span
from tui.arguments import Parser, add_limits, shared_options

Commands: TypeAlias = "argparse._SubParsersAction[Parser]"


def add_commands(commands: Commands, shared: Parser) -> None:
    """Every command; `shared` are the options that most of them take."""
    _add_ask(commands, shared)
    _add_compare(commands)
    _add_capture(commands)
    _add_replay(commands)
    _add_models(commands, shared)
    _add_doctor(commands, shared)
    _add_records(commands, shared)
    _add_exchange(commands)
    _add_history(commands)
    _add_practice(commands)
    _add_completion(commands)


def _add_ask(commands: Commands, shared: Parser) -> None:
    ask = commands.add_parser(
        "ask",
        parents=[shared],
        help="one prompt, headless",
        description="Ask once. The reply goes to stdout as it comes; the verdict, if it is not complete, to stderr.",
        epilog='Example: git diff | weir ask -m qwen3 "Write a commit message"',
    )
    ask.set_defaults(command="ask")
    ask.add_argument("prompt", nargs="*", metavar="PROMPT", help="the prompt; stdin is added when it is a pipe or file")
    ask.add_argument("-s", "--system", metavar="TEXT", help="a system prompt; @NAME: a prompt file")
    ask.add_argument(
        *("-a", "--attach"),
        action="append",
        default=[],
        metavar="FILE",
        help="a text or an image that goes with the prompt; several are possible",
    )
    ask.add_argument("--template", metavar="NAME", help="a prompt file of the config folder; PROMPT goes behind it")
    ask.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a variable of that file")
    ask.add_argument("--json", action="store_true", help="JSON Lines on stdout, the last one the end and its record")
    ask.add_argument("--no-stream", action="store_true", help="ask for the reply in one piece (stream=false)")
    ask.add_argument("--no-stdin", action="store_true", help="leave stdin alone, should it never close")
    ask.add_argument("--raw", action="store_true", help="give a pipe the text as received, control characters too")
    ask.add_argument("--save", action="store_true", help="keep the conversation")
    ask.add_argument("--curl", action="store_true", help="ask nothing; print the request as a curl command")
    ask.add_argument("--with-prompt", action="store_true", help="with --curl: the prompt too, else a placeholder")


def _add_models(commands: Commands, shared: Parser) -> None:
    models = commands.add_parser(
        "models",
        parents=[shared],
        help="list the models that can be asked",
        description="Ask every provider for its models. The table goes to stdout, a list that fails to stderr.",
        epilog="Example: weir models --provider openrouter --json",
    )
    models.set_defaults(command="models")
    models.add_argument("--json", action="store_true", help="one JSON object; prices in US dollars a million tokens")
    _add_providers(commands, shared)


def _add_providers(commands: Commands, shared: Parser) -> None:
    providers = commands.add_parser(
        "providers",
        help="the providers of the config: add, list, hand over, roll back",
        epilog="Example: weir providers list",
    )
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
    what = "the providers of the config, and the known ones"
    example = "Example: weir providers list --config ~/other.toml"
    listing = acts.add_parser("list", parents=[shared], help=what, epilog=example)
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


def _add_doctor(commands: Commands, shared: Parser) -> None:
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


def _add_records(commands: Commands, shared: Parser) -> None:
    records = commands.add_parser(
        "records",
        help="what became of earlier requests",
        description="Look back: a table of records, counts by outcome, and the times to the first text as a line of "
        "bars. Filters add up. With --json the records themselves, one a line.",
        epilog="Example: weir records --since 2h --outcome broken --route openrouter",
    )
    records.set_defaults(command="records")
    records.add_argument("--config", type=path, metavar="FILE", help="a config file instead of the usual one")
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
    records.add_argument("--limit", type=limit, metavar="N", help="the latest N, 0 for all (default 50; --json: all)")
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


def _add_history(commands: Commands) -> None:
    history = commands.add_parser(
        "history",
        help="the conversations that are kept: list, search, show, delete",
        description="Look through the conversations that are kept, and remove them.",
        epilog='Example: weir history search "foo_bar("',
    )
    acts = history.add_subparsers(title="acts", metavar="ACT", required=True)
    helps = {
        "list": ("the conversations, the one used last first", "list --archived"),
        "search": ("prompts and replies that hold all of some words, the latest first", 'search reset "read timeout"'),
        "show": ("one conversation, whole", "show last"),
        "delete": ("delete one; it can be restored for 7 days", "delete last"),
        "restore": ("bring back one that was deleted", "restore last"),
        "purge": ("remove for good what was not used for long and is not pinned", "purge --older-than 90d --yes"),
    }
    for act, (what, example) in helps.items():
        epilog = f"Example: weir history {example}"
        parser = acts.add_parser(act, help=what, description=f"{what.capitalize()}.", epilog=epilog)
        parser.set_defaults(command="history", act=act)
        parser.add_argument("--config", type=path, metavar="FILE", help="a config file instead of the usual one")
        parser.add_argument("--json", action="store_true", help="JSON on stdout")
        if act in ("list", "search"):
            parser.add_argument("--limit", type=limit, metavar="N", help="the latest N, 0 for all (default 50)")
            shelf = parser.add_mutually_exclusive_group()
            parser.set_defaults(shelf="kept")
            for name in ("archived", "deleted"):
                shelf.add_argument(f"--{name}", dest="shelf", action="store_const", const=name, help=f"only the {name}")
        if act in ("show", "delete", "restore"):
            parser.add_argument("id", metavar="ID", help="of the conversation, or its beginning; last: the last used")
    search, delete, purge = (acts.choices[act] for act in ("search", "delete", "purge"))
    search.add_argument("words", nargs="+", metavar="WORD", help="all must occur; quoted ones stand together")
    delete.add_argument("--now", action="store_true", help="for good")
    purge.add_argument("--older-than", type=age, required=True, metavar="AGE", help="not used for 12h, 90d or 26w")
    purge.add_argument("--yes", action="store_true", help="remove them without asking")


def _add_capture(commands: Commands) -> None:
    capture = commands.add_parser(
        "capture",
        help="write raw streams to the disk for a while",
        description="While a permission holds, the raw stream of every reply is written to the state folder, "
        "whoever asks (the app, ask, compare, --plain). The files hold replies, and no key.",
        epilog='Example: weir capture on --for 30m --reason "ticket 812" --purge',
    )
    acts = capture.add_subparsers(title="acts", metavar="ACT", required=True)
    helps = {
        "on": ("give the permission", 'on --for 1h30m --reason "cuts at noon" --with-prompts'),
        "off": ("end it at once", "off"),
        "status": ("tell whether it holds, and what was written", "status --json"),
        "purge": ("remove every captured stream", "purge"),
    }
    for act, (what, example) in helps.items():
        epilog = f"Example: weir capture {example}"
        parser = acts.add_parser(act, help=what, description=f"{what.capitalize()}.", epilog=epilog)
        parser.set_defaults(command="capture", act=act)
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout: what holds now")
        if act == "on":
            parser.add_argument("--for", dest="span", type=span, required=True, metavar="TIME", help="30m, 2h, 1h30m")
            parser.add_argument("--reason", required=True, metavar="TEXT", help="why; it stands in each file")
            parser.add_argument("--purge", action="store_true", help="remove what was written at the end")
            parser.add_argument("--with-prompts", action="store_true", help="write the requests' bodies too")


def _add_replay(commands: Commands) -> None:
    replay = commands.add_parser(
        "replay",
        help="play a captured stream through the client",
        description="Play a captured or hand-written stream, or a body saved by `curl -N`, through the whole client, "
        "and print it as `weir ask` does, with its verdict and record.",
        epilog="Example: weir replay --fast capture.jsonl",
    )
    replay.set_defaults(command="replay")
    replay.add_argument("file", type=path, metavar="FILE", help="the stream; - is stdin")
    replay.add_argument("--fast", action="store_true", help="skip every wait; times and verdict stay what they were")
    replay.add_argument("--json", action="store_true", help="JSON Lines on stdout, the last one the end and its record")
    add_limits(replay)


def _add_compare(commands: Commands) -> None:
    compare = commands.add_parser(
        "compare",
        parents=[shared_options(several=True)],
        help="one prompt to several models at once, headless",
        description="Ask 2 to 6 models at once. Each reply is a block on stdout, then comes a table of their figures.",
        epilog='Example: weir compare -m ollama/qwen3 -m openai/gpt-4.1 --repeat 3 "Why is the sky blue?"',
    )
    compare.set_defaults(command="compare")
    compare.add_argument("prompt", nargs="*", metavar="PROMPT", help="the prompt; stdin is added as by `weir ask`")
    compare.add_argument("-s", "--system", metavar="TEXT", help="a system prompt; @NAME: a prompt file")
    compare.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a variable of that file")
    compare.add_argument("--prompts", type=path, metavar="FILE", help="prompts from a file, one a line")
    compare.add_argument("--repeat", type=repeats, default=1, metavar="N", help="ask N times; medians and spread")
    compare.add_argument("--json", action="store_true", help="JSON Lines on stdout, the last one the table")
    compare.add_argument("--no-stdin", action="store_true", help="leave stdin alone, should it never close")
    compare.add_argument("--save", action="store_true", help="keep the conversations")


def _add_exchange(commands: Commands) -> None:
    export = commands.add_parser(
        "export",
        help="carry conversations away: Markdown, JSON or plain text",
        description="Write a conversation, or all, to stdout or to a file, which is never one that is there already. "
        "The files hold what you and the models wrote; records in them are masked. JSON is complete: "
        "`weir import` takes it back.",
        epilog="Example: weir export --all -o chats.json",
    )
    export.set_defaults(command="export")
    which = export.add_mutually_exclusive_group()
    which.add_argument("id", nargs="?", default="last", metavar="ID", help="or its beginning; last: the one used last")
    which.add_argument("--all", action="store_true", help="every conversation that is not deleted")
    export.add_argument("--format", choices=("md", "json", "txt"), help="default: by the name of FILE, else md")
    export.add_argument(
        "-o", "--output", type=path, default=path("-"), metavar="FILE", help="or a folder: a file for each conversation"
    )
    export.add_argument("--force", action="store_true", help="replace a file that is there")
    export.add_argument("--config", type=path, metavar="FILE", help="a config file instead of the usual one")
    bring = commands.add_parser(
        "import",
        help="bring in conversations of a file: weir's, ChatGPT's, Elia's, oterm's, llm's",
        description="Bring in conversations from weir's JSON, ChatGPT's export (the zip, or its conversations.json), "
        "Elia's elia.sqlite, oterm's store.db or llm's logs.db. What is here already stays as it is; the same file "
        "twice adds nothing.",
        epilog="Example: weir import --dry-run ~/.config/io.datasette.llm/logs.db",
    )
    bring.set_defaults(command="import")
    bring.add_argument("file", type=path, metavar="FILE", help="the file; it is only read")
    bring.add_argument("--dry-run", action="store_true", help="show what would come, and write nothing")
    bring.add_argument("--json", action="store_true", help="one JSON object on stdout")
    bring.add_argument("--config", type=path, metavar="FILE", help="a config file instead of the usual one")


def _add_practice(commands: Commands) -> None:
    practice = commands.add_parser(
        "practice",
        help="serve the practice provider",
        description="Serve the practice provider on this machine until stopped; the first line is its base URL.",
        epilog="Example: weir practice --port 8099 --fault stall",
    )
    practice.set_defaults(command="practice")
    practice.add_argument("--port", type=port, default=0, metavar="N", help="port, 0 for any free one")
    practice.add_argument("--fault", type=fault_name, metavar="NAME", help="give every model this fault")


def _add_completion(commands: Commands) -> None:
    completion = commands.add_parser(
        "completion",
        help="what a shell needs to complete weir's words: bash, zsh, fish",
        description="Print the script that makes a shell complete commands, options, providers and models. It asks "
        "weir itself, which reads the config and the lists that were had last; no network is used. For good, put the "
        "line into ~/.bashrc or ~/.zshrc; for fish write the script to ~/.config/fish/completions/weir.fish.",
        epilog='Example: eval "$(weir completion bash)"',
    )
    completion.set_defaults(command="completion")
    completion.add_argument("shell", choices=("bash", "zsh", "fish"), metavar="SHELL", help="bash, zsh or fish")
    for flag in ("--line", "--replaced"):  # how the scripts ask
        completion.add_argument(flag, metavar="TEXT", help=argparse.SUPPRESS)
