"""What every process needs: its clock, supervised threads, logs and memory."""
