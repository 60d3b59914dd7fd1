"""Launching trainings that outlive the app: submit, cancel, list."""
