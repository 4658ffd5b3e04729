"""ErrorClass: what kind of trouble a provider reports, by its code and type, else its words, else the number. Pure.

A code means one thing, and a sentence mentions many: a rate limit recommends a payment method, a complaint about a
parameter names it. So a code or a type decides before any word, and of words only those that state the trouble count.
"""

import re
from enum import StrEnum


class ErrorClass(StrEnum):
    """What kind of trouble the provider reports; it decides the outcome of a status and whether asking again helps."""

    PAYMENT_REQUIRED = "payment-required"
    CONTEXT_TOO_LONG = "context-too-long"
    CONTENT_FILTER = "content-filter"
    INVALID_KEY = "invalid-key"
    MODEL_NOT_FOUND = "model-not-found"
    OVERLOADED = "overloaded"
    RATE_LIMITED = "rate-limited"
    FORBIDDEN = "forbidden"
    BAD_REQUEST = "bad-request"
    SERVER = "server"

    @property
    def retryable(self) -> bool:
        """Whether the same request may succeed later."""
        return self in (ErrorClass.OVERLOADED, ErrorClass.RATE_LIMITED, ErrorClass.SERVER)


_Patterns = tuple[tuple[ErrorClass, re.Pattern[str]], ...]


def _compile(patterns: dict[ErrorClass, str]) -> _Patterns:
    return tuple((error_class, re.compile(pattern, re.IGNORECASE)) for error_class, pattern in patterns.items())


_CODES = _compile(
    {
        ErrorClass.PAYMENT_REQUIRED: r"insufficient[_ ]?(quota|balance|credit|fund)|billing|payment|arrear"
        r"|额度不足|余额不足|欠费",
        ErrorClass.CONTEXT_TOO_LONG: r"context[_ ]?(length|size|window)|exceed_context|(prompt|input)_?too_?long",
        ErrorClass.CONTENT_FILTER: r"content[_ ]?(filter|policy|management)|moderation|responsibleai|datainspection"
        r"|data_inspection|safety",
        ErrorClass.INVALID_KEY: r"(invalid|incorrect|missing|wrong)_?(api_?)?key"
        r"|api_?key_?(invalid|not_?valid|expired|missing)"
        r"|authentication|unauthori[sz]ed|unauthenticated|invalid_?token",
        ErrorClass.MODEL_NOT_FOUND: r"(model|deployment)_?not_?(found|exist|available)"
        r"|(unknown|invalid|no_such)_?model$",
        ErrorClass.OVERLOADED: r"overloaded|over_?capacity",
        ErrorClass.RATE_LIMITED: r"rate_?limit|too_?many_?requests|resource_?exhausted|throttl|requests?_?limit",
        ErrorClass.FORBIDDEN: r"permission|forbidden|access_?denied|unsupported_country",
    }
)
_EXCEEDED = r"(?:exceed\w*|overflow\w*|too (?:long|large|big|small)|(?:larg|long|great|bigg)er than|not enough)"
_CONTEXT = r"context[_ ](?:length|size|window)"
_QUOTED = r"(?:'[^'\n]{1,120}'|\"[^\"\n]{1,120}\"|`[^`\n]{1,120}`|[^\s'\"`]{0,120})"
_NOT_A_SETTING = r"(?! ?(?:param|option|setting|field|argument|arg\b|output|input|type|config|response))"
_WORDS = _compile(
    {
        ErrorClass.PAYMENT_REQUIRED: r"insufficient[_ ](?:quota|balance|credit|fund)|more credits"
        r"|exceeded your (?:current|monthly) (?:quota|budget)|credit balance is too low"
        r"|(?:out of|not enough|no|run out of|remaining) (?:credits?|funds|balance)\b"
        r"|billing (?:hard |soft )?(?:limit|is not|not|has not|account is|details? (?:is|are))"
        r"|payment (?:is )?(?:required|overdue|declined|failed)|requires? (?:a )?payment|额度不足|余额不足|欠费",
        ErrorClass.CONTEXT_TOO_LONG: r"context_length_exceeded|exceed_context|maximum context"
        r"|too many (?:input )?tokens"
        r"|(?:prompt|input) is too long|上下文长度|context length of only"
        rf"|{_EXCEEDED}.{{0,60}}{_CONTEXT}|{_CONTEXT}.{{0,60}}{_EXCEEDED}",
        ErrorClass.CONTENT_FILTER: r"content[_ ]management policy|safety system|inappropriate content|敏感"
        r"|(?:block|reject|flag|filter|refus|violat|trigger)\w*\b.{0,80}\b(?:moderation|content|safety|usage polic)"
        r"|\b(?:moderation|content[_ ](?:filter|policy)|safety)\w*.{0,60}\b(?:block|reject|flag|violat|trigger)"
        r"|^\W*content[_ ](?:filter|policy)(?:ed|ing| violation)?\W*$",
        ErrorClass.INVALID_KEY: r"(?:invalid|incorrect|missing|wrong|no|expired) api[_ ]?key"
        r"|api[_ ]?key[_ ](?:is |was )?(?:[_a-z]+ )?(?:invalid|not valid|incorrect|expired|missing|required)"
        r"|authentication (?:fail|error|is required|required)|invalid (?:authentication|credentials)"
        r"|^\W*(?:401 )?unauthori[sz]ed\b(?! \w)|unauthori[sz]ed (?:access|request|user|client)"
        r"|invalid (?:access|auth\w*|bearer|secret) (?:token|key)|^\W*invalid (?:token|key)\W*$",
        ErrorClass.MODEL_NOT_FOUND: r"model_not_found|no such model|try pulling it first"
        rf"|(?:unknown|invalid) model\b{_NOT_A_SETTING}"
        rf"|\bmodels?\b[/:= ]{{0,3}}(?:(?:with )?(?:id|name|named|called)[:= ]{{1,2}})?{_QUOTED},?\s"
        r"(?:(?:is|was|were|could|can|has|been|does|do)\s){0,2}"
        r"(?:not (?:be )?found|cannot be found|does(?: not|n['’]t) exist|not exist)",
        ErrorClass.OVERLOADED: r"overloaded|(?:over|at) capacity",
        ErrorClass.RATE_LIMITED: r"rate[_ -]?limit|too many requests|resource_exhausted|\b[tr]pm\b|限流",
        ErrorClass.FORBIDDEN: r"permission (?:denied|error)|forbidden|not allowed to|access denied"
        r"|(?:insufficient|have|lacks?|without|no|missing) (?:the )?(?:\w+ )?permission",
    }
)
_NUMBERS = {
    401: ErrorClass.INVALID_KEY,
    402: ErrorClass.PAYMENT_REQUIRED,
    403: ErrorClass.FORBIDDEN,
    429: ErrorClass.RATE_LIMITED,
    529: ErrorClass.OVERLOADED,
}


def classify(code: str | None, type_: str | None, message: str, number: int | None) -> ErrorClass:
    """The class of an error in a provider's words; `number` is that of its code, else the status."""
    for patterns, text in ((_CODES, code), (_CODES, type_), (_WORDS, message)):
        found = next((error_class for error_class, pattern in patterns if text and pattern.search(text)), None)
        if found is not None:
            return found
    if number in _NUMBERS:
        return _NUMBERS[number]
    return ErrorClass.BAD_REQUEST if number is not None and 400 <= number < 500 else ErrorClass.SERVER
