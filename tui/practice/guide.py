"""The guide that the model `long` sends: about 3,000 words on twelve stages of a reply, in varied Markdown.

Each stage is told in five numbered sections of a fixed form; only the facts differ from stage to stage.
"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage on the way of a reply. Every phrase goes into the middle of a sentence."""

    name: str
    does: str
    breaks: str
    sign: str
    cause: str
    remedy: str
    check: str
    """A shell command."""


STAGES = (
    Stage(
        "the address",
        "the client reads its settings and works out which server, which path and which key it will use",
        "the path lacks its `/v1`, or the key belongs to another provider",
        "a 404, or a web page where JSON was expected",
        "a base address that was copied from the browser",
        "compare the address with the provider's own example, letter by letter",
        "weir doctor",
    ),
    Stage(
        "the name",
        "the system turns the host name into one or more addresses",
        "the resolver is not reachable, or it answers for the wrong network",
        "an error within milliseconds, or one after exactly five or ten seconds",
        "a VPN that brings its own resolver",
        "ask the resolver directly and compare what it says inside and outside the VPN",
        "getent ahosts api.example.com",
    ),
    Stage(
        "the connection",
        "three small packets are exchanged, and both sides agree that they can hear each other",
        "nothing listens on the port, or a firewall drops the packets without a reply",
        "a refusal at once in the first case, and a long wait in the second",
        "a server that has not been started, or a port that is published on another interface",
        "look at which address the server listens on, then try from the same machine",
        "ss -ltn",
    ),
    Stage(
        "the encryption",
        "the server shows its certificate, and the two sides agree on keys",
        "the certificate is not trusted, or the port speaks plain http",
        "a message that names the certificate, or one about a wrong version number",
        "a company proxy that signs every page with a certificate of its own",
        "point the client at that root certificate, and leave the verification switched on",
        "openssl s_client -connect api.example.com:443",
    ),
    Stage(
        "the proxy",
        "a machine in between takes the request and passes it on under its own name",
        "the proxy wants a password, refuses the host, or keeps the reply until it is complete",
        "a 407, a page in the proxy's own words, or a whole reply in a single piece",
        "an environment variable that was set long ago and forgotten",
        "list the proxy variables, and ask once without them",
        "env | grep -i proxy",
    ),
    Stage(
        "the request",
        "the client sends the conversation as one JSON object, however long it has become",
        "the body is too large for a proxy, or it holds a field that the server does not know",
        "a 400, a 413 or a 422 whose message names the field or the size",
        "a long history, or a parameter that only some other provider understands",
        "shorten the history, and take the parameters away one by one",
        "weir ask --json Hello",
    ),
    Stage(
        "the queue",
        "the server holds the request until a place is free, and may send comments to keep the line open",
        "the wait becomes longer than some limit on the way",
        "no headers at all, or headers and then nothing but keep-alive comments",
        "a single local model with several people in front of it",
        "see how many requests are running, and raise the limit for the first byte",
        "weir doctor --json",
    ),
    Stage(
        "the first token",
        "the model reads the whole prompt before it can write its first word",
        "a long prompt takes minutes on a small machine, and a client with short patience gives up",
        "headers that came quickly and a first word that did not",
        "a large file in the prompt, or a model that is still being loaded",
        "send one short question first, and compare the two waits",
        "weir ask -m local/model Hi",
    ),
    Stage(
        "the text",
        "each event carries a few letters, and the client adds them to what it has",
        "a character is cut between two reads, or an event is damaged on its way",
        "odd symbols in Chinese text and emoji, or a word that is missing",
        "a relay that decodes each piece alone instead of the stream as a whole",
        "keep the raw bytes of one reply, and look for the damage in them",
        "curl -N http://127.0.0.1:8765/v1/models",
    ),
    Stage(
        "the silence",
        "nothing arrives for a while, and nobody can tell a slow model from a dead link",
        "a machine in between forgets the connection and tells neither side",
        "a connection that stays open for ever, with its last byte long ago",
        "a router that drops idle connections after a few minutes",
        "note when the last byte came, and compare several failures: equal times mean a timer",
        "weir records --json",
    ),
    Stage(
        "the end",
        "the server names its reason to stop, sends `[DONE]` and ends the body",
        "the body ends without a reason, or the reason is the output limit",
        "a last sentence without its full stop, and a record without a finish reason",
        "a proxy that closes politely after its upstream has failed",
        "ask the server directly, and see whether the reason is there",
        "weir ask --json --no-stream Hello",
    ),
    Stage(
        "the record",
        "the client writes down what it saw: times, counts, the status and the error",
        "the key or the prompt slips into it, and it can no longer be shown to anyone",
        "a ticket that says only that it does not work",
        "an error text that was copied whole, with the key that the server had repeated in it",
        "keep the facts, mask the secrets, and write the request id next to them",
        "weir records --json | tail -n 1",
    ),
)


def write_guide() -> str:
    """The whole text."""
    parts = [OPENING]
    number = 0
    for place, stage in enumerate(STAGES, start=1):
        parts.append(f"## Stage {place}: {stage.name}")
        for title, text in _sections(stage):
            number += 1
            parts.append(f"### {number}. {title}\n\n{text}")
    return "\n\n".join([*parts, CLOSING])


def _sections(stage: Stage) -> Iterator[tuple[str, str]]:
    name = stage.name
    yield (
        f"What {name} is for",
        f"Here {stage.does}. When all is well this takes no thought at all, which is why so few people can say what "
        f"happens at this point until the day it fails.",
    )
    yield (
        f"How {name} fails",
        f"The usual failure is that {stage.breaks}.\n\n> Behind it there is often {stage.cause}.",
    )
    yield (
        f"What {name} looks like from outside",
        f"| Seen from | What there is to see |\n|---|---|\n| the client | {stage.sign} |\n"
        f"| the server's log | often nothing, since the server may not have been asked |\n\n"
        f"The first line is a fact, and the second is worth a look before anything is changed.",
    )
    yield (
        f"How to test {name}",
        f"One command says more than a long discussion:\n\n```sh\n{stage.check}\n```\n\n"
        f"Run it on the machine that has the trouble, and keep what it prints.",
    )
    yield (
        f"What to do about {name}",
        f"- **First:** {stage.remedy}.\n- **Then:** change one thing only, and ask again.\n"
        f"  - If it helped, write down what it was.\n  - If it did not, put it back before you try the next thing.\n"
        f"- *Never* change the client, the proxy and the server in one go: whatever happens next proves nothing.",
    )


OPENING = """# The long way of a reply

This guide comes from the practice provider on this machine. It is long on purpose: scroll while it arrives, search in \
it, copy from it, and see whether the view stays where you left it. It follows one reply through twelve stages, in \
sixty numbered sections, and says at each stage what can break there and how to find out.

---"""

CLOSING = """---

That was the last of the sixty sections. If you can read this sentence, the stream was whole: a finish reason and \
`[DONE]` follow it."""
