"""Notices and attachments: number, render, serve, store."""
