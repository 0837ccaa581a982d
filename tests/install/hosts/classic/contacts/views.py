"""Pages of companies and calls."""
import csv

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from contacts.forms import CallForm
from contacts.models import Company


@login_required
def companies(request):
    """All companies."""
    found = Company.objects.select_related("owner").order_by("name")
    return render(request, "contacts/companies.html", {"companies": found})


@login_required
def company(request, pk):
    """One company, its calls, and a form for the next one."""
    found = get_object_or_404(Company, pk=pk)
    return render(request, "contacts/company.html", {"company": found, "form": CallForm()})


@login_required
def log_call(request, pk):
    """Save what the form says."""
    found = get_object_or_404(Company, pk=pk)
    form = CallForm(request.POST)
    if not form.is_valid():
        return render(request, "contacts/company.html", {"company": found, "form": form})
    call = form.save(commit=False)
    call.company, call.by = found, request.user
    call.save()
    # The number is only known now.
    call.reference = "C-%05d" % call.pk
    call.save()
    form.save_m2m()
    found.last_contact = call.at
    found.save()
    messages.success(request, "Saved as %s." % call.reference)
    return redirect(found)


@login_required
def export(request):
    """All companies for a spreadsheet."""
    response = HttpResponse(content_type="text/csv")
    sheet = csv.writer(response)
    for found in Company.objects.select_related("owner").order_by("name"):
        sheet.writerow([found.name, found.owner])
    return response
