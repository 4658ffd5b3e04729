"""`weir ask`: one prompt."""

import argparse
import asyncio

from tui.arguments import USAGE, UsageError
from tui.ask import Question, ask, tell_stopped
from tui.chat.attachment import AttachmentError, read_attachments
from tui.chat.catalogue import Model
from tui.chat.chip import write_trouble
from tui.chat.conversation import Conversation
from tui.chat.database import StoreTrouble
from tui.chat.refusal import find_refusal
from tui.chat.routes import choose_routes
from tui.chat.sketch import sketch_request
from tui.chat.workspace import Workspace
from tui.command.prompt import read_prompt
from tui.command.prompt_choice import choose_system, choose_template
from tui.compose import begin_trace, open_workspace
from tui.headless.stdout import write_error, write_text
from tui.headless.stop_signals import Stopped, StopSignals
from tui.launch import Launch
from tui.settings.parameters import Parameters
from tui.settings.secrets import Masker
from tui.stream.curl import PLACEHOLDER, write_curl
from tui.text.language import Language

_ANSWERED = (0, 3, 5)
"""The exit codes of a reply of which something came."""


def run(options: argparse.Namespace, launch: Launch, mask: Masker) -> int:
    """Ask once and return the exit code."""
    if options.with_prompt and not options.curl:
        raise UsageError("--with-prompt belongs to --curl")
    (template, launch), system = choose_template(options, launch), choose_system(options, launch)
    if options.curl and not options.with_prompt:
        prompt = PLACEHOLDER  # what was typed would not be in the command
    else:
        prompt = read_prompt(options.prompt, use_stdin=not options.no_stdin, command="ask", before=template)
    try:
        files = read_attachments(() if options.curl and not options.with_prompt else options.attach)
    except AttachmentError as error:
        write_error(write_trouble(error, launch.load_language()), as_json=options.json)
        return USAGE
    question = Question(
        prompt, system, not options.no_stream, options.json, options.raw, options.save, attachments=files
    )
    if options.curl:
        return asyncio.run(_print_curl(question, launch, mask, with_prompt=options.with_prompt))
    return asyncio.run(_ask(question, launch, mask, save=options.save))


async def _ask(question: Question, launch: Launch, mask: Masker, *, save: bool) -> int:
    language = launch.load_language()

    def report(trouble: StoreTrouble) -> None:
        text = language.say(f"store.{trouble.code}", where=trouble.where, reason=trouble.reason)
        write_error(text, as_json=False)

    routes = choose_routes(launch.wish, launch.config, launch.environ)  # complains before anything is opened
    trace = begin_trace(launch, routes, mask, stream=question.stream)
    workspace = None
    try:
        with StopSignals() as signals:
            try:
                workspace = await signals.guard(open_workspace(launch, mask, report, keep=save, consent=None))
                return await _ask_in(workspace, question, language, signals)
            except Stopped:
                return tell_stopped(signals.end(trace), question, language)
    finally:
        if workspace is not None and (lost := await workspace.close()):
            write_error(language.say("store.lost", count=lost, where=launch.paths.database), as_json=False)


async def _print_curl(question: Question, launch: Launch, mask: Masker, *, with_prompt: bool) -> int:
    """The request as a command on stdout; only a list of models is asked for, where the model is not known."""
    language = launch.load_language()
    workspace = await open_workspace(launch, mask, lambda trouble: None, keep=False, consent=None)
    try:
        model = await _find_model(workspace, language, as_json=False)
        if model is None:
            return USAGE
        conversation = Conversation(parameters=Parameters(system=question.system or None))
        sent = sketch_request(
            *(workspace.client, conversation, question.prompt, model),
            stream=question.stream,
            attachments=question.attachments,
        )
        write_text(write_curl(sent, mask, with_prompt=with_prompt))
        return 0
    finally:
        await workspace.close()


async def _ask_in(workspace: Workspace, question: Question, language: Language, signals: StopSignals) -> int:
    model = await signals.guard(_find_model(workspace, language, as_json=question.as_json))
    if model is None:
        return USAGE
    if (refusal := await _find_refusal(workspace, model, question, language)) is not None:
        write_error(refusal, as_json=question.as_json)
        return USAGE
    code = await ask(workspace.session, model, question, language, signals)
    if code in _ANSWERED:  # a name that nothing answers to must not be asked again unasked
        workspace.use_model(model)
        await asyncio.to_thread(workspace.save_state)
    return code


async def _find_refusal(workspace: Workspace, model: Model, question: Question, language: Language) -> str | None:
    """Why this model, which is known to take no images, is not asked."""
    if not question.attachments:
        return None
    await workspace.load_models()
    return find_refusal(workspace.catalogue, [model], Conversation(), question.attachments, language)


async def _find_model(workspace: Workspace, language: Language, *, as_json: bool) -> Model | None:
    """The model to ask; None if there is none, which is told then."""
    if workspace.routes.default is None:
        write_error(language.say("headless.no_provider"), as_json=as_json)
        return None
    model = workspace.choose_model()
    if model is None:
        await workspace.list_models()
        model = workspace.choose_model()
    if model is None:
        write_error(_no_model(workspace, language), as_json=as_json)
    return model


def _no_model(workspace: Workspace, language: Language) -> str:
    names = [model.name for model in workspace.catalogue.models()]
    if names:
        return language.say("headless.no_model", names=", ".join(names[:20]))
    for name, listing in workspace.catalogue.failures():
        reason = language.outcome(str(listing.failure), listing.values or {})
        return language.say("headless.no_list", provider=name, reason=reason)
    return language.say("headless.no_model", names="-")
