"""The dashboard's panels, one file each."""
