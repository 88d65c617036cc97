"""Assigned secrets, issued keys and private keys: found whole, and told from words, paths and calls."""

import base64
import hashlib

import pytest

from filters.pii_secrets import bits
from tests.filters.test_pii_findings import accepted, refusals

HEX = hashlib.md5(b"a secret").hexdigest()
MIXED = "hR7dK2mQ9xZ4vT8nB3wL"
AWS = "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY"  # of the issuer's own documentation
LINES = "\n".join(
    base64.b64encode(hashlib.sha384(bytes([i])).digest()).decode()  # 64 characters
    for i in range(12)
)
BEGIN, END = "-----BEGIN RSA " + "PRIVATE KEY-----", "-----END RSA " + "PRIVATE KEY-----"
PGP_BEGIN, PGP_END = "-----BEGIN PGP " + "PRIVATE KEY BLOCK-----", "-----END PGP " + "PRIVATE KEY BLOCK-----"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (f"OPENAI_API_KEY={HEX}", HEX),
        (f'export STRIPE_API_KEY="{HEX}"', HEX),
        (f"my_api_key: {HEX}.", HEX),
        (f"aws_secret_access_key = {AWS}", AWS),
        (f"SECRET_KEY_BASE_PROD={HEX}", HEX),
        (f"token: {HEX}", HEX),
        (f"The secret: {MIXED}, ok", MIXED),
        (f'{{"accessToken": "{HEX}"}}', HEX),
        (f"<token>{MIXED}</token>", MIXED),
        (f"https://x.com/a?token={HEX}&b=1", HEX),
        ("token: 0d7c6d61-f809-433c-8524-71baea30682e", "0d7c6d61-f809-433c-8524-71baea30682e"),
        (f"see ya29.{MIXED}{MIXED} now", f"ya29.{MIXED}{MIXED}"),
        (f"dop_v1_{HEX}{HEX}", f"dop_v1_{HEX}{HEX}"),
        (f"xapp-1-A0123456789-{HEX}", f"xapp-1-A0123456789-{HEX}"),
    ],
)
def test_a_secret_is_found(text: str, value: str) -> None:
    assert ("API_KEY", value) in accepted(text)


@pytest.mark.parametrize(
    "text",
    [
        "secret: everybody-knows-that-it-is-one",
        "token: a-very-long-hyphenated-word-here",
        "the secret: everybodywholivesinthehouse",
        "token = getAccessTokenForUser2(id)",
        "token: src/parser/token_v2/file1.py",
        "password: IMG_20190101_123456789.jpg",
        "api_key: your-api-key-goes-here",
        "api_key = xxxxxxxxxxxxxxxxxxxxxxxx",
        "the bearer of-the-unrestrained-news",
        "secret: Ephesians-chapter-3-verse-9",
    ],
)
def test_words_paths_and_calls_are_no_secrets(text: str) -> None:
    assert ("API_KEY", "not_random") in refusals(text)
    assert accepted(text) == []


def test_entropy_of_known_distributions() -> None:
    assert bits("aaaa") == 0
    assert bits("ab" * 8) == 1
    assert bits("0123456789abcdef") == 4


@pytest.mark.parametrize(
    ("key", "behind"),
    [
        (f"{BEGIN}\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,3F17F531\n\n{LINES}\n{END}", " b"),
        (f"{PGP_BEGIN}\nVersion: GnuPG v2.0.22 (GNU/Linux) - x\n\n{LINES}\n=AbCd\n{PGP_END}", " b"),
        (f"{BEGIN}\n{LINES}\n{END}".replace("\n", "\\n"), '\\n"'),
        (f"{BEGIN}\n{LINES[:500]}", ""),
        (f"{BEGIN}\n{LINES[:519]}", ""),
        (f"{BEGIN}\nDEK-Info: AES-128-CBC,3F17F531\n\n{LINES[:500]}", "\n\nThen some prose, thanks."),
        (f"{BEGIN}\n{LINES}", "\n-----BEGIN CERTIFICATE-----\nMIIB"),
    ],
)
def test_a_private_key_is_found_with_headers_and_without_its_end(key: str, behind: str) -> None:
    assert accepted(f"a {key}{behind}") == [("PRIVATE_KEY", key)]


def test_a_line_that_announces_a_key_is_none() -> None:
    assert accepted(f"The line {BEGIN} begins a key.") == []
