"""The WeChat official account: messages come in as signed XML, answers go back within five seconds or later.

    routes    one HTTP request: signature, body, answer           xml, envelope, signature   what is on the wire
    channel   one message: store, wait, answer, at most once      reading, text, passive     meaning, and back to text
    ledger    what the desk keeps: parked rows, promises          client, token, api         towards WeChat
    delivery  outbox rows of kind `wechat_text`, late              `wechat_late`, for the worker

Facts about the protocol are from the official documentation (消息管理/接收普通消息, 被动回复用户消息,
发送客服消息, 获取稳定版接口调用凭据).
"""
