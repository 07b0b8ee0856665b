"""The tag `import_`."""
