"""Patterns of our own recognisers: secrets, and forms of what Presidio knows that its patterns leave out.

Those named NEEDLE, and PRIVATE_KEY_BEGIN, are for folded text (filters/pii_windows.py).
"""

# https://user:password@host
URL_CREDENTIALS = r"(?<=://)[^\s/@:<>\"']{0,128}:[^\s/@<>\"']{1,128}(?=@[^\s/@])"

# Forms that their issuers publish, with a prefix that nothing else has.
KEYS = {
    "AWS": r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b",
    "GitHub": r"\b(?:gh[pousr]_[A-Za-z0-9]{36,251}|github_pat_[A-Za-z0-9_]{22,255})\b",
    "GitLab": r"\bglpat-[A-Za-z0-9_\-]{20,64}",
    "Google": r"\bAIza[A-Za-z0-9_\-]{35}",
    "Google OAuth": r"\bGOCSPX-[A-Za-z0-9_\-]{28}",
    "Slack": r"\bxox[abeoprs]-[A-Za-z0-9\-]{10,250}",
    "Slack webhook": r"(?<=hooks\.slack\.com/services/)T[A-Z0-9]{6,12}/B[A-Z0-9]{6,12}/[A-Za-z0-9]{20,30}",
    "Stripe": r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,247}\b",
    "OpenAI, Anthropic": r"\bsk-(?:proj-|svcacct-|ant-api\d\d-|ant-)?[A-Za-z0-9_\-]{20,200}",
    "Hugging Face": r"\bhf_[A-Za-z0-9]{30,40}\b",
    "npm": r"\bnpm_[A-Za-z0-9]{36}\b",
    "PyPI": r"\bpypi-AgE[A-Za-z0-9_\-]{50,250}",
    "SendGrid": r"\bSG\.[A-Za-z0-9_\-]{22}\.[A-Za-z0-9_\-]{43}",
    "Twilio": r"\b(?:AC|SK)[0-9a-f]{32}\b",
    "Telegram bot": r"\b[0-9]{8,10}:AA[A-Za-z0-9_\-]{33}",
    "Google access": r"\bya29\.[A-Za-z0-9_\-]{20,500}",
    "DigitalOcean": r"\bdo[opr]_v1_[0-9a-f]{64}\b",
    "Slack app": r"\bxapp-[0-9]-[A-Za-z0-9\-]{20,250}",
    "JSON web token": r"\beyJ[A-Za-z0-9_\-]{10,400}\.eyJ[A-Za-z0-9_\-]{10,2000}\.[A-Za-z0-9_\-]{10,700}",
}

# api_key = "...", OPENAI_API_KEY=..., ?token=..., Authorization: Bearer ...; the value alone is the match.
# Names of the first kind say enough; behind the others the value must look random (filters/pii_secrets.py).
KEY_NAMES = (
    "(?:api|secret|access|auth|private|account|encryption|signing|master)[ _-]?key"
    "|(?:api|client|app|consumer|shared)[ _-]?secret|(?:api|access|auth|refresh|bearer|bot)[ _-]?token"
)
_NAMES = rf"(?:{KEY_NAMES}|tokens?|secrets?|password|passwd|passphrase|pwd)(?:_[a-z0-9]{{1,12}}){{0,2}}"
_ASSIGNED = r"[\"']?\s{0,3}(?:=>|:=|=|:|>)\s{0,3}[\"']?"
_VALUE = r"[A-Za-z0-9_\-./+=%~]"
ASSIGNED_SECRET = (
    rf"(?<=(?:{_NAMES}){_ASSIGNED}){_VALUE}{{15,511}}[A-Za-z0-9_\-/+=]"
    rf"|(?<=\bBearer ){_VALUE}{{19,511}}[A-Za-z0-9_\-/+=]"
)
ASSIGNED_SECRET_NEEDLE = rf"(?:(?:{_NAMES}){_ASSIGNED}|\bbearer ){_VALUE}{{16}}".encode()

# A key whose end is missing ends where no more lines of base64 follow. Line breaks may be escaped.
PRIVATE_KEY_BEGIN = r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----"
_BREAK = r"(?:\\[nr]|\s)"
_HEADER = rf"{_BREAK}{{1,4}}[A-Z][A-Za-z\-]{{1,30}}: [^\n\\]{{0,200}}"
_BASE64 = rf"{_BREAK}{{0,8}}[A-Za-z0-9+/=]{{16,80}}"
_LAST = rf"{_BREAK}{{1,4}}[A-Za-z0-9+/]{{0,15}}(?:={{1,2}}(?![A-Za-z0-9])|(?![\s\S]))"
PRIVATE_KEY = (
    rf"{PRIVATE_KEY_BEGIN}(?:(?:(?!-----)[\s\S]){{1,18000}}"
    r"-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----"
    rf"|(?:{_HEADER}){{0,8}}(?:{_BASE64}){{1,200}}(?:{_LAST})?)"
)

# name (at) host [dot] org, name AT host DOT org
AT = r"(?:[ ]?\[[ ]?(?:at|AT|@)[ ]?\][ ]?|[ ]?\([ ]?(?:at|AT|@)[ ]?\)[ ]?|[ ]AT[ ])"
DOT = r"(?:[ ]?\[[ ]?(?:dot|DOT|\.)[ ]?\][ ]?|[ ]?\([ ]?(?:dot|DOT|\.)[ ]?\)[ ]?|[ ]DOT[ ]|\.)"
OBFUSCATED_EMAIL = rf"(?<![\w.+\-])[\w.+\-]{{1,64}}{AT}(?:[\w\-]{{1,63}}{DOT}){{1,4}}[a-zA-Z]{{2,18}}\b"
OBFUSCATED_EMAIL_NEEDLE = rf"{AT}(?:[\w~\x1c\-]{{1,63}}{DOT}){{1,4}}[a-zA-Z]{{2,18}}\b".encode()

# Mastercard's 2-series; Visa of 13 and 19 digits; 19 digits of Maestro and UnionPay.
OTHER_CARDS = (
    r"\b(?:2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)[- ]?\d{4}[- ]?\d{4}[- ]?\d{4}"
    r"|(?:4\d{3}|5[06-9]\d{2}|6\d{3})[- ]?\d{4}[- ]?\d{4}[- ]?\d{4}[- ]?\d{3}"
    r"|(?:50|5[6-9])\d{2}[- ]?\d{4}[- ]?\d{4}[- ]?\d{4})\b"
)

LOWER_IBAN = (
    r"(?<![A-Za-z0-9])([a-z]{2}[0-9]{2}(?:[ \-]?[a-z0-9]{4}){2,6})((?:[ \-]?[a-z0-9]{4})?)"
    r"((?:[ \-]?[a-z0-9]{1,3})?)(?![A-Za-z0-9])"
)

# Numbers of published examples, which Presidio takes for nobody's; in a text they stand for somebody's.
SAMPLE_SSN = r"\b(?:123-45-6789|078-05-1120)\b"

# Numbers that phonenumbers holds for possible, not valid: ranges are opened faster than its data is.
INTERNATIONAL_PHONES = {
    "+country number": r"(?<![\w+])\+[1-9]\d{0,2}(?:[ .\-]?\(0\))?[ .\-/]?"
    r"\(?\d{1,5}\)?(?:[ .\-/]?\d{1,11}){1,5}(?!\w)"
}
AMERICAN_PHONES = {
    "(area) exchange-line": r"(?<![\w.)\-])\([2-9]\d{2}\)[ .\-]?[2-9]\d{2}[ .\-]\d{4}(?![\w\-])",
    "area-exchange-line": r"(?<![\w.\-/+])(?:1[ .\-])?[2-9]\d{2}([.\-])[2-9]\d{2}\1\d{4}(?![\w\-])",
}
