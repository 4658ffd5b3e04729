"""The settings in a support bundle: every one is told or left out on purpose, and no secret is told."""

from dataclasses import fields
from pathlib import Path

from tests.command import KEY, SHAPELESS_KEY
from tui.chat.config_sheet import write_config
from tui.settings.config import Config, read_config
from tui.settings.provider import Provider

LEFT_OUT = {"name", "origin", "models", "path", "providers"}
"""Names and models stand in the names of lines, the path in that of the file; the origin is always the file."""


def test_every_setting_is_told_and_no_secret_is(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(
        'model = "lab/heron"\n[keys]\n"prompt.send" = "f12"\n[records]\nkeep_days = 7\n'
        f'[models."lab/heron"]\ntemperature = 0.5\nsystem = "{SHAPELESS_KEY}"\nextra = {{user = "{SHAPELESS_KEY}"}}\n'
        f'[providers.lab]\nbase_url = "https://u:{SHAPELESS_KEY}@lab.test/v1?key={KEY}"\n'
        f'api_key_command = "echo {KEY}"\n'
        f'proxy = "http://u:{SHAPELESS_KEY}@proxy.test:1"\nca_file = "{tmp_path}/ca.pem"\nowner = "the team"\n'
        'support = "#llm"\nenvironment = "test"\nfallback = ["lab/egret"]\n'
        "[providers.lab.timeouts]\nidle = 5\n[providers.lab.parameters]\ntop_p = 0.5\n",
        encoding="utf-8",
    )
    lines = write_config(read_config(path), str(tmp_path))
    text = "\n".join(lines)
    assert KEY not in text
    assert SHAPELESS_KEY not in text
    assert str(tmp_path) not in text
    assert {
        "file = ~/config.toml", "model = lab/heron", 'keys."prompt.send" = f12', "records.keep_days = 7",
        'models."lab/heron".temperature = 0.5', 'models."lab/heron".system = set (not shown)',
        'models."lab/heron".extra = set: user (values not shown)',
        "providers.lab.base_url = https://[masked]@lab.test/v1?key=[masked]", "providers.lab.ca_file = ~/ca.pem",
        "providers.lab.key = a command (not shown)", "providers.lab.proxy = http://[masked]@proxy.test:1",
        "providers.lab.owner = the team", "providers.lab.fallback = lab/egret", "providers.lab.timeouts.idle = 5",
        "providers.lab.parameters.top_p = 0.5",
    } <= set(lines)  # fmt: skip


def test_no_setting_is_forgotten() -> None:
    set_ones = {"environment": "test", "owner": "o", "support": "s", "proxy": "none", "ca_file": "f",
                "fallback": ("a/b",), "expected_volume": "v", "key_set_in": "k", "prefill": "final"}  # fmt: skip
    provider = Provider("lab", "https://lab.test/v1", **set_ones)
    lines = write_config(Config(providers={"lab": provider}), None)
    told = {line.partition(" = ")[0].removeprefix("providers.lab.").partition(".")[0] for line in lines}
    wanted = {item.name for kind in (Config, Provider) for item in fields(kind)}
    assert wanted - told - LEFT_OUT == {"keys", "timeouts", "parameters"}, "these have lines where they are set"
