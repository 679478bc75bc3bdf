# SPDX-License-Identifier: Apache-2.0
"""Programs that send nonsense at a steady rate, in processes of their own: ``python -m faults.flooders KIND …``.

http HOST PORT SOURCE KEY RATE SECONDS: bodies that no connector can read, on eight kept connections.
mqtt PORT TOPIC RATE SECONDS: the same as messages of QoS 1.
At the end it prints how many it sent, and by status how they were answered.
"""

import asyncio
import json
import sys
import time
from collections import Counter

import paho.mqtt.client as mqtt

CONNECTIONS = 8


async def _flood_http(address: tuple[str, int], source: str, key: str, rate: float, seconds: float) -> Counter[str]:
    answers: Counter[str] = Counter()
    began = time.monotonic()

    async def one(nth: int) -> None:
        reader, writer = await asyncio.open_connection(*address)
        sent = 0
        while (now := time.monotonic() - began) < seconds:
            if sent >= now * rate / CONNECTIONS:
                await asyncio.sleep(0.002)
                continue
            sent += 1
            body = b"\xff" + f"{nth}/{sent}".encode()
            head = (
                f"POST /ingest/{source} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n"
                f"Content-Type: application/octet-stream\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            writer.write(head.encode() + body)
            status = (await reader.readline()).split()[1].decode()
            length = 0
            while (line := await reader.readline()) not in (b"\r\n", b""):
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            await reader.readexactly(length)
            answers[status] += 1
        writer.close()

    await asyncio.gather(*(one(nth) for nth in range(CONNECTIONS)))
    return answers


def _flood_mqtt(port: int, topic: str, rate: float, seconds: float) -> Counter[str]:
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="flooder", protocol=mqtt.MQTTv5)
    client.max_inflight_messages_set(2_000)
    client.connect("127.0.0.1", port)
    client.loop_start()
    began, sent = time.monotonic(), 0
    while (now := time.monotonic() - began) < seconds:
        if sent >= now * rate:
            time.sleep(0.002)
            continue
        sent += 1
        client.publish(topic, b"\xff%d" % sent, qos=1)
    client.disconnect()
    client.loop_stop()
    return Counter({"published": sent})


def main(words: list[str]) -> int:
    """Flood as asked; print what was sent."""
    if words[0] == "http":
        host, port, source, key, rate, seconds = words[1:]
        answers = asyncio.run(_flood_http((host, int(port)), source, key, float(rate), float(seconds)))
    else:
        answers = _flood_mqtt(int(words[1]), words[2], float(words[3]), float(words[4]))
    sys.stdout.write(json.dumps(answers) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
