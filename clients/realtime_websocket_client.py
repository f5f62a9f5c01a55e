"""Print every vessel update: python realtime_websocket_client.py [ws://host:port/ws]. Needs the package websockets."""

import asyncio
import json
import sys

import websockets


async def ais_client(uri="ws://localhost:8050/ws"):
    async with websockets.connect(uri) as websocket:
        # Subscribe to updates
        await websocket.send(json.dumps({"type": "subscribe", "subscription_type": "all"}))

        # Listen for messages
        async for message in websocket:
            data = json.loads(message)

            if data["type"] == "vessel_updates":
                print(f"Received {len(data['updates'])} vessel updates")
                for vessel in data["updates"]:
                    print(
                        f"  {vessel['vessel_name']}: "
                        f"({vessel['position']['latitude']:.4f}, "
                        f"{vessel['position']['longitude']:.4f})"
                    )


# Run client
if __name__ == "__main__":
    asyncio.run(ais_client(*sys.argv[1:]))
