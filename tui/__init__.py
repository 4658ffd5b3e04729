"""weir: a terminal chat client that tells the truth about streams.

The folders, read bottom-up, are the path of a message:

    text/       what may be shown, and in which words
    settings/   what the person configured, and where we run
    stream/     bytes -> typed events: the client, its watchdogs, the verdict
    chat/       conversations, kept
    markdown/   text -> blocks, without any widget
    ui/         what is on screen
    practice/   a loopback provider with faults; it shares no code with the client
    ask.py      one prompt, headless: stdout is data, stderr is diagnostics
    cli.py      the command line and the composition root
"""

__version__ = "0.1.0"
