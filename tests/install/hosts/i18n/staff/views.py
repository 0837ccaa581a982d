"""What rang."""

from django.shortcuts import render


def bell(request):
    """The latest line first."""
    return render(request, "bell.html", {"lines": request.user.rings.order_by("-pk")[:20]})
