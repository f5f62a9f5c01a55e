"""The protocol of aisstream.io at /v0/stream."""
