"""Channels that are pulled: a callback says that there is news, messages are fetched by cursor and answered by an API.

`source.Source` is all that one of them has to be, such as `kf.Kf` for 微信客服; `puller.Puller` fetches,
`channel.PulledChannel` records what is to be sent, `sender.PullSender` sends it.
"""
