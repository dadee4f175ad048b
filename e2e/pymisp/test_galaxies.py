"""Galaxies and clusters, as a user of PyMISP meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import accepted
from pymisp import MISPEvent, PyMISP

GALAXY = {
    "name": "Weather", "type": "weather", "uuid": "0c1d39b5-0b0d-4b44-9a3c-9ae8d0a4ad01", "version": 1,
    "description": "What falls from the sky", "icon": "cloud", "namespace": "sky",
}
STORM = "0c1d39b5-0b0d-4b44-9a3c-9ae8d0a4ad03"
RAIN = "0c1d39b5-0b0d-4b44-9a3c-9ae8d0a4ad04"
CLUSTERS = {
    "name": "Weather", "type": "weather", "uuid": "0c1d39b5-0b0d-4b44-9a3c-9ae8d0a4ad02", "version": 1,
    "description": "d", "source": "us", "authors": ["we"], "category": "c",
    "values": [
        {"uuid": STORM, "value": "Storm", "description": "loud", "meta": {"synonyms": ["Gale"], "refs": ["https://storm.example"]},
         "related": [{"dest-uuid": RAIN, "type": "similar", "tags": ["how:sure"]}]},
        {"uuid": RAIN, "value": "Rain"},
    ],
}


@pytest.fixture
def library(new_server, tmp_path: Path) -> PyMISP:
    """The client of a server that has the galaxy."""
    for folder, content in (("galaxies", GALAXY), ("clusters", CLUSTERS)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "weather.json").write_text(json.dumps(content))
    running = new_server(env={"SIGHTLINE__KNOWLEDGE__SOURCES": json.dumps([str(tmp_path)])})
    client = PyMISP(running.url, running.key, ssl=False)
    assert accepted(client.update_galaxies())["name"] == "Galaxies updated."
    return client


def test_galaxies_and_clusters_are_listed_searched_and_read(library: PyMISP) -> None:
    assert accepted(library.update_galaxies())["success"], "nothing is new"
    [galaxy] = library.galaxies(pythonify=True)
    assert (galaxy.name, galaxy.type, galaxy.namespace) == ("Weather", "weather", "sky")
    assert [one.uuid for one in library.search_galaxy("SKY", pythonify=True)] == [galaxy.uuid]
    assert library.search_galaxy("desert", pythonify=True) == []
    whole = library.get_galaxy(galaxy, withCluster=True, pythonify=True)
    assert [cluster.value for cluster in whole.clusters] == ["Storm", "Rain"]
    [found] = library.search_galaxy_clusters(galaxy, searchall="gale", pythonify=True)
    assert found.uuid == STORM
    assert library.search_galaxy_clusters(galaxy, context="custom", pythonify=True) == []
    storm = library.get_galaxy_cluster(STORM, pythonify=True)
    assert (storm.value, storm.tag_name, storm.default) == ("Storm", 'misp-galaxy:weather="Storm"', True)
    assert {element.key: element.value for element in storm.cluster_elements} == {
        "synonyms": "Gale", "refs": "https://storm.example"}
    [relation] = storm.cluster_relations
    assert (relation.referenced_galaxy_cluster_uuid, relation.tags[0].name) == (RAIN, "how:sure")
    assert library.get_galaxy("999999")["errors"][0] == 404
    assert library.get_galaxy_cluster("999999")["errors"][0] == 404


def test_clusters_are_searched_with_filters(library: PyMISP) -> None:
    def search(**filters):
        answer = library._prepare_request("POST", "galaxy_clusters/restSearch", data=filters).json()
        return [one["GalaxyCluster"]["uuid"] for one in answer["response"]]

    assert search(uuid=RAIN) == [RAIN]
    assert search(tag_name='misp-galaxy:weather="storm"', minimal=1) == [STORM]
    assert search(custom=1) == []
    assert search(galaxy_uuid=GALAXY["uuid"], limit=1, page=2) == [RAIN]


def test_a_cluster_is_attached_to_an_event_and_to_an_attribute(library: PyMISP) -> None:
    event = MISPEvent()
    event.info, event.distribution = "clouds", 0
    event.add_attribute("domain", "storm.example")
    event = accepted(library.add_event(event, pythonify=True))
    storm = library.get_galaxy_cluster(STORM, pythonify=True)
    done = accepted(library.attach_galaxy_cluster(event, storm))
    assert done == {"saved": True, "success": "Cluster attached.", "check_publish": True}
    assert library.attach_galaxy_cluster(event, storm)["success"] == "Cluster already attached."
    accepted(library.attach_galaxy_cluster(event.attributes[0], storm.id, local=True))
    shown = library.get_event(event, pythonify=True)
    [galaxy] = shown.galaxies
    [cluster] = galaxy.clusters
    assert (galaxy.type, cluster.value, cluster.meta["synonyms"]) == ("weather", "Storm", ["Gale"])
    assert shown.attributes[0].galaxies[0].clusters[0].local is True
    assert shown.tags[0].name == storm.tag_name
    gone = library._prepare_request("POST", f"galaxy_clusters/detach/{event.id}/event/{shown.tags[0].id}").json()
    assert gone == {"saved": True, "success": "Galaxy successfully detached.", "check_publish": True}
    assert library.get_event(event, pythonify=True).galaxies == []
    assert library.attach_galaxy_cluster(event, "999999")["errors"][0] == 404
