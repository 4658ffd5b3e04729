"""A trial: a tiny reply of a provider, and not more than that."""

from tui.chat.trial_text import tell_trial
from tui.practice import PracticeServer
from tui.settings.provider import Provider
from tui.settings.secrets import Masker
from tui.stream.client import Client
from tui.stream.outcome import Outcome
from tui.stream.probe.question import ENOUGH_TOKENS
from tui.stream.trial import Trial, try_provider
from tui.text.language import load_language


async def try_model(name: str) -> Trial:
    async with PracticeServer(token_delay=0) as practice, Client({}, Masker(), retries=0) as client:
        return await try_provider(client, Provider("nest", practice.base_url), name)


async def test_a_whole_reply_is_complete() -> None:
    trial = await try_model("chinese")
    assert (trial.outcome, trial.complete, trial.unbounded) == (Outcome.COMPLETE, True, False)


async def test_one_that_does_not_stop_is_stopped_and_streams_all_the_same() -> None:
    trial = await try_model("endless")
    assert (trial.outcome, trial.complete, trial.unbounded) == (Outcome.CANCELLED, True, True)
    assert str(ENOUGH_TOKENS) in tell_trial(trial, load_language("en"))


async def test_one_that_breaks_is_not() -> None:
    trial = await try_model("cut")
    assert (trial.outcome, trial.complete) == (Outcome.TRUNCATED_BODY, False)
    assert tell_trial(trial, load_language("en")).startswith("truncated-body: ")
