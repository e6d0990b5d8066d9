"""The database: tables, migrations, and who may write when."""
