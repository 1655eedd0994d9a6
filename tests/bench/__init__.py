"""What a diagnosis costs, beside a plain scan of the same columns and beside its peers."""
