"""The server: feeds in, one Traffic, streams, REST and outputs out."""
