"""The pages of the CRM. Everybody who may see customers sees all of them."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm_notify import api
from project.crm.forms import EntryForm, WishesForm
from project.crm.history import history
from project.crm.log import log
from project.crm.models import Customer, Entry

PAGE_SIZE = 20


@require_GET
@login_required
@permission_required("acme_crm.view_customer", raise_exception=True)
def customers(request: HttpRequest) -> HttpResponse:
    """The list, searched by ?q= and cut down by ?mine=1 to one's own."""
    found = Customer.objects.select_related("owner").annotate(last=Max("entries__logged_at"))
    words = request.GET.get("q", "").strip()
    mine = request.GET.get("mine") == "1"
    if words:
        found = found.filter(
            Q(name__icontains=words) | Q(city__icontains=words) | Q(contacts__name__icontains=words)
        ).distinct()
    if mine:
        found = found.filter(owner=_user(request))
    page = Paginator(found.order_by("name"), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "crm/customers.html", {"page": page, "words": words, "mine": mine})


@require_GET
@login_required
@permission_required("acme_crm.view_customer", raise_exception=True)
def customer(request: HttpRequest, pk: int) -> HttpResponse:
    """One customer: the people there, and the history. Who opens it has seen what is in it."""
    record = _customer(pk)
    # Before the history is read, so that it says so; a page without such can take the template tag.
    api.mark_seen(record, user=_user(request))
    return _customer_page(request, record, EntryForm())


@require_POST
@login_required
@permission_required("acme_crm.add_entry", raise_exception=True)
def log_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """Log a call or a note; what cannot be logged comes back with what is missing."""
    record = _customer(pk)
    form = EntryForm(request.POST, instance=Entry(customer=record))
    if not form.is_valid():
        return _customer_page(request, record, form, status=422)
    entry = log(form.save(commit=False), by=_user(request))
    messages.success(request, f"{entry.get_kind_display()} logged on {record}.")
    return redirect(record)


@require_POST
@login_required
@permission_required("acme_crm.view_customer", raise_exception=True)
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    """Follow one customer, or stop following him."""
    record = _customer(pk)
    wanted = request.POST.get("wanted") == "yes"
    api.set_wanted(_user(request), wanted, target=record)
    said = "You follow" if wanted else "You no longer follow"
    messages.success(request, f"{said} {record}.")
    return redirect(record)


@require_http_methods(["GET", "POST"])
@login_required
def wishes(request: HttpRequest) -> HttpResponse:
    """What the user wants to be told by e-mail; without a word of his, mail is welcome."""
    user = _user(request)
    if request.method == "POST":
        form = WishesForm(request.POST)
        if form.is_valid():
            api.set_wanted(user, form.cleaned_data["mail"])
            api.set_wanted(user, form.cleaned_data["owned"], owned=True)
            messages.success(request, "Your wishes are saved.")
            return redirect("wishes")
    else:
        form = WishesForm(
            initial={
                "mail": api.wants(user) is not False,
                "owned": api.wants(user, owned=True) is True,
            }
        )
    return render(request, "crm/wishes.html", {"form": form})


def _customer(pk: int) -> Customer:
    return get_object_or_404(Customer.objects.select_related("owner"), pk=pk)


def _customer_page(
    request: HttpRequest, record: Customer, form: EntryForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "customer": record,
        "contacts": record.contacts.all(),
        "history": history(record),
        "follows": api.wants(_user(request), target=record) is True,
        "form": form,
    }
    return render(request, "crm/customer.html", context, status=status)


def _user(request: HttpRequest) -> User:
    """The user, in views that only a logged-in one reaches."""
    return cast(User, request.user)
