# SPDX-License-Identifier: Apache-2.0
"""`python -m simulators NAME args…` runs a simulator; without a name it lists them."""

import importlib
import sys

SIMULATORS = {
    "demo": "demonstration data: load it, keep it moving, or write it to files",
    "seed-2022": "585,922 records of the year 2022, and whether the server counts as many",
    "lgsp": "a provincial sharing platform: OAuth2, agency code, pages, six data sets, bad days",
    "ckan-portal": "an open-data portal: CKAN's API, a datastore, GeoJSON and CSV files",
    "traffic-cameras": "violation cameras: ISAPI posts with pictures, twice, with wrong clocks; a year as CSV files",
    "onvif-cameras": "a street of ONVIF cameras: SOAP, RTSP, snapshots; slow ones, wrong clocks, mute ones",
    "ogc-api": "a small server of OGC API Features",
    "peer-ioc": "another make of IOC, which tells of its incidents by CloudEvents",
    "cap-feed": "a publisher of warnings: an Atom index of CAP messages, with updates, cancels and broken ones",
    "press": "newspapers: RSS and Atom with wrong dates, guids twice, HTML in headlines, copies of one story",
    "station-txt": "loggers of four stations: text files of Circular 10/2021 into a folder, by FTP or SFTP",
    "sta-station": "stations that speak SensorThings 1.1: register, then send one by one, as data arrays or by MQTT",
    "mqtt-nodes": "low-cost sensor nodes on an MQTT broker",
    "open311-city": "another city's GeoReport v2 endpoint, to be polled: reports that move on, bad habits",
    "c-thainguyen": "the citizen app: posts reports by GeoReport v2, tries again, asks until they are closed",
    "fhir-registry": "a health department's FHIR façade, to be polled or with --push; it holds patients, to be refused",
    "oneroster": "an education database: OneRoster 1.2 by REST with OAuth2, or its ZIP; it holds users, to be refused",
    "schools": "offices that fill in templates and drop them into a folder: schools, pupils, vaccinations and more",
}


def main(argv: list[str]) -> int:
    """Dispatch to `simulators.NAME.main(args)`; its answer is the exit code."""
    if not argv or argv[0] in {"-h", "--help", "list"}:
        print("usage: python -m simulators NAME args…\n")
        for name, summary in SIMULATORS.items():
            print(f"  {name:12} {summary}")
        return 0
    name, *rest = argv
    if name not in SIMULATORS:
        print(f"no simulator is called {name!r}; there are: {', '.join(SIMULATORS)}", file=sys.stderr)
        return 2
    return int(importlib.import_module(f"simulators.{name.replace('-', '_')}").main(rest))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
