"""Registered domains: tldextract's answers, without its tree."""

import pyarrow as pa
import pytest
import tldextract
from hypothesis import given
from hypothesis import strategies as st

from audits import domains, regions


def of_url(url: str | None) -> str | None:
    """Registered domain of one URL."""
    (found,) = domains.of_hosts(regions.hosts(pa.array([url], pa.string()))).to_pylist()
    return found


DOMAINS = [
    ("https://news.bbc.co.uk/a/b?c", "bbc.co.uk"),
    ("HTTPS://WWW.Example.COM:443/", "example.com"),
    ("http://user:secret@blog.example.org#x", "example.org"),
    ("ftp://192.168.0.1/file", "192.168.0.1"),
    ("https://someone.github.io/", "github.io"),
    ("https://例え.jp/", "例え.jp"),
    ("https://localhost/", "localhost"),
    ("no url", None),
    ("", None),
    (None, None),
]


@pytest.mark.parametrize(("url", "domain"), DOMAINS, ids=[str(url) for url, _ in DOMAINS])
def test_domains_are_registered_names(url: str | None, domain: str | None) -> None:
    assert of_url(url) == domain


def test_a_domain_never_holds_the_password_of_its_url() -> None:
    assert of_url("https://me:hunter2@example.com/") == "example.com"


# Differential: any host, most of them made of a rule of the list.

labels = st.sampled_from(["www", "a", "city", "例え", "xn--fsq", "xn--", "*", "!www", "1", ""]) | st.text(
    st.characters(exclude_characters="/\\?#@:[]", codec="utf-8", exclude_categories=["Z", "C"]), max_size=5
)
bases = st.sampled_from(sorted(domains.rules())).flatmap(
    lambda rule: labels.map(lambda label: rule.removeprefix("!").replace("*", label))
)
hosts = st.tuples(st.lists(labels, max_size=3), bases | labels, st.sampled_from([".", "。"])).map(
    lambda found: found[2].join([*found[0], found[1]]).lower()
)
EXTRACT = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


@given(hosts)
def test_hosts_are_read_as_tldextract_reads_them(host: str) -> None:
    assert domains.registered(host) == (EXTRACT(host).top_domain_under_public_suffix or host)


@pytest.mark.parametrize(
    "host", ["1.2.3.4", "[::1]", "com", "co.uk", ".com", "a..com", "a.b.local", "x.com."]
)
def test_odd_hosts_are_read_as_tldextract_reads_them(host: str) -> None:
    assert domains.registered(host) == (EXTRACT(host).top_domain_under_public_suffix or host)


def test_the_rules_are_those_that_tldextract_reads() -> None:
    assert domains.rules() == set(EXTRACT.tlds)
