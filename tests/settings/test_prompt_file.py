from pathlib import Path

import pytest

from tui.settings.config import ConfigError, read_config
from tui.settings.parameters import Parameters
from tui.settings.paths import find_paths
from tui.settings.prompt_file import PromptFileError, read_prompt, read_prompts


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_a_file_with_front_matter_and_one_without(tmp_path: Path) -> None:
    keys = 'name = "review"\nmodel = "lab/qwen3"\nparameters = { temperature = 0.2 }\n[variables]\ntone = "calm"'
    head = f"+++\n{keys}\n+++\n"
    full = read_prompt(write(tmp_path, "a.md", f"{head}Review {{{{code}}}}, {{{{ tone }}}}.\n"))
    assert (full.name, full.kind, full.model) == ("review", "prompt", "lab/qwen3")
    assert full.parameters == Parameters(temperature=0.2)
    assert full.variables == ("code", "tone")
    assert full.fill({}) == "Review {{code}}, calm."
    assert full.fill({"code": "x{{tone}}", "tone": "sharp"}) == "Review x{{tone}}, sharp."
    plain = read_prompt(write(tmp_path, "plain.md", "Be brief.\n"))
    assert (plain.name, plain.fill({})) == ("plain", "Be brief.")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('+++\nname = "a"\nkind = \n+++\nx', "line 3: Invalid value"),
        ('+++\nkind = "other"\n+++\nx', 'line 2: kind can be "prompt" or "system"'),
        ('+++\nname = "a"\n\n[parameters]\ntemperature = 9\n+++\nx', "line 5: temperature must be a number"),
        ('+++\nnme = "a"\n+++\nx', "line 2: nme is not a known key"),
        ("+++\nx", "line 1: the +++ that begins here is not closed"),
        ('+++\nname = "a b"\n+++\nx', "line 2: name must be one word"),
        ("+++\nvariables = { a = 1 }\n+++\nx", "line 2: variables must be a table of defaults"),
        ("+++\n+++\n", "there is no text"),
    ],
)
def test_a_complaint_names_file_and_line(tmp_path: Path, text: str, said: str) -> None:
    path = write(tmp_path, "broken.md", text)
    with pytest.raises(PromptFileError) as caught:
        read_prompt(path)
    assert str(caught.value).startswith(f"{path}: line ")
    assert said in str(caught.value)
    write(tmp_path, "whole.md", "text")
    found, complaints = read_prompts(tmp_path)
    assert list(found) == ["whole"]
    assert complaints == [str(caught.value)]


def test_the_config_names_a_system_prompt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    folder = find_paths().prompts
    folder.mkdir(parents=True)
    write(folder, "terse.md", '+++\nkind = "system"\n+++\nBe terse.')
    config = write(tmp_path, "config.toml", '[models."lab/qwen3"]\nsystem = "@terse"\n')
    assert read_config(config).models["lab/qwen3"].parameters.system == "Be terse."
    config.write_text('[models."lab/qwen3"]\nsystem = "@verse"\n')
    with pytest.raises(ConfigError, match="system names no system prompt"):
        read_config(config)
