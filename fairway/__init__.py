"""The server: feeds in, one Traffic, streams, REST and outputs out."""

__version__ = "0.2.0"
