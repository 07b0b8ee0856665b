"""Mails: their text, their recipients, and how they are sent."""
