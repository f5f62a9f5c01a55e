"""The stream's protocol without I/O: requests, sessions of level 1 and level 2, encoders and schemas."""
