"""A home folder whose config and last lists name models, some of them made to do harm."""

import json
import sys
from pathlib import Path

from tests.command import ROOT

HARMFUL = "$(touch harmed)", "`touch harmed`", "a;touch harmed", "it's \"a\" name", "with blank", "back\\slash"
HIDDEN = "line\nfeed", "escape\x1b[31m", "bidi\u202e"
MODELS = "qwen3:8b", "qwen3:30b", "模型-7b", *HARMFUL, *HIDDEN


def furnish(home: Path) -> dict[str, str]:
    """Write the files, and into a folder that is searched first `weir`; returns the environment.

    That program completes as weir does, and of anything else it only writes its words down, in `told`.
    """
    (home / "config" / "weir").mkdir(parents=True)
    (home / "state" / "weir").mkdir(parents=True)
    url = "http://127.0.0.1:9/v1"
    names = "local", "heron"
    config = "".join(f'[providers.{name}]\nbase_url = "{url}"\n' for name in names)
    (home / "config" / "weir" / "config.toml").write_text(config, encoding="utf-8")
    lists = {name: {"base_url": url, "time": 1.0, "models": [[model] for model in MODELS]} for name in names}
    cache = {"v": 1, "providers": lists, "measured": {}, "journal": {"head": "", "offset": 0}}
    (home / "state" / "weir" / "models.json").write_text(json.dumps(cache), encoding="utf-8")
    program = home / "bin" / "weir"
    program.parent.mkdir()
    teller = home / "teller.py"
    teller.write_text("import sys; open('told', 'w').write('\\n'.join(sys.argv[1:]))", encoding="utf-8")
    run = f'case "$1" in completion) exec "{sys.executable}" -m tui "$@" ;; esac\nexec "{sys.executable}" {teller} "$@"'
    program.write_text(f"#!/bin/sh\n{run}\n", encoding="utf-8")
    program.chmod(0o755)
    return {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_STATE_HOME": str(home / "state"),
        "PATH": f"{home / 'bin'}:/usr/local/bin:/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "PS1": "ready> ",
    }
