"""The demo's own processes: two web servers that get the same form at once, and no password in any file."""

import threading

import requests

from tests.browser.demo import Demo
from tests.processes import poll
from tests.secret_search import in_bytes, in_folders
from tests.visitor import Visitor, job_number

PATH = "/tiles/new-customer-network/"


def test_the_same_form_sent_at_the_same_moment_orders_once(running_demo: Demo):
    alice = Visitor(running_demo.url).sign_in("alice")
    answers = {"a-_tenant_shortname": "acme", "a-_customer_id": "EDS", "a-_vlan_id": "495"}
    before = running_demo.orders()

    for _ in range(3):
        page, together = alice.get(PATH), threading.Barrier(4)
        found: list[int] = []

        def send(
            page: requests.Response = page, together: threading.Barrier = together, found: list[int] = found
        ) -> None:
            together.wait(30)
            found.append(job_number(alice.post(PATH, answers, page)))

        threads = [threading.Thread(target=send) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert len(found) == 4
        assert len(set(found)) == 1

    assert running_demo.orders() == before + 3


def test_a_password_is_in_no_file_of_the_demo_and_on_no_page(running_demo: Demo):
    secret, plain = 'okapi5190"kudu&ß/%42', "gazelle2864"
    path = "/tiles/guest-wifi/"
    alice = Visitor(running_demo.url).sign_in("alice")
    answers = {"a-site": "Ghent office", "a-network_name": plain, "a-wifi_password": secret, "a-days": "99"}

    again = alice.post(path, answers, alice.get(path))
    assert again.status_code == 422
    sent = alice.post(path, {"a-days": "4"}, again)
    number = job_number(sent)
    poll(lambda: running_demo.order(number)["status"] == "successful", what="the Wi-Fi is built", seconds=90)
    poll(lambda: not running_demo.rows("SELECT id FROM jobs_jobsecret"), what="the password is deleted", seconds=90)

    pages = [again.text]
    for person in ["alice", "bob", "oscar"]:
        visitor = Visitor(running_demo.url).sign_in(person)
        pages += [
            visitor.get(address).text for address in ["/jobs/", f"/jobs/{number}/", f"/jobs/{number}/output/?from=0"]
        ]
    assert any(plain in page for page in pages)
    assert [how for page in pages if (how := in_bytes(page.encode(), secret))] == []
    assert in_folders([running_demo.folder], plain), "the search would not find anything"
    assert in_folders([running_demo.folder], secret) == {}
