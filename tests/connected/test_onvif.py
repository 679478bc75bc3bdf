# SPDX-License-Identifier: Apache-2.0
"""Cameras end to end: the register, visits by ONVIF and RTSP, the map, the snapshot; judged by zeep and ffprobe."""

import asyncio
import io
import json
import shutil
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import httpx
import pytest
from fastapi import FastAPI
from onvif import ONVIFCamera
from onvif import client as onvif_client
from PIL import Image
from zeep.exceptions import Error as ZeepError

from api.app import create_app
from api.settings import Settings
from layers.sources.road import receive
from layers.sources.spec import SourceSpec
from layers.transports.base import Visit
from simulators import onvif_answers
from simulators.onvif_cameras import PASSWORD, USER, Camera, register_of, street
from tests.conftest import Seed, new_key_of

pytestmark = pytest.mark.postgis
TIMEOUT_S = 1.5
Round: TypeAlias = Callable[[], Awaitable[float]]


@asynccontextmanager
async def started(cameras: list[Camera]) -> AsyncIterator[list[Camera]]:
    for camera in cameras:
        await camera.start()
    try:
        yield cameras
    finally:
        for camera in cameras:
            await camera.stop()


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> FastAPI:
    """A server with the login of the cameras among its secrets."""
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "camera-simulated").write_text(f"{USER}:{PASSWORD}\n")
    return create_app(Settings(database_url=database_url, demo=True, files=tmp_path / "files", secrets=secrets))


@pytest.fixture
def register() -> str:
    """A register of this test's own."""
    return f"vms-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def logins() -> dict[str, str]:
    """The secrets that visits may use."""
    return {"camera-simulated": f"{USER}:{PASSWORD}"}


@pytest.fixture
def visits(app: FastAPI, client: httpx.AsyncClient, register: str, logins: dict[str, str]) -> Round:
    """One round of visits to the register, a minute after the one before; answers how long it took."""
    door = {"kind": "onvif", "registered_by": register, "timeout_s": TIMEOUT_S}
    source = SourceSpec(
        id="camera-checks", system="cameras", title={"vi": "Kiểm tra", "en": "Checks"}, connector="camera_status",
        door=door,
    )  # fmt: skip
    now = datetime.now(UTC) - timedelta(hours=2)

    async def go() -> float:
        nonlocal now
        now += timedelta(minutes=1)
        began = asyncio.get_running_loop().time()
        state = app.state.toancanh
        transport = source.transport
        assert transport is not None
        visit = Visit(source.id, source.transport_options, {}, logins.__getitem__, state.database, lambda: now)
        async for arrival in transport.arrivals(visit):
            deliveries = await receive(state.road, source, [arrival.message], datetime.now(UTC))
            assert [one.refused for one in deliveries] == [[]] and not deliveries[0].dead
        return asyncio.get_running_loop().time() - began

    return go


async def shown(client: httpx.AsyncClient, register: str) -> dict[str, dict[str, Any]]:
    answer = await client.get("/collections/cameras/items", params={"source": register, "limit": "100"})
    return {
        one["properties"]["external_id"]: {**one["properties"], "at": one["id"]} for one in answer.json()["features"]
    }


async def test_a_register_is_visited_and_one_dead_camera_is_offline_after_three_checks_and_delays_nobody(
    client: httpx.AsyncClient, seed: Seed, register: str, visits: Round
) -> None:
    cameras = street(6, "1", {"skewed": 1, "mute": 1})
    async with started(cameras):
        records = register_of(cameras, "1", "camera-simulated")
        await seed("cameras", records, source=register)
        by_id = dict(zip((record["id"] for record in records), cameras, strict=True))
        mute = next(name for name, camera in by_id.items() if camera.ailment.is_mute)
        dying, *others = [name for name in by_id if name != mute]
        await visits()
        first = await shown(client, register)
        assert {name: first[name].get("status") for name in by_id} == {name: "online" for name in others} | {
            dying: "online", mute: None
        }  # fmt: skip
        await by_id[dying].stop()
        for _ in range(2):
            await visits()
            assert (await shown(client, register))[dying]["status"] == "online"
        assert await visits() < TIMEOUT_S + 2  # the mute one's time-out, and no second one behind it
        last = await shown(client, register)
        assert {name: last[name]["status"] for name in by_id} == {name: "online" for name in others} | {
            dying: "offline", mute: "offline"
        }  # fmt: skip
        history = (await client.get(f"/cameras/{last[dying]['at']}/history")).json()
        assert [one["status"] for one in history["changes"]] == ["online", "offline"]
        assert history["problem"] == "unreachable" and history["availability"]["percent"] == pytest.approx(33.333)
        assert "device" not in history  # for staff
        mute_history = (await client.get(f"/cameras/{last[mute]['at']}/history")).json()
        assert (mute_history["problem"], mute_history["availability"]["percent"]) == ("timeout", 0.0)

        await seed("cameras", [record | {"owner": "Đơn vị khác"} for record in records], source=register)
        again = await shown(client, register)
        assert again[dying]["status"] == "offline" and again[dying]["owner"] == "Đơn vị khác"
        by_id[dying].port = by_id[dying].rtsp_port = 0
        await by_id[dying].start()
        await seed("cameras", register_of(cameras, "1", "camera-simulated"), source=register)
        await visits()
        assert (await shown(client, register))[dying]["status"] == "online"


async def test_facts_and_the_wrong_clock_are_told_to_staff_alone(
    client: httpx.AsyncClient, database_url: str, seed: Seed, register: str, visits: Round
) -> None:
    cameras = street(2, "2", {"skewed": 1})
    async with started(cameras):
        await seed("cameras", register_of(cameras, "2", "camera-simulated"), source=register)
        await visits()
    items = await shown(client, register)
    hidden = ("model", "firmware", "serial", "clock_skew_s", "onvif_url", "rtsp_url", "snapshot_url", "login")
    assert not [name for one in items.values() for name in hidden if name in one]
    key = new_key_of(database_url, register, "--role", "operator")
    client.headers["Authorization"] = f"Bearer {key}"
    items = await shown(client, register)
    skewed = next(camera for camera in cameras if camera.ailment.skew)
    seen = items[f"ONVIF-{skewed.number:04d}"]
    assert (seen["model"], seen["serial"]) == ("SIM-360", skewed.about.serial)
    assert abs(seen["clock_skew_s"] - skewed.ailment.skew.total_seconds()) <= 2
    assert not [name for name in ("onvif_url", "rtsp_url", "snapshot_url", "login") if name in seen]
    device = (await client.get(f"/cameras/{seen['at']}/history")).json()["device"]
    assert (device["stream"], device["video"], device["maker"]) == ("JPEG", "JPEG 640×360", "Toan Canh simulator")


async def test_a_wrong_login_is_a_problem_and_no_outage(
    client: httpx.AsyncClient, seed: Seed, register: str, visits: Round, logins: dict[str, str]
) -> None:
    cameras = street(1, "3", {})
    logins["camera-simulated"] = f"{USER}:wrong"
    async with started(cameras):
        await seed("cameras", register_of(cameras, "3", "camera-simulated"), source=register)
        for _ in range(3):
            await visits()
    seen = (await shown(client, register))["ONVIF-0001"]
    history = (await client.get(f"/cameras/{seen['at']}/history")).json()
    assert (seen["status"], history["problem"]) == ("online", "login_refused")


async def test_staff_see_a_picture_that_says_who_looked(
    client: httpx.AsyncClient, database_url: str, seed: Seed, register: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "toancanh.audit")
    cameras = street(1, "4", {})
    async with started(cameras):
        await seed("cameras", register_of(cameras, "4", "camera-simulated"), source=register)
        camera = (await shown(client, register))["ONVIF-0001"]["at"]
        refused = await client.get(f"/cameras/{camera}/snapshot")
        assert (refused.status_code, refused.json()["code"]) == (401, "sign_in_required")
        for role in ("planner",):
            header = {"Authorization": f"Bearer {new_key_of(database_url, register, '--role', role)}"}
            refused = await client.get(f"/cameras/{camera}/snapshot", headers=header)
            assert (refused.status_code, refused.json()["code"]) == (403, "role_not_allowed")
        client.headers["Authorization"] = f"Bearer {new_key_of(database_url, register, '--role', 'operator')}"
        answers = await asyncio.gather(*(client.get(f"/cameras/{camera}/snapshot") for _ in range(4)))
        assert {(one.status_code, one.headers["content-type"]) for one in answers} == {(200, "image/jpeg")}
        assert Image.open(io.BytesIO(answers[0].content)).size == (640, 360)
        # Asked once by all four (and once more for the challenge), and not again within five seconds.
        assert cameras[0].asked == ["snapshot", "snapshot"]
    looks = [record.getMessage() for record in caplog.records if record.name == "toancanh.audit"]
    assert len(looks) == 4 and f"snapshot camera={register}/ONVIF-0001 by={register} role=operator" in looks[0]
    assert PASSWORD not in caplog.text


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers must be as the schemas say, to the letter."""
    monkeypatch.setattr(onvif_client.DEFAULT_SETTINGS, "strict", True)
    monkeypatch.setattr(onvif_client, "_DOCUMENT_CACHE", {})


@asynccontextmanager
async def driven(camera: Camera) -> AsyncIterator[ONVIFCamera]:
    device = ONVIFCamera("127.0.0.1", camera.port, USER, PASSWORD, no_cache=True, adjust_time=True)
    try:
        await device.update_xaddrs()
        yield device
    finally:
        await device.close()


@pytest.mark.usefixtures("strict")
async def test_the_simulator_satisfies_zeep_when_it_is_strict() -> None:
    cameras = street(1, "5", {"skewed": 1})
    async with started(cameras), driven(cameras[0]) as device:
        about = cameras[0].about
        management = await device.create_devicemgmt_service()
        assert (await management.GetDeviceInformation()).SerialNumber == about.serial
        capabilities = await management.GetCapabilities({"Category": "All"})
        assert capabilities.Media.XAddr == device.xaddrs["http://www.onvif.org/ver10/media/wsdl"]
        media = await device.create_media_service()
        profile = (await media.GetProfiles())[0]
        setup = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}
        stream = await media.GetStreamUri({"StreamSetup": setup, "ProfileToken": profile.token})
        assert stream.Uri == about.rtsp_url
        assert (await media.GetSnapshotUri({"ProfileToken": profile.token})).Uri == about.snapshot_url
        assert (await device.get_snapshot(profile.token) or b"").startswith(b"\xff\xd8\xff")


@pytest.mark.usefixtures("strict")
async def test_the_judge_notices_an_answer_that_lacks_an_element(monkeypatch: pytest.MonkeyPatch) -> None:
    lacking = "<tds:GetDeviceInformationResponse><tds:Model>SIM</tds:Model></tds:GetDeviceInformationResponse>"
    monkeypatch.setitem(onvif_answers.ANSWERS, "GetDeviceInformation", lambda about, now: lacking)
    cameras = street(1, "5", {})
    async with started(cameras), driven(cameras[0]) as device:
        management = await device.create_devicemgmt_service()
        with pytest.raises(ZeepError):
            await management.GetDeviceInformation()


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="needs ffprobe (Debian: ffmpeg)")
async def test_ffprobe_opens_the_stream_and_a_decoder_reads_its_pictures() -> None:
    async with started(street(1, "6", {})) as cameras:
        url = cameras[0].about.rtsp_url.replace("rtsp://", f"rtsp://{USER}:{PASSWORD}@")
        probe = await asyncio.create_subprocess_exec(
            "ffprobe", "-v", "quiet", "-rtsp_transport", "tcp", "-count_frames", "-read_intervals", "%+1",
            "-show_streams", "-of", "json", url, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        output, _ = await asyncio.wait_for(probe.communicate(), 20)
        stream = json.loads(output)["streams"][0]
        assert (stream["codec_name"], stream["width"], stream["height"]) == ("mjpeg", 640, 360)
        assert int(stream["nb_read_frames"]) >= 3
