"""Endless answers of one kind each, cut into tokens of the size that models send; the same for the same kind."""

import random
import re
from collections.abc import Callable, Iterator
from itertools import islice

SIGN = "»"
"""Stands in none of them."""
_TOKEN = re.compile(r"[ ]?[A-Za-z]{1,7}|[ ]?\d{1,3}|[\u4e00-\u9fff]{1,2}|\n+|[ ]+|.")
_TEXT = (
    "the of stream proxy buffer client server timeout that this when response header chunk until reads every byte"
    " between connection closes upstream idle a token which is rendered layout paragraph however widget measures"
    " terminal because latency most results and then cached value line screen often small"
)
_WORDS = _TEXT.split()
_WIDE = "服务器在返回第一个字节之前会一直等待如果代理缓存了整个响应客户端就看不到增量输出我们需要检查每一层的超时设置"


def tokens(kind: str) -> Iterator[str]:
    """The tokens of an answer that does not end."""
    chance = random.Random(7)
    make, rest = KINDS[kind], ""
    number = 0
    while True:
        rest += make(chance, number)
        number += 1
        pieces = _TOKEN.findall(rest)
        yield from pieces[:-1]
        rest = pieces[-1]


def text(kind: str, count: int) -> str:
    """The first so many tokens."""
    return "".join(islice(tokens(kind), count))


def _sentence(chance: random.Random, low: int = 8, high: int = 18) -> str:
    words = chance.choices(_WORDS, k=chance.randint(low, high))
    if chance.random() < 0.4:
        at = chance.randrange(len(words) - 1)
        words[at] = chance.choice(("**{}**", "*{}*", "`{}`", "[{}](https://example.org/x)")).format(words[at])
    return " ".join(words).capitalize() + "."


def _paragraph(chance: random.Random) -> str:
    return " ".join(_sentence(chance) for _ in range(chance.randint(3, 6))) + "\n\n"


def _prose(chance: random.Random, number: int) -> str:
    return _paragraph(chance)


def _code_line(chance: random.Random, number: int) -> str:
    name, other, value = (*chance.choices(_WORDS, k=2), chance.randrange(1000))
    return chance.choice(
        (
            f"    {name}_{other} = {value} + self.{other}({name}, size={value})\n",
            f'    if {name} == "{other} {value}":  # {name} the {other}\n        return [{other} for {other} in x]\n',
            f"def {name}_{other}({name}: int, {other}: str = '{value}') -> None:\n",
            f"    print(f'{{{name}}} {other}', {value})\n",
        )
    )


def _fence(chance: random.Random, number: int) -> str:
    return ("```python\n" if number == 0 else "") + _code_line(chance, number)


def _table(chance: random.Random, number: int) -> str:
    head = "| Name | Meaning | Value | Remark |\n|:--|---|--:|---|\n" if number == 0 else ""
    name, other, third = chance.choices(_WORDS, k=3)
    return f"{head}| `{name}` | {_sentence(chance, 4, 9)} | {chance.randrange(10000)} | {other} **{third}** |\n"


def _list(chance: random.Random, number: int) -> str:
    return f"- {_sentence(chance)}\n"


def _nested(chance: random.Random, number: int) -> str:
    return f"{'  ' * chance.choice((0, 1, 1, 2, 2, 2) if number else (0,))}- {_sentence(chance)}\n"


def _chinese(chance: random.Random, number: int) -> str:
    parts = []
    for _ in range(chance.randint(3, 7)):
        start = chance.randrange(len(_WIDE) - 12)
        words = _WIDE[start : start + chance.randint(6, 12)]
        parts.append(f"**{words[:3]}：**{words[3:]}" if chance.random() < 0.3 else words)
    return "，".join(parts) + "。\n\n"


def _mixed(chance: random.Random, number: int) -> str:
    match number % 8:
        case 0:
            return f"## {_sentence(chance, 3, 5)}\n\n"
        case 3:
            return "".join(_list(chance, 0) for _ in range(5)) + "\n"
        case 5:
            return "```python\n" + "".join(_code_line(chance, 0) for _ in range(8)) + "```\n\n"
        case 7:
            return "".join(_table(chance, row) for row in range(4)) + "\n"
        case _:
            return _paragraph(chance)


KINDS: dict[str, Callable[[random.Random, int], str]] = {
    "prose": _prose,
    "fence": _fence,
    "table": _table,
    "list": _list,
    "nested": _nested,
    "chinese": _chinese,
    "mixed": _mixed,
}
