"""Masking of everything that looks like a secret, by its shape alone.

What this program knows to be secret is masked first, in any form: `tui.settings.needle`. The shapes here catch
the rest: the keys of other people, cookies, passwords, hashes. Their order is fixed: whole documents (PEM, JWT), key
prefixes, then structure (URLs, headers, names with values), then ids; a later step leaves what an earlier one wrote.

A mask is the public prefix, "…" and the last four characters, or "[masked]"; its length never tells the secret's.
Every pattern has bounded lookarounds and repeats, so the work grows linearly with the text.
Sources of the shapes: the rules of gitleaks, trufflehog, detect-secrets and litellm; RFC 6750, 7617, 7519, 3986.
"""

import base64
import re
from collections.abc import Callable, Collection

MASKED = "[masked]"

_SHORTEST_SHOWN = 24
"""From this length on a mask shows prefix and tail; a shorter secret would lose too much of itself."""

_PUBLIC = (
    r"sk-ant-(?:[a-z]{2,8}\d\d-)?|sk-(?:proj|svcacct|admin|or-v1)-|sk-|gsk_|xai-|hf_|api_org_|gh[pousr]_|github_pat_"
    r"|AIza|ya29\.|AKIA|ASIA|ABIA|ACCA|ABSK|nvapi-|r8_|pplx-|dapi|glpat-|xox[abeoprs]-|[rs]k_(?:live|test)_|npm_|pypi-"
    r"|LTAI|org-|proj_|acct_"
)
_PUBLIC_PREFIX = re.compile(_PUBLIC)
_PREFIXES = (
    "sk-", "gsk_", "xai-", "hf_", "api_org_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "AIza", "ya29.",
    "AKIA", "ASIA", "ABIA", "ACCA", "ABSK", "nvapi-", "r8_", "pplx-", "dapi", "glpat-", "xox", "k_live_", "k_test_",
    "npm_", "pypi-", "LTAI",
)
_ID_PREFIXES = ("org-", "proj_", "acct_")
_MASK = re.compile(rf"(?:{_PUBLIC})?…[!-~]{{0,4}}|\[masked\]")
_MASK_AS_VALUE = re.compile(rf"(?:{_MASK.pattern})[\])}}.,;:!?]*")

_JWT = re.compile(r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){0,3}")
_PEM = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,32}PRIVATE KEY(?: BLOCK)?-----(?:(?!-----)[\s\S])*(?:-----END [A-Z0-9 ]{0,48}-----)?"
)

# A key begins where no letter or digit stands before it: "task-force" holds no key. An escaped line break, colour
# code or percent escape ends in a letter or digit, and yet a key may follow it.
_BEFORE = (
    r"(?:(?<![A-Za-z0-9])|(?<=\\[nrt])|(?<=%[0-9A-Fa-f]{2})|(?<=\\u[0-9A-Fa-f]{4})|(?<=\[\dm)|(?<=\[\d\dm))"
)
# The lengths are minimums below the real ones, since a key that was cut must not be shown either.
_KEY = re.compile(
    _BEFORE
    + r"(?:sk-(?:ant|proj|svcacct|admin|or-v1)-[A-Za-z0-9_-]{16,}|sk-(?=[A-Za-z_-]{0,200}\d)[A-Za-z0-9_-]{14,}"
    r"|gsk_[A-Za-z0-9]{20,}|xai-[A-Za-z0-9]{20,}|(?:hf|api_org)_[A-Za-z0-9]{20,}"
    r"|gh[pousr]_[A-Za-z0-9_]{20,}|github_pat_[A-Za-z0-9_]{20,}|AIza[A-Za-z0-9_-]{20,}|ya29\.[A-Za-z0-9_.-]{10,}"
    r"|(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16,}|ABSK[A-Za-z0-9+/]{20,}={0,2}|nvapi-[A-Za-z0-9_-]{20,}|r8_[A-Za-z0-9]{20,}"
    r"|pplx-[A-Za-z0-9]{20,}|dapi[0-9a-f]{20,}(?:-\d)?|glpat-[A-Za-z0-9_-]{16,}"
    r"|xox[abeoprs]-(?=[A-Za-z-]{0,200}\d)[A-Za-z0-9-]{10,}|[rs]k_(?:live|test)_[A-Za-z0-9]{10,}"
    r"|npm_[A-Za-z0-9]{30,}|pypi-AgE[A-Za-z0-9_-]{16,}|LTAI[A-Za-z0-9]{12,})"
)
_ID = re.compile(_BEFORE + r"(?:org-|proj_|acct_)(?=[a-z]{0,40}[0-9A-Z])[A-Za-z0-9]{12,}")
_MAIL = re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]*\.[A-Za-z]{2,}")
_HASH = re.compile(r"(?:(?<![0-9A-Fa-f])|(?<=%[0-9A-Fa-f]{2}))[0-9A-Fa-f]{64}(?![0-9A-Fa-f])")

_QUOTE = r"(?:\\{0,7}[\"']|&quot;|&#3[49];)"
_WORD = r"[^\s\"'\\,;<>()\[\]{}&]+"
_SCHEME_NAME = r"(?:bearer|basic|token|api-?key|bot)"
_URL_LEAD = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?[/\\]+")
_USERINFO = re.compile(r"(?:(?<=://)|(?<=:\\/\\/))[^\s/?#\"'<>\\]+@")
_QUERY = re.compile(
    r"(?:[?&]|&amp;)(?P<name>[A-Za-z0-9_.-]*(?:key|token|secret|password|passwd|pwd|auth|sig|signature|credential"
    r"|session|hmac))=(?P<value>[^&#\s\"'<>\\]+)",
    re.IGNORECASE,
)
_SCHEME = re.compile(
    rf"{_BEFORE}(?P<scheme>{_SCHEME_NAME})(?:[ \t]|%20|\+){{1,8}}(?P<value>{_WORD})", re.IGNORECASE
)
_SCHEME_AND_REST = re.compile(
    rf"(?P<scheme>{_SCHEME_NAME}|digest|aws4-hmac-sha256|negotiate|ntlm|hawk|oauth|sharedkey\w{{0,8}})\s+(?P<value>.+)",
    re.IGNORECASE,
)


def _pair(name: str, bare: str) -> re.Pattern[str]:
    """A name and its value as headers, JSON (escaped too), and the reprs of dicts, tuples and bytes write them."""
    return re.compile(
        rf"(?P<name>{name})(?P<close>{_QUOTE})?"
        rf"(?:[ \t]{{0,8}}(?:=>|:=|==?|[:：])[ \t]{{0,8}}|(?(close)(?P<comma>,)[ \t]{{0,8}}(?=b?{_QUOTE})|(?!)))"
        rf"(?:[bu]?(?P<open>{_QUOTE})(?P<quoted>(?:(?!(?P=open))(?:\\.|[^\\\n]))*)|(?P<bare>{bare}))",
        re.IGNORECASE,
    )


_AUTHORIZATION = _pair(
    "authorization",
    rf"(?:digest|aws4-hmac-sha256|negotiate|ntlm|hawk|oauth|sharedkey\w{{0,8}})[ \t][^\n]*"
    rf"|(?:{_SCHEME_NAME}[ \t]+)?{_WORD}",
)
_COOKIE = _pair(r"(?<![A-Za-z])(?:set-)?cookie2?", r"[^\n=]{0,256}=[^\n]*")
_KEY_PAIR = _pair(
    r"(?:api[ _-]?key|subscription-key|(?<![A-Za-z])(?:"
    r"(?:access|secret|private|account|shared|signing|auth|master)[_-]?(?:access[_-]?)?key"
    r"|(?:access|refresh|id|auth|session|bearer|security|personal|bot|api|hf|github|csrf|xsrf)[_-]?token"
    r"|(?:client[_-]?)?secret|credentials?)|密钥)(?:[ ](?:provided|given|used|received|header|is|was)){0,2}",
    _WORD,
)
_SESSION = _pair(
    r"(?<![A-Za-z])(?:j?sessionid|phpsessid|connect\.sid|__cf_bm|cf_clearance|csrftoken|sig|signature)", _WORD
)
_TOKEN_PAIR = _pair(r"(?<![A-Za-z])(?:token|key)", _WORD)
_PASSWORD = _pair(r"(?:(?<![A-Za-z])(?:pwd|passwd|passphrase)|password|密码|口令)", r"[^\s\"'<>&]+")

_LONGEST_WORD = 256
"""No word of prose is longer. A longer value is masked, so that no value is searched again and again."""

_TUPLE_END = re.compile(rf"{_QUOTE}\s*\)")
_STOPS = ".:!?"
_PROSE = {
    "a", "an", "and", "any", "are", "at", "be", "bool", "bytes", "can", "cannot", "change", "characters",
    "contain", "empty", "expired", "failed", "false", "field", "for", "format", "given", "has", "header",
    "here", "in", "incorrect", "int", "invalid", "is", "it", "least", "length", "long", "malformed", "maximum",
    "minimum", "mismatch", "missing", "must", "nil", "no", "none", "not", "null", "object", "of", "on",
    "optional", "or", "please", "provided", "required", "reset", "set", "short", "should", "str", "string",
    "text", "the", "to", "too", "true", "undefined", "unset", "value", "was", "weak", "with", "wrong", "your",
}
"""What a message says after a secret's name instead of the secret."""

# The letter that ends a control sequence is not taken from a key: what was left of the key would not be found.
_ESCAPE = (
    rf"(?:\x1b\[|\x9b)[0-?]*[ -/]*(?!{_PUBLIC}|\[masked\])[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x90\x98\x9c-\x9f]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[()*+][0-9A-Za-z]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
)
_INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef"
_UNSEEN = re.compile(rf"(?:{_ESCAPE}|[{_INVISIBLE}])+")
_ALPHANUMERIC_END = re.compile(r"[A-Za-z0-9]\Z")


def public_prefix(text: str) -> str:
    """The part of a key that its maker publishes, such as "sk-proj-"; empty where there is none."""
    found = _PUBLIC_PREFIX.match(text)
    return found.group() if found else ""


def mask_key(text: str) -> str:
    """A short name for a key: public prefix, "…" and the last 4 of 24 or more characters, else "[masked]".

    A JSON web token has no tail: its end is a signature.
    """
    tail = text[-4:]
    if len(text) < _SHORTEST_SHOWN or _JWT.fullmatch(text) or not all("!" <= character <= "~" for character in tail):
        return MASKED
    return f"{public_prefix(text)}…{tail}"


def mask_url(url: str) -> str:
    """The address with its userinfo and query values masked and without its fragment; takes any text."""
    url = strip_controls(url).strip()
    lead = _URL_LEAD.match(url)
    start = lead.end() if lead else 0
    rest = url[start:]
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    _, colon, port = authority.rpartition(":")
    # A password may hold an unescaped "/", "?" or "#"; what then stands for the port is no number.
    torn = "@" not in authority and colon and "@" in rest and not re.fullmatch(r"\d*|[^\[]*\]", port)
    userinfo, at, _ = rest.rpartition("@") if torn else authority.rpartition("@")
    remainder = rest[len(userinfo) + len(at) :].partition("#")[0]
    place, mark, query = remainder.partition("?")
    masked = "&".join(_mask_query_field(field) for field in query.split("&")) if query else ""
    return f"{url[:start]}{MASKED if userinfo else ''}{at}{mask_shapes(place)}{mark}{masked}".rstrip()


def _mask_query_field(field: str) -> str:
    name, equals, value = field.partition("=")
    if not equals:
        return MASKED if name else ""
    return f"{mask_shapes(name)}={MASKED if value else ''}"


def strip_controls(text: str) -> str:
    """Removes terminal controls and what takes no room, since both cut a pattern apart; keeps newline and tab.

    A lone carriage return becomes a newline. Where the removal would join a word to the start of a key, a space stays.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")

    def replacement(unseen: re.Match[str]) -> str:
        after_word = _ALPHANUMERIC_END.search(text, max(0, unseen.start() - 1), unseen.start())
        return " " if after_word and _PUBLIC_PREFIX.match(text, unseen.end()) else ""

    return _UNSEEN.sub(replacement, text)


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, the last one "…" where something was left out; no mask is cut in two."""
    if len(text) <= limit:
        return text
    if limit < 1:
        return ""
    keep = limit - 1
    for mask in _MASK.finditer(text, max(0, keep - 32), keep + 8):
        if mask.start() < keep < mask.end():
            keep = mask.start()
    return text[:keep] + "…"


def mask_shapes(text: str, dummies: Collection[str] = ()) -> str:
    """The text with everything masked that has the shape of a secret.

    `dummies` are configured keys, in lower case, that are looked for only where a header holds a key. The search for a
    plain word before the costlier patterns changes nothing that they find.
    """
    named = text.casefold()
    text = _JWT.sub(MASKED, _PEM.sub(MASKED, text))
    if any(prefix in text for prefix in _PREFIXES):
        text = _KEY.sub(_mask_whole, text)
    text = _USERINFO.sub(f"{MASKED}@", text)
    text = _substitute(_QUERY, _mask_query, text)
    text = _substitute(_AUTHORIZATION, lambda pair: _mask_authorization(pair, dummies), text)
    if "cookie" in named:
        text = _substitute(_COOKIE, lambda pair: MASKED if "=" in _value(pair) else None, text)
    if any(name in named for name in ("bearer", "basic", "token", "key", "bot")):
        text = _substitute(_SCHEME, lambda pair: _mask_scheme(pair, dummies), text)
    text = _substitute(_KEY_PAIR, lambda pair: _mask_named_key(pair, dummies), text)
    if any(name in named for name in ("sess", "sid", "__cf_bm", "cf_clearance", "csrftoken", "sig")):
        text = _substitute(_SESSION, lambda pair: MASKED if _is_token(_value(pair)) else None, text)
    if "token" in named or "key" in named:
        text = _substitute(_TOKEN_PAIR, _mask_token, text)
    if any(name in named for name in ("pwd", "pass", "密码", "口令")):
        text = _substitute(_PASSWORD, _mask_password, text)
    if any(prefix in text for prefix in _ID_PREFIXES):
        text = _ID.sub(_mask_whole, text)
    return _HASH.sub(MASKED, _MAIL.sub(MASKED, text))


def _mask_whole(found: re.Match[str]) -> str:
    return mask_key(found.group())


def _substitute(pattern: re.Pattern[str], mask: Callable[[re.Match[str]], str | None], text: str) -> str:
    """Replaces the value of each pair, the last group of the pattern, by its mask; None leaves it as it is.

    The search goes on inside a value that was left, because a quoted sentence may hold a pair of its own.
    """
    pieces: list[str] = []
    done = 0
    while pair := pattern.search(text, done):
        start, end = pair.span(pair.lastgroup or 0)
        masked = None if start == end or _is_masked(text[start:end]) else mask(pair)
        pieces += [text[done:start], masked or ""]
        done = start if masked is None else end
    return "".join(pieces) + text[done:]


def _value(pair: re.Match[str]) -> str:
    return pair[pair.lastgroup or 0]


def _mask_value(value: str) -> str:
    """The mask of a value, with the end of the sentence that it stood in."""
    word = value.rstrip(_STOPS)
    return mask_key(word) + value[len(word) :]


def _mask_token(pair: re.Match[str]) -> str | None:
    value = _value(pair)
    return _mask_value(value) if _is_token(value) else None


def _mask_query(pair: re.Match[str]) -> str:
    tailless = re.search(r"sig|pass|pwd|hmac|session", pair["name"], re.IGNORECASE)
    return MASKED if tailless else mask_key(pair["value"])


def _mask_authorization(pair: re.Match[str], dummies: Collection[str]) -> str | None:
    value = _value(pair)
    parts = _SCHEME_AND_REST.fullmatch(value)
    if parts is None:
        secret = value.lower() in dummies or _is_credential("".join(value.split()), 6)
        return _mask_value(value) if secret else None
    scheme, credential = parts["scheme"], parts["value"]
    if _is_masked(credential):
        return None
    masked = _mask_value(credential) if scheme.lower() in ("bearer", "token") else MASKED
    return value[: parts.start("value")] + masked


def _mask_scheme(pair: re.Match[str], dummies: Collection[str]) -> str | None:
    scheme, value = pair["scheme"].lower(), pair["value"]
    word = value.rstrip(_STOPS)
    if scheme == "basic":
        secret = _is_basic(word)
    elif scheme == "bearer":
        secret = _is_credential(word, 8)
    else:
        secret = _is_token(word)
    if not secret and word.lower() not in dummies:
        return None
    return MASKED if scheme == "basic" else _mask_value(value)


def _mask_named_key(pair: re.Match[str], dummies: Collection[str]) -> str | None:
    value = _value(pair)
    word = value.rstrip(_STOPS)
    if pair.lastgroup == "quoted" and not _is_listed(pair):
        secret = not _is_prose(value) and not any(character.isspace() for character in value)
    else:
        secret = _is_credential(word, 6)
    return _mask_value(value) if secret or word.lower() in dummies else None


def _mask_password(pair: re.Match[str]) -> str | None:
    value = _value(pair)
    word = _is_listed(pair) and not _is_credential(value, 6)
    return None if word or _is_prose(value) else MASKED


def _is_listed(pair: re.Match[str]) -> bool:
    """Whether the value only follows the name in a list, such as that of missing fields; a tuple is a pair."""
    return pair["comma"] is not None and not _TUPLE_END.match(pair.string, pair.end())


def _is_masked(value: str) -> bool:
    """Whether the value is a mask of ours, or one of a server's, which are made of stars."""
    return _MASK_AS_VALUE.fullmatch(value) is not None or ("***" in value and len(value) <= _LONGEST_WORD)


def _is_prose(value: str) -> bool:
    words = [word.strip(".,;:!?()[]{}") for word in value.lower().split()]
    return all(not word or word in _PROSE for word in words)


def _is_credential(value: str, shortest: int) -> bool:
    """Whether a value in a place for keys is one rather than a word: digits, a public prefix, or sheer length."""
    prefix = public_prefix(value)
    if (prefix and len(value) > len(prefix) + 2) or len(value) > _LONGEST_WORD:
        return True
    if len(value) < shortest:
        return False
    if re.search(r"\d", value) or (len(value) >= 16 and re.search(r"[a-z][A-Z]", value)):
        return True
    return re.search(r"[A-Za-z]{24}", value) is not None


def _is_token(value: str) -> bool:
    """Whether a value in a place for anything is a key: 16 letters and digits, mixed, in one run."""
    runs = re.findall(r"[A-Za-z0-9]{16,}", value)
    mixed = any(re.search(r"\d", run) and re.search(r"[A-Za-z]", run) for run in runs)
    return mixed or len(value) > _LONGEST_WORD


def _is_basic(value: str) -> bool:
    """Whether a value is the base64 of "user:password" (RFC 7617), also when its end was cut off."""
    whole = value.rstrip("=")
    whole = whole[: len(whole) - len(whole) % 4] if len(whole) % 4 == 1 else whole + "=" * (-len(whole) % 4)
    try:
        return b":" in base64.b64decode(whole, validate=True)
    except ValueError:
        # No base64, so a word of prose: "basic usage".
        return False
