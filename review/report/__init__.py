"""What people read: derived tables, status, the life of a record, exports, integrity, the report."""
