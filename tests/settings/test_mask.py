"""What is masked by its shape, what is left alone, and that both hold for any text."""

import base64
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tui.settings.mask import cut, public_prefix
from tui.settings.secrets import Masker, Secret, mask_key, mask_url

# Every value that looks like a key is put together here, so that no scanner of sources takes one for real.
MIXED = "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY"
LOWER_HEX = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
UPPER = "QW3ER5TY7UI2OP4A"


def dash(*parts: str) -> str:
    return "-".join(parts)


PROJECT_KEY = dash("sk", "proj", MIXED + MIXED)
PLAIN_KEY = dash("sk", MIXED)

SHAPES = {
    "openai": PLAIN_KEY,
    "openai project": PROJECT_KEY,
    "openai service": dash("sk", "svcacct", MIXED + "T3Blbk" + "FJ" + MIXED),
    "openai admin": dash("sk", "admin", MIXED),
    "anthropic": dash("sk", "ant", "api03", MIXED * 2 + "_w-" + "AA"),
    "openrouter": dash("sk", "or", "v1", LOWER_HEX * 2),
    "deepseek": dash("sk", LOWER_HEX),
    "groq": "gsk" + "_" + MIXED + MIXED[:20],
    "xai": dash("xai", MIXED * 2 + MIXED[:16]),
    "hugging face": "hf" + "_" + "abcdEFGHijklMNOPqrstUVWXyzABcdEFgh",
    "hugging face organisation": "api_" + "org_" + MIXED,
    "github personal": "gh" + "p_" + MIXED + "abcd",
    "github server": "gh" + "s_" + MIXED + "abcd",
    "github fine": "github" + "_pat_" + MIXED[:22] + "_" + MIXED + MIXED[:27],
    "google": "AI" + "za" + MIXED + "-_x",
    "google session": "ya" + "29." + "a0" + MIXED + "_" + MIXED,
    "aws": "AK" + "IA" + UPPER,
    "aws session": "AS" + "IA" + UPPER,
    "bedrock": "AB" + "SK" + base64.b64encode(MIXED.encode() * 3).decode(),
    "nvidia": dash("nvapi", MIXED + "_" + MIXED[:31]),
    "replicate": "r8" + "_" + MIXED + "abcde",
    "perplexity": dash("pplx", MIXED + MIXED[:16]),
    "databricks": "da" + "pi" + LOWER_HEX,
    "gitlab": dash("glpat", MIXED[:20]),
    "slack": dash("xox" + "b", "123456789012", "1234567890123", MIXED[:24]),
    "stripe": "sk" + "_live_" + MIXED[:24],
    "stripe restricted": "rk" + "_live_" + MIXED[:24],
    "npm": "np" + "m_" + MIXED + "abcd",
    "pypi": "pypi" + "-AgEIcHlwaS5vcmc" + MIXED,
    "alibaba": "LT" + "AI" + MIXED[:20],
    "web token": ".".join(("ey" + "JhbGciOiJIUzI1NiJ9", "ey" + "JzdWIiOiIxMjM0In0", MIXED + "_-x")),
    "pem": f"-----BEGIN {'PRIVATE'} KEY-----\n{MIXED}\n{MIXED}\n-----END {'PRIVATE'} KEY-----",
    "openai organisation": dash("org", MIXED[:24]),
    "openai project id": "proj" + "_" + MIXED[:24],
    "stripe account": "acct" + "_" + MIXED[:16],
    "mail": "first.last+tag@" + "mail.example.org",
    "hash": LOWER_HEX * 2,
}

AROUND = {
    "alone": "{}",
    "prose": "Incorrect key {}, see the manual.",
    "chinese": "密钥{}无效",
    "json": '{{"message": "wrong: {}"}}',
    "escaped line": "wrong:\\n{}\\n",
    "colour": "wrong\x1b[31m{}\x1b[0m",
    "escaped colour": "wrong \\u001b[31m{}",
    "query": "%20{}",
    "path": "/v1/{}/models",
}


def secret_part(key: str) -> str:
    """What of a key a mask never shows: the middle, behind any public prefix and before the tail."""
    return key[len(public_prefix(key)) : -4]


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND.keys())
@pytest.mark.parametrize("key", SHAPES.values(), ids=SHAPES.keys())
def test_every_shape_is_masked_wherever_it_stands(key: str, around: str) -> None:
    masked = Masker()(around.format(key))
    assert secret_part(key) not in masked
    assert "…" in masked or "[masked]" in masked


@pytest.mark.parametrize("key", [SHAPES["openai project"], SHAPES["anthropic"], SHAPES["github fine"]])
def test_a_key_that_was_cut_is_still_masked(key: str) -> None:
    for length in range(len(public_prefix(key)) + 20, len(key)):
        assert key[:length] not in Masker()(f"wrong: {key[:length]}…")


OPAQUE = "Zq" + MIXED[:20] + "x7"
PASSWORD = "swordfish"

STRUCTURES = {
    "bearer": ("Bearer {}", OPAQUE),
    "bearer lower": ("got bearer {} here", OPAQUE),
    "bearer percent": ("Bearer%20{}", OPAQUE),
    "bearer twice": ("Bearer Bearer {}", OPAQUE),
    "authorization": ("Authorization: Bearer {}", "abc"),
    "authorization bare": ("authorization: {}", OPAQUE),
    "authorization json": ('{{"Authorization": "Bearer {}"}}', "abc"),
    "authorization escaped": ('"{{\\"Authorization\\": \\"Bearer {}\\"}}"', "abc"),
    "authorization twice escaped": ('{{\\\\\\"Authorization\\\\\\": \\\\\\"Bearer {}\\\\\\"}}', "abc"),
    "authorization dict": ("{{'authorization': 'Bearer {}'}}", "abc"),
    "authorization tuple": ("[('Authorization', 'Bearer {}')]", "abc"),
    "authorization bytes": ("[(b'Authorization', b'Bearer {}')]", "abc"),
    "authorization html": ("&quot;Authorization&quot;: &quot;Bearer {}&quot;", "abc"),
    "proxy": ("Proxy-Authorization: Basic {}", base64.b64encode(b"me:" + PASSWORD.encode()).decode()),
    "httpx": ("Illegal header value b'Bearer {}'", OPAQUE),
    "basic": ("Basic {}", base64.b64encode(b"me:" + PASSWORD.encode()).decode()),
    "token": ("token {}", OPAQUE),
    "digest": ('Authorization: Digest username="me", response="{}"', LOWER_HEX),
    "x-api-key": ("x-api-key: {}", OPAQUE),
    "x-api-key json": ('{{"x-api-key": "{}"}}', "abcdef"),
    "environment": ("export OPENAI_API_KEY={}", OPAQUE),
    "camel": ('{{"openaiApiKey":"{}"}}', "abcdef"),
    "provided": ("Incorrect API key provided: {}.", OPAQUE),
    "chinese key": ("API 密钥：{}", OPAQUE),
    "short": ("Received API Key = {}", dash("sk", "1234")),
    "client secret": ("client_secret={}", OPAQUE),
    "aws secret": ("aws_secret_access_key = {}", MIXED + "/+abcdef"),
    "access token": ('{{"access_token": "{}"}}', "abcdef"),
    "inner": ('{{"secret": "the api_key={} was wrong"}}', OPAQUE),
    "generic token": ('{{"token": "{}"}}', OPAQUE),
    "password": ("password={}", PASSWORD),
    "password colon": ("Password: {}", PASSWORD),
    "password json": ('{{"password": "{}"}}', "correct horse battery"),
    "password tuple": ("[('password', '{}')]", PASSWORD),
    "key list": ('[["x-api-key", "{}"]]', OPAQUE),
    "password quote": ('{{"password": "ab\\"{}"}}', PASSWORD),
    "password chinese": ("密码：{}", PASSWORD),
    "userinfo": ("http://me:{}@proxy.example:8080/x", PASSWORD),
    "user": ("https://{}@host.example/x", PASSWORD),
    "userinfo escaped": ("http:\\/\\/me:{}@proxy.example", PASSWORD),
    "query key": ("GET /v1/models?alt=sse&key={}&x=1", OPAQUE),
    "query html": ("/v1?a=1&amp;api_key={}", "abcdef"),
    "query signature": ("https://s3.example/a?X-Amz-Signature={}", LOWER_HEX),
    "cookie": ("Cookie: theme=dark; session={}", PASSWORD),
    "set-cookie": ("set-cookie: __cf_bm={}; path=/; HttpOnly", OPAQUE),
    "cookie dict": ("{{'set-cookie': 'id={}; Path=/'}}", PASSWORD),
    "named cookie": ("JSESSIONID={}", LOWER_HEX),
}


@pytest.mark.parametrize(("text", "value"), STRUCTURES.values(), ids=STRUCTURES.keys())
def test_structure_gives_a_secret_away(text: str, value: str) -> None:
    masked = Masker()(text.format(value))
    assert value not in masked
    assert "…" in masked or "[masked]" in masked


def test_what_is_no_secret_stays_beside_the_mask() -> None:
    mask = Masker()
    assert mask(f"Authorization: Bearer {PLAIN_KEY}\nAccept: */*") == "Authorization: Bearer sk-…W0xY\nAccept: */*"
    assert mask(f'{{"api_key": "{OPAQUE}", "model": "m"}}') == f'{{"api_key": "{mask_key(OPAQUE)}", "model": "m"}}'
    assert Masker()("http://me:pw@proxy:8080/v1?key=abc&q=1") == "http://[masked]@proxy:8080/v1?key=[masked]&q=1"
    assert Masker()(f"API key provided: {OPAQUE}.") == f"API key provided: {mask_key(OPAQUE)}."


LEFT_ALONE = [
    "The model answered slowly; a task-force of risk-averse people looked at the disk-usage.",
    "Bearer authentication is required. Basic authentication is off; basic usage follows.",
    "The bearer token is missing. A token limit applies: 4096 tokens per request.",
    'WWW-Authenticate: Bearer realm="api", error="invalid_token"',
    "max_tokens=512 prompt_tokens=12 completion_tokens: 34",
    '{"max_tokens": 512, "eos_token": "</s>", "token": "Hello", "logprob": -0.1}',
    '{"usage":{"prompt_tokens":9,"completion_tokens":12,"total_tokens":21}}',
    "req_011CSHoEeqs5C35K2UUqR7Fy",
    "request id: 3fa85f64-5717-4562-b3fc-2c963f66afa6",
    "x-request-id: 4bf92f3577b34da6a3ce929d0e0e4736",
    "cf-ray: 8f1a2b3c4d5e6f70-SJC",
    "chatcmpl-9xYzAbCdEfGhIjKlMnOpQrStUvWx and gen-1735689600-AbCdEfGhIjKlMnOp",
    "resp_67ccd2bed1ec8190b14f964abc0542670bb6a6b452d3795b",
    "call_AbCdEfGhIjKlMnOpQrStUvWx",
    "gpt-4o-2024-08-06, claude-sonnet-4-20250514, deepseek-chat, qwen3:30b-a3b-q4_K_M, llama-3.3-70b-versatile",
    "meta-llama/Llama-3.1-8B-Instruct",
    "/usr/lib/python3.11/site-packages/httpx/_client.py:1014",
    "C:\\Users\\name\\risk\\task-2024-report-final.txt",
    "commit 9fceb02d0ae598e95dc970b74767f19372d61af8",
    "def f(api_key: str | None = None, password: str = '') -> None: ...",
    'client = OpenAI(api_key=os.environ["OPENAI_API_KEY"], base_url=url)',
    "curl -H 'Authorization: Bearer $OPENAI_API_KEY'".replace("Authorization: ", ""),
    "You didn't provide an API key. Invalid API key: please check it.",
    '{"loc": ["header", "x-api-key"], "msg": "Field required", "type": "missing"}',
    '{"api_key": null, "password": "is required"}',
    '{"missing": ["api_key", "password", "username"]}',
    "api_key=None",
    "password: required",
    "Incorrect API key provided: sk-abc***************wxyz.",
    "The secret of a good cookie: butter. The key: patience.",
    "http://127.0.0.1:8080/v1/chat/completions?stream=true&model=x",
    "https://example.com/@name/post?page=2",
    "npm_config_registry hf_hub_download pypi-publish-action xoxo-kisses-and-hugs org-mode",
    "a @ b, @decorator, user@localhost",
    "a | b │ c\n\tindented: ok",
    "中文内容，没有密钥。🙂",
    "",
]


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    known = Masker([Secret(PROJECT_KEY), Secret("x"), Secret("none-of-these-words")])
    assert Masker()(text) == text
    assert known(text) == text


@pytest.mark.parametrize(
    ("key", "masked"),
    [
        (PLAIN_KEY, "sk-…W0xY"),
        (PROJECT_KEY, "sk-proj-…W0xY"),
        (SHAPES["anthropic"], "sk-ant-api03-…-wAA".replace("-wAA", "w-AA")),
        (SHAPES["openrouter"], "sk-or-v1-…d7e8f9"[:-6] + "e8f9"[-4:]),
        (SHAPES["google"], "AIza…Y-_x"),
        ("q" * 24, "…qqqq"),
        ("q" * 23, "[masked]"),
        (dash("sk", "short"), "[masked]"),
        ("", "[masked]"),
        ("q" * 24 + "\n", "[masked]"),
        (SHAPES["web token"], "[masked]"),
    ],
)
def test_a_mask_shows_the_public_prefix_and_the_last_four(key: str, masked: str) -> None:
    assert mask_key(key) == masked


@pytest.mark.parametrize(
    ("url", "masked"),
    [
        ("https://api.example.com/v1", "https://api.example.com/v1"),
        ("https://me:pw@api.example.com:8080/v1", "https://[masked]@api.example.com:8080/v1"),
        ("https://token@api.example.com", "https://[masked]@api.example.com"),
        ("https://me:p@ss@api.example.com/a@b", "https://[masked]@api.example.com/a@b"),
        ("https://me:p/w#x?y@api.example.com/v1", "https://[masked]@api.example.com/v1"),
        ("me:pw@proxy:8080", "[masked]@proxy:8080"),
        ("//me:pw@proxy:8080", "//[masked]@proxy:8080"),
        ("http:/me:pw@proxy", "http:/[masked]@proxy"),
        ("socks5://[::1]:1080", "socks5://[::1]:1080"),
        ("http://[::1]/a@b", "http://[::1]/a@b"),
        ("https://h/p?key=abc&empty=&x=1#part", "https://h/p?key=[masked]&empty=&x=[masked]"),
        ("https://h/p?abcdef", "https://h/p?[masked]"),
        ("https://h/p?", "https://h/p?"),
        ("https://h/p#access_token=abc?x", "https://h/p"),
        (f"https://h/{PLAIN_KEY}/x", "https://h/sk-…W0xY/x"),
        ("  https://h\x1b[0m/p\n", "https://h/p"),
        ("http://[broken:port@@//?=&&#", "http://[masked]@//?=&&"),
        ("", ""),
        ("://", "://"),
        ("\ud800", "\ud800"),
    ],
)
def test_an_address_loses_userinfo_query_values_and_fragment(url: str, masked: str) -> None:
    assert mask_url(url) == masked


@settings(deadline=None)
@given(st.text(alphabet=":/?#@&=[]%.ab1\\ \n", max_size=40))
def test_any_address_can_be_masked_twice(url: str) -> None:
    assert mask_url(mask_url(url)) == mask_url(url)


def test_the_cut_to_length_comes_last() -> None:
    mask = Masker([Secret(OPAQUE)])
    for limit in range(60):
        masked = mask(f"key {PROJECT_KEY} and {OPAQUE} and {PASSWORD}, password={PASSWORD}", limit)
        assert len(masked) <= limit
        assert "aB3" not in masked
        assert mask(masked, limit) == masked
    assert mask("eleven char", 11) == "eleven char"
    assert mask("eleven chars", 11) == "eleven cha…"


def test_no_mask_is_cut_in_two() -> None:
    assert cut("a [masked] b", 6) == "a …"
    assert cut("a [masked] bcd", 11) == "a [masked]…"
    assert cut("a sk-proj-…W0xY bcd", 12) == "a …"
    assert cut("abc", 1) == "…"
    assert cut("abc", 0) == ""


@pytest.mark.parametrize(
    ("text", "stripped"),
    [
        ("a\x1b[31mb\x1b[0m", "ab"),
        ("a\x1b]0;title\x07b", "ab"),
        ("a\x1b]8;;http://x\x1b\\b", "ab"),
        ("a\x1b]never ended", "a]never ended"),
        ("a\x9b1mb\x00\x7f\x85c", "abc"),
        ("a\r\nb\rc\td", "a\nb\nc\td"),
        ("s\u200bk\u2060-\ufeffx\u00ad\u202ey", "sk-xy"),
        ("a\x1b(Bb\x1bc", "abc"),
    ],
)
def test_controls_and_invisible_characters_are_stripped(text: str, stripped: str) -> None:
    assert Masker()(text) == stripped


PIECES = st.one_of(
    st.sampled_from([*SHAPES.values(), *(text.format(value) for text, value in STRUCTURES.values())]),
    st.sampled_from(LEFT_ALONE),
    st.sampled_from(["Bearer ", "api_key=", '"', "'", "\\", "…", "[masked]", "sk-", "password: ", "=", "@", " "]),
    st.text(max_size=8),
)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=6).map("".join), st.one_of(st.none(), st.integers(0, 80)))
@example("Bearer Authorization: token sk-…W0xYpassword: [masked", None)
@example("password: required", 14)
def test_masking_twice_changes_nothing(text: str, limit: int | None) -> None:
    mask = Masker([Secret(PROJECT_KEY), Secret("none"), Secret(OPAQUE)])
    once = mask(text, limit)
    assert mask(once, limit) == once


LONG = 65536
ADVERSARIAL = [
    "a", "sk-", "sk-a ", "\\", "\x1b]", "\x9d", "\x1b[", '"', 'secret:"', "secret:\"secret:'",
    "secret:'secret:\"x ", "cookie:", "cookie:=", "authorization: ", "authorization: digest ", "?", "&key=", "&a",
    "://", "a@", "a.", "eyJaaaaaaaa.", "eyJ", "-----BEGIN PRIVATE" + " KEY-----", "%25", "%", "bearer ", "bearer a",
    "basic ", "token:", "api_key:", "api_key ", "key=***", "password=", "password: the ", "password:(", "sig=",
    "\u200b", "f", "0", "u", "\\u0041", " ", "\n", "s|", "…", "[masked]", "***", "org-", "proj_a", "xoxb-",
    "&quot;", "\\x1b[", "aB3dE5fG", "aB3dE5fG7hJ9kL1m!", "secret:\\\"", "secret:…", "key: ",
]


SLOW = pytest.mark.slow


@pytest.mark.parametrize("piece", ADVERSARIAL)
@pytest.mark.parametrize("lead", ["", pytest.param("api_key=", marks=SLOW), pytest.param('secret: "', marks=SLOW)])
def test_long_hostile_text_is_masked_in_linear_time(piece: str, lead: str) -> None:
    mask = Masker([Secret(PROJECT_KEY), Secret("a" * 40 + "Z" + "a" * 40), Secret(OPAQUE), Secret(MIXED * 2)])
    started = time.process_time()
    mask(lead + piece * (LONG // len(piece)), 600)
    # A quadratic step takes minutes here; the bound only has to tell the two apart on any machine.
    assert time.process_time() - started < 10
