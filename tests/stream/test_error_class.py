"""What kind of trouble a provider reports: its code before its words, and of words only those that state it."""

import pytest

from tests.stream.listener import ask
from tests.stream.peer import Peer, answer
from tests.stream.wire import DONE, error, finish, http, stream, text
from tui.stream.client import Client
from tui.stream.error_class import ErrorClass, classify
from tui.stream.outcome import NoticeCode, Outcome

RATE = (
    "Rate limit reached for gpt-4o on tokens per min (TPM): Limit 30000, Used 25000, Requested 9000. Please try again"
    " in 8s. You can increase your rate limit by adding a payment method to your account at https://h.test/account/billing."
)


@pytest.mark.parametrize(
    ("status", "message", "outcome"),
    [
        (429, RATE, Outcome.RATE_LIMITED),
        (400, "tool 'payment_lookup' has an invalid name", Outcome.BAD_REQUEST),
        (400, "Unrecognized request argument supplied: moderation", Outcome.BAD_REQUEST),
        (400, "messages[3].content: Unauthorized image host", Outcome.BAD_REQUEST),
        (400, "Invalid value for 'prompt_cache_key': context size must be integer", Outcome.BAD_REQUEST),
        (400, "Invalid schema: model 'Foo' field bar not found in schema", Outcome.BAD_REQUEST),
        (400, "Model output: file x not found", Outcome.BAD_REQUEST),
        (400, "Invalid model parameters: temperature", Outcome.BAD_REQUEST),
        (403, "Country not supported. See billing docs", Outcome.FORBIDDEN),
        (403, "Payment is required to use this model", Outcome.PAYMENT_REQUIRED),
        (400, "This model's maximum context length is 4096 tokens.", Outcome.CONTEXT_TOO_LONG),
        (400, "the request exceeds the available context size, try increasing it", Outcome.CONTEXT_TOO_LONG),
        (400, "The response was filtered due to Azure OpenAI's content management policy.", Outcome.CONTENT_FILTER),
        (400, "Your input was flagged by moderation", Outcome.CONTENT_FILTER),
        (400, "API key not valid. Please pass a valid API key.", Outcome.INVALID_KEY),
        (404, "The model `gpt-9` does not exist or you do not have access to it.", Outcome.MODEL_NOT_FOUND),
        (404, "models/gemini-9 is not found for API version v1beta", Outcome.MODEL_NOT_FOUND),
        (404, "model 'x' not found, try pulling it first", Outcome.MODEL_NOT_FOUND),
        (404, "Not Found", Outcome.NOT_FOUND),
        (400, "Model Not Exist", Outcome.MODEL_NOT_FOUND),
    ],
)
async def test_words(status: int, message: str, outcome: Outcome, client: Client) -> None:
    async with Peer(answer(http(status, error(message)))) as peer:
        heard = await ask(client, peer.url)
    assert heard.outcome is outcome


async def test_a_rate_limit_that_recommends_a_payment_method_is_waited_for(patient: Client) -> None:
    refused = http(429, error(RATE, type="tokens", code="rate_limit_exceeded"), "Retry-After: 0")
    async with Peer(answer(refused), answer(stream(text("Hi"), finish("stop"), DONE))) as peer:
        heard = await ask(patient, peer.url)
    assert (heard.outcome, heard.codes) == (Outcome.COMPLETE, [NoticeCode.RETRYING])


@pytest.mark.parametrize(
    ("code", "type_", "found"),
    [
        ("rate_limit_exceeded", "tokens", ErrorClass.RATE_LIMITED),
        ("insufficient_quota", "insufficient_quota", ErrorClass.PAYMENT_REQUIRED),
        ("invalid_api_key", "invalid_request_error", ErrorClass.INVALID_KEY),
        ("context_length_exceeded", "invalid_request_error", ErrorClass.CONTEXT_TOO_LONG),
        (None, "overloaded_error", ErrorClass.OVERLOADED),
        ("model_not_found", None, ErrorClass.MODEL_NOT_FOUND),
        ("429", "RESOURCE_EXHAUSTED", ErrorClass.RATE_LIMITED),
    ],
)
def test_a_code_or_a_type_outranks_all_words(code: str | None, type_: str | None, found: ErrorClass) -> None:
    message = "insufficient balance; rate limit; unknown model; invalid api key; overloaded; maximum context"
    assert classify(code, type_, message, 400) is found
