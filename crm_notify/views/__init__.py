"""What the web sees: the intake of webhooks, one-click unsubscribing, and the alerts."""
