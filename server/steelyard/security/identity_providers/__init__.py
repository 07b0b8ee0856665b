"""Identity providers: where to send a browser, and who came back."""
