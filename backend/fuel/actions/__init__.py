"""What people do with fuel. Only ``ledger`` moves kilograms; everything else asks it to."""
