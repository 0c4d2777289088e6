"""The database: observations, incidents, the outbox; SQLAlchemy stays in here."""
