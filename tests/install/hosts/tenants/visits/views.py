"""Pages of the tenant whose host name was asked for."""

from django.urls import reverse_lazy
from django.views.generic import CreateView, ListView

from visits.models import Customer, Visit


class Customers(ListView):
    """All customers that PostgreSQL shows."""

    queryset = Customer.objects.select_related("keeper").order_by("name")


class ReportVisit(CreateView):
    """A form for what was said."""

    model = Visit
    fields = ["report"]
    success_url = reverse_lazy("customers")

    def form_valid(self, form):
        """The customer stands in the address."""
        form.instance.customer = Customer.objects.get(pk=self.kwargs["pk"])
        form.instance.by = self.request.user
        return super().form_valid(form)
