"""The AIS codec: NMEA sentences and AIS messages to columns and back."""
