"""Parts of the fake WeChat server of `gateway.channels.wechat.fake`, and its followers."""
