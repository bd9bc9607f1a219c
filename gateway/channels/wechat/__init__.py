"""The WeChat official account: messages come in as signed XML, answers go back within five seconds or later.

    routes      one HTTP request: signature, body, answer          wire/        signature, AES, replays, strict XML
    channel     one message: store, wait, answer, at most once     hearing/     what a callback means
    adapter     the account as one of the gateway's channels       delivering/  what goes out unasked, and files
    settings    keys and limits; rules: what the operator decides  calls/       WeChat's server: token, menu, messages
    exchanges   one computation for all deliveries of a message    fake, fakes/ a WeChat server, followers, a phone

Facts about the protocol are from the official documentation (消息管理/接收普通消息, 被动回复用户消息,
发送客服消息, 获取稳定版接口调用凭据).
"""
