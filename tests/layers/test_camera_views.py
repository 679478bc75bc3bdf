# SPDX-License-Identifier: Apache-2.0
"""Fields of view on the spheroid, and where devices may be asked."""

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod
from shapely.geometry import Point, Polygon

from layers.camera_views import sector
from layers.device_addresses import AddressRefused, Networks, address_of, login_of
from layers.sources.secrets import secrets_of

HERE = (105.84, 21.59)
GEOD = Geod(ellps="WGS84")


@given(
    azimuth=st.floats(0, 360), hfov=st.floats(10, 350), range_m=st.floats(20, 5000),
    off=st.floats(-180, 180), share=st.floats(0.05, 1.5),
)  # fmt: skip
def test_a_sector_holds_what_lies_within_its_angle_and_range(
    azimuth: float, hfov: float, range_m: float, off: float, share: float
) -> None:
    if abs(abs(off) - hfov / 2) < 1 or 0.99 < share < 1.01:
        return  # on the edge, where an arc is a polygon and a metre decides
    ring = sector(HERE, azimuth, hfov, range_m)
    lon, lat, _ = GEOD.fwd(*HERE, azimuth + off, range_m * share)
    assert Polygon(ring).contains(Point(lon, lat)) == (abs(off) < hfov / 2 and share < 1)


@pytest.mark.parametrize("hfov", [1, 54, 180, 270, 360])
def test_a_ring_is_closed_valid_counter_clockwise_and_of_the_right_size(hfov: float) -> None:
    ring = sector(HERE, 350, hfov, 100)
    shape = Polygon(ring)
    assert ring[0] == ring[-1] and shape.is_valid and shape.exterior.is_ccw
    area, _ = GEOD.geometry_area_perimeter(shape)
    assert area == pytest.approx(math.pi * 100**2 * hfov / 360, rel=0.01)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ftp://10.0.0.1/x", "address_invalid"),
        ("file:///etc/passwd", "address_invalid"),
        ("http://", "address_invalid"),
        ("http://[::1", "address_invalid"),
        ("http://10.0.0.1:99999/", "address_invalid"),
        ("http://10.0.0.1/a b", "address_invalid"),
        ("http://10.0.0.1/\r\nX: y", "address_invalid"),
        ("http://admin:1@10.0.0.1/", "address_has_password"),
        ("http://8.8.8.8/", "address_not_allowed"),
        ("http://169.254.169.254/latest", "address_not_allowed"),
        ("http://[fe80::1]/", "address_not_allowed"),
        ("http://[::ffff:8.8.8.8]/", "address_not_allowed"),
        ("http://0.0.0.0/", "address_not_allowed"),
        ("http://no.such.host.invalid/", "address_unknown"),
    ],
)
async def test_only_addresses_of_devices_are_asked(url: str, code: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        await address_of(url, ("http", "https"), Networks())
    assert refused.value.code == code


async def test_an_address_is_asked_by_its_number() -> None:
    found = await address_of("http://localhost:81/snap?ch=1", ("http",), Networks())
    assert (found.url, found.named) == (f"http://{found.netloc}/snap?ch=1", "localhost:81")
    found = await address_of("http://[::ffff:10.1.2.3]/", ("http",), Networks())
    assert found.path == "/"
    public = await address_of("http://8.8.8.8", ("http",), Networks(["8.8.8.0/24"]))
    assert (public.port, public.named) == (80, "8.8.8.8")


def test_only_logins_of_cameras_go_to_cameras(tmp_path: Path) -> None:
    for name, text in (("camera-a", "admin:p:w\n"), ("camera-b", "nothing"), ("env-ftp", "x:y")):
        (tmp_path / name).write_text(text)
    secret = secrets_of(tmp_path)
    assert login_of(None, secret) is None
    assert login_of("camera-a", secret) == ("admin", "p:w")
    for name, code in (("env-ftp", "login_not_allowed"), ("camera-b", "login_unknown"), ("camera-c", "login_unknown")):
        with pytest.raises(AddressRefused) as refused:
            login_of(name, secret)
        assert refused.value.code == code
    for name in ("../camera-a", "/etc/hostname", ".", "a\x00b"):
        with pytest.raises(KeyError):
            secret(name)
