"""The network thread's end."""

from __future__ import annotations

import asyncio

import anyio

from studio.pipeline.network import Network


def test_it_leaves_the_tasks_of_a_call_to_the_call() -> None:
    network = Network()
    begun: list[str] = []

    async def connect() -> None:
        begun.append("connect")
        await anyio.sleep_forever()

    async def call() -> None:
        async with anyio.create_task_group() as group:
            end = asyncio.create_task(network.shut())
            group.start_soon(connect)  # its first step comes after the end's
        await end

    network.start("look", call())
    network.close()

    assert begun == ["connect"]
    assert network.take(0) == []
