"""Every request is for the tenant whose host name it came to."""

from tenancy import within
from tenancy.names import TENANTS


class TenantMiddleware:
    """north.harbour.example is north's; any other name is nobody's and shows nothing."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Work for whoever was asked for."""
        label = request.get_host().partition(".")[0]
        with within(label if label in TENANTS else ""):
            return self.get_response(request)
