"""A question in, ranked entries and a calibrated decision out.

`build.build` makes an index build from approved entries, `live.Live` serves the current one,
`Retriever.ask` answers: the one function behind chat, hit test, fallback and evaluation.
"""
