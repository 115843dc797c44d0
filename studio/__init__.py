"""Dailies: a self-hosted studio for making video from prompts."""
