"""How ECR encrypts images, and where which way exists."""

from __future__ import annotations

from typing import Any

import pytest

from ecr_constructs.model.encryption import AES256, Encryption, EncryptionType
from ecr_constructs.model.problem import Severity
from ecr_constructs.model.unresolved import Unresolved

KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234"
UNKNOWN = Unresolved.of("Key.Arn")
TOKEN = "${Token[Key.Arn.7]}"


def sentences(encryption: Encryption, partition: str = "aws") -> list[str]:
    return [problem.sentence for problem in encryption.problems(partition=partition)]


@pytest.mark.parametrize(
    "encryption",
    [
        AES256,
        Encryption(EncryptionType.KMS),
        Encryption(EncryptionType.KMS, KEY),
        Encryption(EncryptionType.KMS, "alias/images"),
        Encryption(EncryptionType.KMS, "k"),
        Encryption(EncryptionType.KMS, "k" * 2048),
        Encryption(EncryptionType.KMS, UNKNOWN),
        Encryption(EncryptionType.KMS, TOKEN),
        Encryption("KMS", KEY),
        Encryption(UNKNOWN, KEY),
    ],
)
def test_takes_what_ecr_takes(encryption: Encryption) -> None:
    assert sentences(encryption) == []


@pytest.mark.parametrize("kind", ["AES_256", "", "kms", "KMS_DSSE2"])
def test_refuses_a_type_that_ecr_does_not_know(kind: str) -> None:
    assert sentences(Encryption(kind)) == [
        (
            f"encryption must be one of AES256, KMS, KMS_DSSE, got {kind!r};"
            " write EncryptionType.AES256"
        )
    ]


@pytest.mark.parametrize("key", [KEY, UNKNOWN, TOKEN])
def test_refuses_a_key_that_would_not_be_used(key: Any) -> None:
    assert sentences(Encryption(EncryptionType.AES256, key)) == [
        ("encryption_key is set, so encryption must be KMS, got 'AES256'; drop one of the two")
    ]


@pytest.mark.parametrize(("key", "shown"), [("", "''"), ("k" * 2049, "... with 2,049")])
def test_refuses_a_key_of_a_length_that_cloudformation_refuses(key: str, shown: str) -> None:
    (sentence,) = sentences(Encryption(EncryptionType.KMS, key))
    assert sentence.startswith("encryption_key must be 1 to 2,048 characters, got ")
    assert sentence.endswith(f"{shown}; write the key's ARN")
    assert len(sentence) < 150


@pytest.mark.parametrize("key", [None, KEY])
def test_kms_dsse_exists_in_govcloud(key: str | None) -> None:
    assert sentences(Encryption(EncryptionType.KMS_DSSE, key), "aws-us-gov") == []


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-iso", "aws-iso-b", "aws-eusc"])
def test_refuses_kms_dsse_elsewhere(partition: str) -> None:
    (sentence,) = sentences(Encryption(EncryptionType.KMS_DSSE), partition)
    assert f"got partition {partition!r}; write EncryptionType.KMS" in sentence


def test_warns_of_kms_dsse_where_the_partition_is_not_known() -> None:
    encryption = Encryption(EncryptionType.KMS_DSSE)
    (problem,) = encryption.problems(partition="${Token[AWS.Partition.3]}")
    assert problem.severity is Severity.WARNING
    assert problem.fix == "give the stack an env, or write EncryptionType.KMS"


def test_it_is_always_written_as_changing_it_replaces_the_repository() -> None:
    assert AES256.to_cfn() == {"EncryptionType": "AES256"}
    assert Encryption(EncryptionType.KMS, KEY).to_cfn() == {
        "EncryptionType": "KMS",
        "KmsKey": KEY,
    }
    assert Encryption(EncryptionType.KMS).to_cfn() == {"EncryptionType": "KMS"}
