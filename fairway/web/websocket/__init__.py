"""The raw WebSocket at /ws: handshake, hub and clients."""
