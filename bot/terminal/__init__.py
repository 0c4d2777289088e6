"""What people see in a shell."""
