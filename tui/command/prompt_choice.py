"""The prompt files that a command line names: `--template NAME --set key=value`, and `-s @NAME` for a system prompt."""

import argparse
from dataclasses import replace

from tui.arguments import UsageError
from tui.launch import Launch
from tui.settings.prompt_file import PromptFile, find_marks, read_prompts


def choose_template(options: argparse.Namespace, launch: Launch) -> tuple[str, Launch]:
    """The text of `--template`, filled, and the launch with its model and parameters below those of the flags.

    Raises UsageError for a name that there is not, and for a variable that has no value.
    """
    values = _read_values(options.set)
    if options.template is None:
        if values and not (options.system or "").startswith("@"):
            raise UsageError("--set belongs to --template or to -s @NAME")
        return "", launch
    prompt = _find(options.template, "prompt", launch)
    wish = launch.wish
    wish = replace(wish, model=wish.model or prompt.model, parameters=wish.parameters.over(prompt.parameters))
    return _fill(prompt, values), replace(launch, wish=wish)


def choose_system(options: argparse.Namespace, launch: Launch) -> str | None:
    """The system prompt of the command line; `@NAME` stands for a file of that name. Raises UsageError."""
    system: str | None = options.system
    if system is None or not system.startswith("@"):
        return system
    return _fill(_find(system[1:], "system", launch), _read_values(options.set))


def _find(name: str, kind: str, launch: Launch) -> PromptFile:
    found, complaints = read_prompts(launch.paths.prompts)
    if (prompt := found.get(name)) is not None and prompt.kind == kind:
        return prompt
    known = ", ".join(name for name, one in found.items() if one.kind == kind) or "none"
    told = " ".join((f"there is no {kind} of the name {name} in {launch.paths.prompts}; known: {known}.", *complaints))
    raise UsageError(told)


def _fill(prompt: PromptFile, values: dict[str, str]) -> str:
    missing = [name for name in prompt.variables if name not in values and name not in prompt.defaults]
    if missing:
        raise UsageError(f"{prompt.name} needs a value for {', '.join(missing)}; add --set {missing[0]}=VALUE")
    return prompt.fill(values)


def _read_values(items: list[str]) -> dict[str, str]:
    for item in items:
        if "=" not in item or find_marks(item):
            raise UsageError(f"--set {item} is not of the form NAME=VALUE")
    return dict(item.split("=", 1) for item in items)
