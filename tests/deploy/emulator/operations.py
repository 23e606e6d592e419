"""Answer the ECR API: our operations first, ministack's where we have none."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from ministack.core.responses import error_response_json, json_response
from ministack.services import ecr
from tests.deploy.emulator.service_model import ApiError, RequestModel

Request = Mapping[str, Any]
Response = dict[str, Any]
Operation = Callable[[Request], Response]

_WORD: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


class Operations:
    """The operations of the ECR API, each request checked before it is carried out.

    CloudFormation's provisioners call them as clients do, so that what a
    template sets and what a client reads is one thing.
    """

    def __init__(self, model: RequestModel) -> None:
        self._model: Final = model
        self._ours: Final[dict[str, Operation]] = {}

    def add(self, operations: Mapping[str, Operation]) -> None:
        """Take ``operations`` before ministack's of the same name."""
        self._ours.update(operations)

    def call(self, name: str, request: Request) -> Response:
        """Carry out an operation.

        Raises:
            ApiError: If the model refuses the request or the operation fails.
        """
        self._model.check(name, request)
        operation = self._ours.get(name)
        return operation(request) if operation else ministack_operation(name, request)

    def find(self, name: str, request: Request) -> Response | None:
        """Carry out an operation that reads, and return nothing where there is nothing."""
        try:
            return self.call(name, request)
        except ApiError as error:
            if error.code.endswith("NotFoundException"):
                return None
            raise

    async def handle_request(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        query_params: Mapping[str, Any],
    ) -> tuple[int, dict[str, str], bytes]:
        """Answer a client's request, in place of ministack's own entry point."""
        del method, path, query_params
        name = headers.get("x-amz-target", "").rpartition(".")[2]
        try:
            answer: tuple[int, dict[str, str], bytes] = json_response(
                self.call(name, json.loads(body or b"{}"))
            )
        except json.JSONDecodeError:
            answer = error_response_json("SerializationException", "the body is no JSON", 400)
        except ApiError as error:
            answer = error_response_json(error.code, error.message, 400)
        return answer


def ministack_operation(name: str, request: Request) -> Response:
    """Carry out one of ministack's own operations.

    Raises:
        ApiError: If ministack has no such operation, or it fails.
    """
    operation = getattr(ecr, "_" + _WORD.sub("_", name).lower(), None)
    if operation is None:
        raise ApiError("InvalidAction", f"the emulator has no operation {name}")
    status, _, body = operation(dict(request))
    answer: Response = json.loads(body)
    if status >= 400:
        raise ApiError(answer["__type"], answer["message"])
    return answer
