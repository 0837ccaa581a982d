"""What is promised, judged from the rows alone: it asks neither the rules nor the steps."""
