"""Values beside letters of scripts that write no spaces."""

import pytest

from filters.pii_scripts import blanked, continues
from tests.filters.test_pii_findings import VALUES, accepted, assert_superset

AWS = "AKIA" + "ABCDEFGHIJKLMNOP"


@pytest.mark.parametrize(
    ("text", "entity", "value"),
    [
        ("邮箱me@foo.com给我", "EMAIL_ADDRESS", "me@foo.com"),
        ("メールはtaro@example.jpまで", "EMAIL_ADDRESS", "taro@example.jp"),
        ("メールはtaro@example.jp まで", "EMAIL_ADDRESS", "taro@example.jp"),
        ("ติดต่อme@foo.comครับ", "EMAIL_ADDRESS", "me@foo.com"),
        ("联系sam (at) mail (dot) com吧", "EMAIL_ADDRESS", "sam (at) mail (dot) com"),
        ("卡号4111111111111111谢谢", "CREDIT_CARD", "4111111111111111"),
        ("センター4111111111111111ー", "CREDIT_CARD", "4111111111111111"),
        ("网址https://x.com/a，卡号4111111111111111", "CREDIT_CARD", "4111111111111111"),
        ("账号DE89370400440532013000。", "IBAN_CODE", "DE89370400440532013000"),
        ("電話は+81 90 1234 5678です", "PHONE_NUMBER", "+81 90 1234 5678"),
        ("电话4155552671谢谢", "PHONE_NUMBER", "4155552671"),
        ("地址81.23.44.201在", "IP_ADDRESS", "81.23.44.201"),
        ("物理地址00:1A:2B:3C:4D:5E在", "MAC_ADDRESS", "00:1A:2B:3C:4D:5E"),
        ("社保号219-09-9999是", "US_SSN", "219-09-9999"),
        ("주민번호는900101-1234568입니다", "KR_RRN", "900101-1234568"),
        ("여권번호는M12345678입니다", "KR_PASSPORT", "M12345678"),
        (f"密钥{AWS}好", "API_KEY", AWS),
    ],
)
def test_a_value_is_found_beside_letters_that_have_no_space(text: str, entity: str, value: str) -> None:
    assert (entity, value) in accepted(text)


@pytest.mark.parametrize(
    "address", ["用户@例子.中国", "用户1@例子.中国", "用户1@example.com", "joe田中@example.com"]
)
def test_an_address_in_such_a_script_stays_whole(address: str) -> None:
    assert ("EMAIL_ADDRESS", address) in accepted(f"mail {address} now")


@pytest.mark.parametrize(
    "text",
    [
        "版本3.1.4.1的",
        "第3.1.4.1节",
        "哈希8f219cbad6069748059371493e2509e700a7fde9的",
        "é4111111111111111é 号",
    ],
)
def test_what_is_no_personal_data_stays_beside_such_letters(text: str) -> None:
    assert accepted(text) == []


@pytest.mark.parametrize("value", VALUES)
def test_candidates_are_a_superset_of_presidio_beside_such_letters(value: str) -> None:
    assert_superset([f"号{value}は", f"é{value}号 {value}는", f"{value}@例え.jp号"])


def test_letters_of_such_scripts_are_blanked_and_no_others() -> None:
    assert blanked("a号é は9カードー。x") == "a\0é \x009\0\0\0\0。x"
    assert [continues(c) for c in ("", "a", "é", "9", "号", "ー", "-", "٣")] == [
        False, True, True, True, False, False, False, True,
    ]  # fmt: skip
