"""What people can do, one module per kind of row. Each deed decides in the caller's transaction."""
