"""Steps act: each takes ids, reads, writes in one transaction, and wakes at most the next one.

In the order of the flow: resolve, record, deliver, receive, interpret, settle, sweep; ``statement``
is what people do about a failure, ``hold`` the switch that holds all sending.
"""
