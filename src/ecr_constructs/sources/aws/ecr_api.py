"""The calls of Amazon ECR's API: page by page, and with errors in one sentence.

Layer: sources; imports ``errors`` and ``model``, and botocore when it is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias, final

from ecr_constructs.errors import SourceError
from ecr_constructs.model.words import meant
from ecr_constructs.sources.aws.complaints import code_of, complaint

#: What an operation answers.
Answer: TypeAlias = Mapping[str, Any]

_NO_REPOSITORY: Final = "RepositoryNotFoundException"


class ApiError(SourceError):
    """A call that failed.

    Args:
        sentence: What failed, and what to do.
        code: The code of the API's answer; empty where it did not answer.
    """

    def __init__(self, sentence: str, code: str = "") -> None:
        super().__init__(sentence)
        self.code: Final = code


@final
class EcrApi:
    """The API of the registry of one account in one Region.

    Args:
        client: A client of boto3 for ``ecr``.

    Attributes:
        region: The Region.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self.region: Final[str] = client.meta.region_name

    def call(self, method: str, **parameters: Any) -> Answer:
        """Carry out an operation.

        Args:
            method: Its name in boto3: ``"describe_registry"``.
            parameters: Its parameters.

        Raises:
            ApiError: If it fails; for a repository that is not there the
                sentence has the nearest name.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer: Answer = getattr(self._client, method)(**parameters)
        except (BotoCoreError, ClientError) as error:
            code, name = code_of(error), parameters.get("repositoryName")
            if code == _NO_REPOSITORY and name is not None:
                raise ApiError(self._no_repository(name), code) from error
            operation = self._client.meta.method_to_api_mapping[method]
            about = "" if name is None else f" on repository {name!r}"
            raise ApiError(complaint(error, operation=operation, about=about), code) from error
        return answer

    def find(
        self, method: str, *, missing: str | frozenset[str], **parameters: Any
    ) -> Answer | None:
        """Carry out an operation that reads what need not be there.

        Args:
            method: Its name in boto3.
            missing: The code, or codes, by which the API says that there is none.
            parameters: Its parameters.

        Raises:
            ApiError: If it fails otherwise.
        """
        try:
            return self.call(method, **parameters)
        except ApiError as error:
            if error.code in ({missing} if isinstance(missing, str) else missing):
                return None
            raise

    def pages(self, method: str, **parameters: Any) -> Iterator[Answer]:
        """Yield the pages of an operation, each when it is asked for.

        Raises:
            ApiError: If a page fails, or the API gives the same page for ever.
        """
        token: str | None = None
        while True:
            given = parameters if token is None else {**parameters, "nextToken": token}
            page = self.call(method, **given)
            yield page
            following = page.get("nextToken")
            if not following:
                return
            if following == token:
                operation = self._client.meta.method_to_api_mapping[method]
                raise ApiError(
                    f"{operation} must come to an end, got one nextToken twice; try again later"
                )
            token = following

    def entries(self, method: str, member: str, **parameters: Any) -> Iterator[Any]:
        """Yield the entries of a list that an operation gives in pages."""
        for page in self.pages(method, **parameters):
            yield from page.get(member, ())

    def repository_names(self) -> list[str]:
        """Return the names of all repositories."""
        described = self.entries("describe_repositories", "repositories", maxResults=PAGE)
        return [each["repositoryName"] for each in described]

    def _no_repository(self, name: str) -> str:
        try:
            names = self.repository_names()
        except ApiError:
            # What it is called instead is help, and no more.
            names = []
        fix = meant(name, names) if names else "`ecr-constructs review --live` lists them"
        return f"the repository must be in the registry in {self.region}, got {name!r}; {fix}"


#: The most entries of a page, https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeRepositories.html
PAGE: Final = 1000
