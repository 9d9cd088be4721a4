"""What is told: the change log read in order, answered once for all who ask the same, sent to each."""
