"""Orders."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.models import Order


def orders(request):
    """Everything that was ordered."""
    found = Order.objects.select_related("account").order_by("pk")
    return render(request, "orders.html", {"orders": found})


def ship(request, pk):
    """It has left the house."""
    order = get_object_or_404(Order, pk=pk)
    order.shipped = True
    order.remark = request.POST.get("remark", "")
    order.save()
    return redirect("orders")


@login_not_required
def stock(request):
    """For the scales in the warehouse, which know no log-in."""
    return HttpResponse(f"{Order.objects.filter(shipped=False).count()}\n", "text/plain")
