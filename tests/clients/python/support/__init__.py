"""What the tests share: connections, table creation, assertions about errors and pages."""
