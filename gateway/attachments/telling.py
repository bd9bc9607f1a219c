"""What somebody is told about a file that is not taken: what is allowed, and how large."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import Response

from gateway.attachments.errors import AttachmentError
from gateway.attachments.limits import AttachmentLimits
from gateway.guard import told, waiting
from gateway.services import Services
from gateway.wording import Wording


def sentence(error: AttachmentError, wording: Wording, limits: AttachmentLimits) -> str:
    """The reason and the remedy, in Chinese."""
    values: dict[str, object] = {"limit": limits.megabytes, "allowed": allowed(wording, limits), **error.values}
    return wording.text(error.sentence, **values)


def allowed(wording: Wording, limits: AttachmentLimits) -> str:
    """The kinds of files that are taken."""
    return "、".join(wording.text(f"attachments.kind.{kind}") for kind in limits.kinds)


def install_attachment_errors(app: FastAPI, services: Services) -> None:
    """Refused files as every other error."""

    @app.exception_handler(AttachmentError)
    async def refused(request: Request, error: AttachmentError) -> Response:
        reason = sentence(error, services.wording, services.rules.attachments)
        return waiting(told(request, error.status, error.key, reason), error.retry_after)
