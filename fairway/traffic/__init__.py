"""Traffic: the latest state of every vessel. Feeds put Batches, one thread merges them, consumers read Snapshots."""
