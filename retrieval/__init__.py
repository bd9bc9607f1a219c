"""A question in, ranked entries and a calibrated decision out.

`building.build` makes an index build from approved entries, `asking.live.Live` serves the current one,
`asking.retriever.Retriever.ask` answers: the one function behind chat, hit test, fallback and evaluation.
"""
