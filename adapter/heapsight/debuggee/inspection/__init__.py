"""What a stopped program looks like: stack, scopes, variables, text of values, evaluation."""
