"""The API's docs page in a browser: every operation is listed, can be tried, and no other host is contacted."""

from urllib.parse import urlsplit

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(start_server):
    return start_server("--fleet-size", "20", vessels=20)


def test_the_docs_page(server, page):
    """The page lists the document's operations and runs one, without an error in the console."""
    page.open(f"{server.url}/api/docs/").wait("document.querySelectorAll('.opblock').length >= 8")
    page.js("document.querySelector('#operations-realtime-summary .opblock-summary-control').click()")
    page.wait("document.querySelector('.try-out__btn')")
    page.js("document.querySelector('.try-out__btn').click()")
    page.wait("document.querySelector('.execute')")
    page.js("document.querySelector('.execute').click()")
    answer = "document.querySelector('.live-responses-table .highlight-code')?.textContent ?? ''"
    assert '"total_vessels": 20' in page.wait(answer)
    assert page.console() == []
    assert {urlsplit(address).hostname for address in page.requests()} <= {"127.0.0.1", None}
