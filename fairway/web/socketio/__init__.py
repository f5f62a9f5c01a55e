"""Socket.IO: the guide's events on the same port."""
