"""The API's addresses."""

from django.urls import include, path
from rest_framework.authtoken.views import obtain_auth_token
from rest_framework.routers import SimpleRouter

from deals.views import DealViewSet, NoteViewSet
from people.views import MeView

router = SimpleRouter()
router.register("deals", DealViewSet)
router.register("notes", NoteViewSet)

urlpatterns = [
    path("api/token/", obtain_auth_token),
    path("api/me/", MeView.as_view()),
    path("api/", include(router.urls)),
]
