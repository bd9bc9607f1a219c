"""Errors from below as one sentence for an operator."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from gongda.errors import GongdaError, StepFailed, WrongUse


class Mistakes(GongdaError):
    """Files have mistakes; every one is listed."""

    exit_code = 2


@contextmanager
def sentences() -> Iterator[None]:
    """Errors of knowledge, retrieval and desk as one Chinese sentence and an exit status."""
    from desk.errors import DeskError, EditConflict, StoreError
    from kb_ingest.errors import BadSource, IngestError
    from retrieval.errors import RetrievalError

    try:
        yield
    except BadSource as error:
        raise Mistakes("语料有误：\n  " + "\n  ".join(error.problems)) from error
    except IngestError as error:
        raise StepFailed(str(error)) from error
    except RetrievalError as error:
        raise StepFailed(f"索引不可用：{error}") from error
    except StoreError as error:
        raise StepFailed(f"数据库不可用：{error}") from error
    except EditConflict as error:
        raise StepFailed(f"条目有别人未处理完的修改：{error}") from error
    except DeskError as error:
        raise WrongUse(str(error)) from error
