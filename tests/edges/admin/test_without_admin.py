"""A host without django.contrib.admin, messages and static files: our own pages do it all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HOST = """
import logging, re, sys
from django.conf import settings
settings.configure(
    SECRET_KEY="x",
    ALLOWED_HOSTS=["testserver"],
    STATIC_URL="/static/",
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    ROOT_URLCONF=__name__,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=[
        *(f"django.contrib.{name}" for name in ("auth", "contenttypes", "sessions")), "crm_notify"
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.auth.middleware.LoginRequiredMiddleware",
    ],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    CRM_NOTIFY={
        "INSTALLATION": "tests", "BASE_URL": "https://crm.example", "SENDER": "notify@crm.example",
        "RETURN_PATH_DOMAIN": "bounces.crm.example", "RETURN_PATH_KEYS": {"a": "x" * 32},
        "WAKE": False, "ADMIN_SITES": ["acme.admin.site"],
    },
)
import django
django.setup()
from django.core.management import call_command
from django.test import Client
from django.urls import include, path
import crm_notify.api, crm_notify.tasks, crm_notify.urls
urlpatterns = [path("notify/", include("crm_notify.urls"))]

from django.contrib.auth.models import User
from django.utils import timezone
from crm_notify.channels.email.digest import _page
from crm_notify.channels.places import place_of
from crm_notify.checks import check_settings
from crm_notify.conf import get_settings
from crm_notify.models import Event, Notification
from crm_notify.rules.evidence import WEIGHT, Kind
from crm_notify.steps.settle import settle

call_command("migrate", verbosity=0)
alice, john = (
    User.objects.create_superuser(name, f"{name}@crm.example") for name in ("alice", "john")
)
crm_notify.api.record_activity(actor=alice, verb="called", target=john, recipients=[john])
failed = Notification.objects.get()
Event.objects.create(
    notification=failed, kind=Kind.BOUNCED, evidence=WEIGHT[Kind.BOUNCED], blame="address",
    provider="sparkpost", recorded_at=timezone.now(), fingerprint="1",
)
settle([failed.pk])

logging.basicConfig(stream=sys.stdout, format="%(name)s: %(message)s")
logging.getLogger("crm_notify.desk.audit").setLevel("INFO")
client = Client(enforce_csrf_checks=True)
client.force_login(alice)
print(place_of(Notification, 1), _page(Notification, get_settings()))
page = client.get("/notify/staff/", follow=True)
print(page.redirect_chain, page.status_code, "John" in page.content.decode().title())
page = client.get("/notify/staff/notifications/1/").content.decode()
token = re.search('csrfmiddlewaretoken" value="([^"]+)"', page).group(1)
form = {"csrfmiddlewaretoken": token, "text": "I phoned him"}
page = client.post("/notify/staff/notifications/1/act/told/", form, follow=True).content.decode()
print("Told: I phoned him" in page)
failed.refresh_from_db()
print(failed.outcome, Event.objects.get(kind="stated").author_name)
print([one.id for one in check_settings() if one.id[12:] in {"050", "051", "052", "053"}])
print(sorted(name for name in sys.modules if name.startswith(("crm_notify.admin", "acme"))))
"""

SAID = """\
/notify/staff/notifications/1/ https://crm.example/notify/staff/notifications/
[('/notify/staff/notifications/', 302)] 200 True
crm_notify.desk.audit: crm_notify: user 1: told, notification 1
True
told alice
['crm_notify.W051']
[]
"""


def test_our_own_pages_do_without_it() -> None:
    run = subprocess.run(
        [sys.executable, "-c", HOST],
        check=False,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    assert (run.stdout, run.returncode) == (SAID, 0), run.stderr
