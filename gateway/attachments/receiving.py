"""The form that brings a file: read with few parts, and what goes wrong meanwhile said as ours."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.datastructures import FormData
from starlette.requests import ClientDisconnect, Request

from gateway.attachments.errors import NotKept
from gateway.errors import BadRequest

log = logging.getLogger(__name__)

_FIELDS = 4  # besides the file


@asynccontextmanager
async def file_form(request: Request) -> AsyncIterator[FormData]:
    """One file and a few fields, thrown away at the end. Raises BadRequest, NotKept."""
    try:
        async with request.form(max_files=1, max_fields=_FIELDS) as form:
            yield form
    except OSError as error:  # it is put aside on the disk while it arrives
        log.error("a file could not be put aside: %s", error)
        raise NotKept from error
    except ClientDisconnect as error:  # a phone lost its network; nobody reads the answer, and it is no error of ours
        raise BadRequest from error
    except ValueError as error:  # in a character set that is none, such as `undefined`
        raise BadRequest from error
