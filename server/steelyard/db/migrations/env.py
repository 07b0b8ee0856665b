"""What Alembic runs for each command. `commands.py` passes a connection, or none if it needs only the text."""

from alembic import context

connection = context.config.attributes.get("connection")
if connection is None:
    context.configure(dialect_name="postgresql", literal_binds=True, transaction_per_migration=True)
else:
    # SQLite rolls back definitions, too, if Python's module does not begin transactions by itself.
    context.configure(connection=connection, transactional_ddl=True)

with context.begin_transaction():
    context.run_migrations()
