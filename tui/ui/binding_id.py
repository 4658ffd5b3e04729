"""The ids of all key bindings: what `[keys]` in the config may name."""

from collections.abc import Iterator, Mapping

from textual.binding import Binding

from tui.text.language import Language
from tui.ui.act import own_bindings
from tui.ui.app import WeirApp
from tui.ui.log.columns import ColumnLog, Columns
from tui.ui.screens.chat import ChatScreen
from tui.ui.screens.chats import ChatsScreen
from tui.ui.screens.comparisons import ComparisonsScreen
from tui.ui.screens.doctor import DoctorScreen
from tui.ui.screens.export_form import ExportForm
from tui.ui.screens.filter_list import FilterList
from tui.ui.screens.help import HelpScreen
from tui.ui.screens.import_form import ImportForm
from tui.ui.screens.parameters import ParametersScreen
from tui.ui.screens.provider_form import FormInput, ProviderForm
from tui.ui.screens.question import Question
from tui.ui.screens.raw_stream import RawStreamScreen
from tui.ui.screens.record import RecordScreen
from tui.ui.screens.record_list import RecordListScreen
from tui.ui.screens.support import SupportScreen
from tui.ui.screens.theme_picker import ThemePicker
from tui.ui.screens.title_form import TitleForm
from tui.ui.terminal.key_name import is_key
from tui.ui.widgets.chat_filter import ChatFilter
from tui.ui.widgets.find_bar import FindBar
from tui.ui.widgets.list_filter import ListFilter
from tui.ui.widgets.model_picker import ModelPicker, PickerFilter
from tui.ui.widgets.raw_view import RawView
from tui.ui.widgets.revising_prompt import RevisingPrompt

_OVERLAYS = (
    ChatFilter,
    ChatsScreen,
    ComparisonsScreen,
    DoctorScreen,
    ExportForm,
    ImportForm,
    FilterList,
    FindBar,
    FormInput,
    HelpScreen,
    ListFilter,
    ModelPicker,
    ParametersScreen,
    PickerFilter,
    ProviderForm,
    Question,
    RawStreamScreen,
    RawView,
    RecordListScreen,
    RecordScreen,
    SupportScreen,
    ThemePicker,
    TitleForm,
)
_HOLDERS = (WeirApp, ChatScreen, ColumnLog, Columns, RevisingPrompt, *_OVERLAYS)


def binding_ids() -> set[str]:
    """Every id."""
    return {binding.id for binding in all_bindings() if binding.id}


def all_bindings() -> Iterator[Binding]:
    """Every binding of ours, those of the chat first; one that several places inherit comes as often."""
    return (binding for holder in _HOLDERS for binding in own_bindings(holder))


def bound_elsewhere(key: str, keys: Mapping[str, str]) -> str | None:
    """The id of a binding that has this key somewhere, as the person has bound them; None if none has."""
    for binding in all_bindings():
        if binding.id and key in keys.get(binding.id, binding.key).split(","):
            return binding.id
    return None


def usable_keys(keys: Mapping[str, str], language: Language) -> tuple[dict[str, str], list[str]]:
    """Those of `[keys]` that can hold, and what is wrong with the others: an unknown id, a key no terminal sends."""
    known = sorted(binding_ids())
    usable, complaints = {}, []
    for name, key in keys.items():
        if name not in known:
            complaints.append(language.say("keys.unknown", name=name, known=", ".join(known)))
        elif not is_key(key):
            complaints.append(language.say("keys.unusable", name=name, key=key))
        else:
            usable[name] = key
    return usable, complaints
