"""All that somebody can fetch: from page to page by links, and every endpoint of the API."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from html import unescape
from itertools import product
from typing import Any

from tests.journeys.person import Person

MOST_PAGES = 400
LINK = re.compile(r'(?:href|hx-get)="([^"]+)"')
DOWNLOAD = re.compile(r"/(original|flow|trail|(download|files)/\w+)/$")
TOKEN = re.compile(r'(name="(?:csrfmiddlewaretoken|csrf-token)" (?:value|content)=")[^"]+')

Answers = dict[str, tuple[int, str]]
"""Status and body of each address."""


def walk(person: Person, study: str, *, also: Iterable[str] = (), with_queries: bool = True) -> Answers:
    """Every page and endpoint of the study, those that can be found and those that are named in `also`.

    Without queries each page is asked for once: no filters, no sorting, no way back to where one came from.
    """
    answers = _pages(person, study, with_queries=with_queries)
    answers |= _endpoints(person, study.rstrip("/").rsplit("/", 1)[-1])
    return answers | ask(person, set(also) - set(answers))


def ask(person: Person, addresses: Iterable[str]) -> Answers:
    """How these addresses are answered to somebody."""
    return {address: _ask(person, address) for address in addresses}


def found(answers: Answers, *words: str) -> dict[str, str]:
    """Where any of the words stands."""
    return {address: word for address, (_, body) in sorted(answers.items()) for word in words if word in body}


def differences(before: Answers, after: Answers) -> dict[str, list[str]]:
    """The lines of each answer that were not in it before; "less" where lines are only missing."""
    unlike = {}
    for address in sorted(before.keys() | after.keys()):
        old, new = before.get(address), after.get(address)
        if old != new:
            known = old[1].splitlines() if old else []
            lines = [line.strip()[:200] for line in (new[1] if new else "").splitlines() if line not in known]
            unlike[address] = lines[:5] or ["less"]
    return unlike


def codings_in(answers: Answers) -> set[str]:
    """The ids of all codings that somebody's API has listed."""
    lists = [body for address, (_, body) in answers.items() if re.search(r"^/api/.*/codings/$", address)]
    return {row["id"] for body in lists for row in json.loads(body)["results"]}


def _pages(person: Person, study: str, *, with_queries: bool) -> Answers:
    answers: Answers = {}
    ways = [study.removeprefix(person.address), "/", "/studies/", "/notices/", "/account/"]
    inside = ways[0]
    while ways:
        address = ways.pop()
        if address in answers:
            continue
        assert len(answers) < MOST_PAGES, sorted(answers)
        answers[address] = _ask(person, address)
        links = (unescape(link).split("#")[0] for link in LINK.findall(answers[address][1]))
        links = (link if with_queries else link.split("?")[0] for link in links)
        ways += [
            link if link.startswith("/") else address.split("?")[0] + link
            for link in links
            if _leads(link, inside)
        ]
    return answers


def _leads(link: str, inside: str) -> bool:
    # A download is written down in the audit trail, which this very walk reads.
    return link.startswith((inside, "?")) and not DOWNLOAD.search(link.split("?")[0])


def _endpoints(person: Person, study_id: str) -> Answers:
    """Every GET of the description, with all the ids that the lists among them give."""
    paths = _description(person)["paths"]
    templates = [template for template, verbs in paths.items() if "get" in verbs]
    known: dict[str, set[str]] = defaultdict(set, study_id={study_id})
    answers: Answers = {}
    while asked := [each for each in _filled(templates, known) if each not in answers]:
        for address in asked:
            answers[address] = _ask(person, address)
            known[_parameter(templates, address)].update(_ids(answers[address][1]))
    return answers


def _filled(templates: list[str], known: dict[str, set[str]]) -> list[str]:
    """The addresses that the templates make with the ids that are known."""
    addresses = []
    for template in templates:
        parameters = re.findall(r"\{(\w+)\}", template)
        for ids in product(*(sorted(known[each]) for each in parameters)):
            addresses.append(template.format(**dict(zip(parameters, ids, strict=True))))
    return addresses


def _parameter(templates: list[str], address: str) -> str:
    """The parameter that takes an id of this list: `coding_id` for one that ends in /codings/."""
    last = address.rstrip("/").rsplit("/", 1)[-1]
    return next(
        (each for template in templates for each in re.findall(rf"/{last}/\{{(\w+)\}}/", template)), ""
    )


def _description(person: Person) -> Any:
    return json.loads(person.get("/api/v1/schema/?format=json")[1])


def _ids(body: str) -> list[str]:
    try:
        given = json.loads(body)
    except ValueError:
        return []
    rows = given.get("results", []) if isinstance(given, dict) else given
    return [row["id"] for row in rows if isinstance(row, dict) and "id" in row]


def _ask(person: Person, address: str) -> tuple[int, str]:
    status, body = person.get(address)
    return status, TOKEN.sub(r"\1", body)
