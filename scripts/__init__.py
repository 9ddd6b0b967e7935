"""What people run beside the product; the product never imports it."""
