"""Bytes -> typed events: the one client, its decoders, its watchdogs and its verdicts. Only this folder knows httpx."""
