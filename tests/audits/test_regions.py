"""Countries of web addresses."""

import pyarrow as pa
import pytest
import tldextract

from audits import regions
from filters import group_lexicons, groups

URLS = [
    ("https://www.bbc.co.uk/news?x=http://a.de", "united_kingdom"),
    ("http://user:pw@blog.example.DE:8080/", "germany"),
    ("https://nation.africa.ke./", "kenya"),
    ("https://example.com/ng", "unknown"),
    ("https://example.org", "unknown"),
    ("https://example.eu", "unknown"),
    ("https://start.ai", "unknown"),  # sold all over the world
    ("https://health.gov.ai", "anguilla"),
    ("https://www.eltiempo.com.co/", "colombia"),
    ("https://t.co", "unknown"),
    ("https://пример.рф/", "russia"),
    ("https://xn--e1afmkfd.xn--p1ai/", "russia"),
    ("http://192.168.0.1/", "unknown"),
    ("http://localhost/", "unknown"),
    ("mailto:x@y.de", None),
    ("no url", None),
    ("", None),
    (None, None),
]


@pytest.mark.parametrize(("url", "country"), URLS, ids=[str(url) for url, _ in URLS])
def test_a_country_code_domain_names_its_country(url: str | None, country: str | None) -> None:
    host = regions.hosts(pa.array([url], pa.string()))
    assert regions.of_hosts(host).to_pylist() == [country]
    chunked = regions.hosts(pa.chunked_array([[url]], pa.string()))
    assert regions.of_hosts(chunked).to_pylist() == [country]


def test_nothing_comes_of_nothing() -> None:
    assert regions.of_hosts(regions.hosts(pa.array([], pa.string()))).to_pylist() == []
    assert regions.of_hosts(regions.hosts(pa.chunked_array([], pa.string()))).to_pylist() == []


def test_every_country_is_a_group_of_geography() -> None:
    assert {f"geography/{name}" for name in regions.countries().values()} <= set(groups.GROUPS)


def test_all_territories_have_a_domain() -> None:
    # Kosovo has none; St. Barthelemy, St. Martin, Caribbean Netherlands, Western Sahara and Aland partly use
    # others, but their codes are reserved for them.
    assert set(regions.countries().values()) == set(group_lexicons.territories().values())


def test_domains_in_other_scripts_are_public_suffixes() -> None:
    known = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None).tlds
    missing = [domain for domain in regions.OTHER_SCRIPTS if domain not in known]
    assert missing == []
    assert [domain for domain in regions.WORLDWIDE if domain not in known] == []
