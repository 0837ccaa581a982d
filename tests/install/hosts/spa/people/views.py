"""Who is logged in."""

from rest_framework.response import Response
from rest_framework.views import APIView


class MeView(APIView):
    """What the front end shows in its corner."""

    def get(self, request):
        """Name and address."""
        return Response({"name": request.user.name, "mail": request.user.mail})
