"""The prompt files that a command line names: `--template NAME --set key=value`, and `-s @NAME` for a system prompt."""

import argparse
from collections.abc import Mapping, Sequence
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
    _check_values([prompt, *_find_system(options, launch)], values)
    wish = launch.wish
    wish = replace(wish, model=wish.model or prompt.model, parameters=wish.parameters.over(prompt.parameters))
    return _fill(prompt, values), replace(launch, wish=wish)


def choose_system(options: argparse.Namespace, launch: Launch) -> str | None:
    """The system prompt of the command line; `@NAME` stands for a file of that name. Raises UsageError."""
    system: str | None = options.system
    if system is None or not system.startswith("@"):
        return system
    values, found = _read_values(options.set), _find(system[1:], "system", launch)
    if vars(options).get("template") is None:  # not every command takes one
        _check_values([found], values)
    return _fill(found, values)


def _find_system(options: argparse.Namespace, launch: Launch) -> list[PromptFile]:
    """The file that `-s @NAME` names, if it does."""
    system = options.system or ""
    return [_find(system[1:], "system", launch)] if system.startswith("@") else []


def _find(name: str, kind: str, launch: Launch) -> PromptFile:
    found, complaints = read_prompts(launch.paths.prompts)
    if (prompt := found.get(name)) is not None and prompt.kind == kind:
        return prompt
    own = f"{launch.paths.prompts / name}.md: "
    if mistake := next((complaint for complaint in complaints if complaint.startswith(own)), None):
        raise UsageError(mistake)
    known = ", ".join(name for name, one in found.items() if one.kind == kind) or "none"
    told = " ".join((f"there is no {kind} of the name {name} in {launch.paths.prompts}; known: {known}.", *complaints))
    raise UsageError(told)


def _check_values(prompts: Sequence[PromptFile], values: Mapping[str, str]) -> None:
    """A name that is a variable of none of the files is a mistake."""
    known = list(dict.fromkeys(name for prompt in prompts for name in prompt.variables))
    if unknown := [name for name in values if name not in known]:
        names, listed = ", ".join(prompt.name for prompt in prompts), ", ".join(known) or "none"
        raise UsageError(f"--set {unknown[0]}: there is no such variable in {names}; known: {listed}")


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
