"""The catalogue: every model once, what is known of it and whence."""

from dataclasses import replace

import pytest

from tui.chat.catalogue import KeptListing, Model, ModelCatalogue
from tui.chat.measurement import Measured, Sample
from tui.settings.model_facts import ModelFacts, ModelSettings
from tui.settings.parameters import Parameters
from tui.settings.provider import Provider
from tui.stream.listing import ModelListing
from tui.stream.outcome import Outcome

LOCAL, REMOTE = Provider("local", "http://127.0.0.1:8080/v1"), Provider("remote", "https://host/v1")
PROVIDERS = {"local": LOCAL, "remote": REMOTE}


def test_recent_come_first_then_configured_then_listed_each_once() -> None:
    catalogue = ModelCatalogue(PROVIDERS, ["remote/b", "remote/a"], ["local/z", "remote/a", "gone/x", "nonsense"])
    catalogue.add_listing("remote", ModelListing(("a", "b", "c")))
    catalogue.add_listing("local", ModelListing(("y", "z")))
    names = [model.name for model in catalogue.models()]
    assert names == ["local/z", "remote/a", "remote/b", "local/y", "remote/c"], "listed in the order of the config"


def test_a_listing_that_failed_hides_no_other() -> None:
    catalogue = ModelCatalogue(PROVIDERS)
    failed = ModelListing(failure=Outcome.CONNECT_REFUSED)
    catalogue.add_listing("local", failed)
    catalogue.add_listing("remote", ModelListing(("a",)))
    assert [model.name for model in catalogue.models()] == ["remote/a"]
    assert list(catalogue.failures()) == [("local", failed)]
    catalogue.add_listing("local", ModelListing(("back",)))
    assert list(catalogue.failures()) == []


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("remote/a", Model(REMOTE, "a")),
        ("remote/org/model:7b", Model(REMOTE, "org/model:7b")),
        ("remote/", None),
        ("remote", None),
        ("/a", None),
        ("other/a", None),
        ("", None),
    ],
)
def test_a_name_is_a_provider_a_slash_and_an_id(name: str, found: Model | None) -> None:
    assert ModelCatalogue(PROVIDERS).find(name) == found


def test_a_list_of_before_stands_in_until_the_provider_answers_and_when_it_cannot() -> None:
    now = 1000.0
    catalogue = ModelCatalogue(PROVIDERS, wall=lambda: now)
    catalogue.kept = {"remote": KeptListing(("old",), {"old": ModelFacts(8192)}, 400.0)}
    assert [model.name for model in catalogue.models()] == ["remote/old"]
    assert catalogue.facts(Model(REMOTE, "old")) == ModelFacts(8192)
    assert catalogue.sources() == {"remote/old": ("cached", 600.0)}
    catalogue.add_listing("remote", ModelListing(failure=Outcome.CONNECT_REFUSED))
    assert [model.name for model in catalogue.models()] == ["remote/old"]
    assert catalogue.age_of("remote") == 600.0
    catalogue.add_listing("remote", ModelListing(("new",), facts={"new": ModelFacts(4096)}))
    assert [model.name for model in catalogue.models()] == ["remote/new"]
    assert catalogue.sources() == {"remote/new": ("listed", 0.0)}
    assert catalogue.keep() == {"remote": KeptListing(("new",), {"new": ModelFacts(4096)}, 1000.0)}


def test_favourites_come_first_and_are_said() -> None:
    catalogue = ModelCatalogue(PROVIDERS, ["remote/b"], ["local/z"], favourites=["remote/c"])
    assert [model.name for model in catalogue.models()] == ["remote/c", "local/z", "remote/b"]
    assert [catalogue.describe(model).favourite for model in catalogue.models()] == [True, False, False]
    assert [source for source, _ in catalogue.sources().values()] == ["recent", "recent", "config"]


def test_the_config_s_facts_stand_over_the_list_s() -> None:
    own = replace(REMOTE, models={"a": ModelSettings(facts=ModelFacts(price_in=1.0))})
    catalogue = ModelCatalogue({"remote": own})
    catalogue.add_listing("remote", ModelListing(("a",), facts={"a": ModelFacts(4096, 2.0, 3.0)}))
    assert catalogue.facts(Model(own, "a")) == ModelFacts(4096, 1.0, 3.0)


def test_what_was_measured_is_told_with_the_model() -> None:
    measured = Measured((Sample(120, 40.0, estimated=False),))
    catalogue = ModelCatalogue(PROVIDERS, measured={"remote/a": measured})
    assert catalogue.describe(Model(REMOTE, "a")).measured is measured
    assert catalogue.describe(Model(REMOTE, "b")).measured is None


def test_a_found_server_is_added_unless_its_name_is_taken() -> None:
    catalogue = ModelCatalogue(PROVIDERS)
    found = Provider("ollama", "http://127.0.0.1:11434/v1", origin="found")
    catalogue.add_found(found, ModelListing(("m",)), "ollama")
    catalogue.add_found(Provider("local", "http://127.0.0.1:1234/v1", origin="found"), ModelListing(("x",)), None)
    assert [model.name for model in catalogue.models()] == ["ollama/m"]
    assert (catalogue.accounts, catalogue.providers["local"]) == ({"ollama": "ollama"}, LOCAL)
    assert "ollama" not in PROVIDERS


def test_a_model_asked_with_other_parameters_is_the_same_model() -> None:
    own = replace(REMOTE, models={"a": ModelSettings(Parameters(temperature=0.5, seed=1))})
    model = Model(own, "a")
    warm = model.with_parameters(Parameters(temperature=1.5))
    assert warm == model
    assert (model.parameters.temperature, warm.parameters.temperature, warm.parameters.seed) == (0.5, 1.5, 1)
    assert model.with_parameters(Parameters()) is model
