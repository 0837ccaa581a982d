"""The bell in the corner of every page."""

from django.utils.functional import SimpleLazyObject

from staff.models import Ring


def ring(to, text, link="", about=""):
    """Tell an employee something, in place of what he was told about the same before."""
    if about:
        Ring.objects.filter(to=to, about=about).delete()
    return Ring.objects.create(to=to, text=text[:200], link=link, about=about)


def context(request):
    """How many lines there are, for pages that show it."""
    return {"rings": SimpleLazyObject(lambda: Ring.objects.filter(to=request.user.pk).count())}
