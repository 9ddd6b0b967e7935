"""What people do with the registry, by noun: lists, held rows, stickers and scans, ties, confirmations, notices."""
