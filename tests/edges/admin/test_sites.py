"""On whichever admin sites the host has, in whatever order its apps come; in menus if it wants."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin as django_admin
from django.contrib.admin import AdminSite
from django.contrib.auth.models import AbstractUser
from django.test import Client
from django.urls import path

from crm_notify.admin.registering import register
from crm_notify.channels.places import place_of
from crm_notify.models import Incident, Notification
from tests.edges.admin.conftest import index, page_of

ROOT = Path(__file__).parents[3]

#: A host of its own: its apps and settings are filled in, and it says where our pages are.
HOST = """
import json, sys
from django.conf import settings
apps, given = json.loads(sys.argv[1])
NEEDED = [f"django.contrib.{name}" for name in ("auth", "contenttypes", "sessions", "messages")]
settings.configure(
    INSTALLED_APPS=[*NEEDED, *apps],
    ROOT_URLCONF="acme.urls",
    CRM_NOTIFY={"INSTALLATION": "tests", **given},
)
import django
django.setup()
from django.contrib import admin
from django.core import checks
from crm_notify.checks import check_settings
from crm_notify.channels.places import admin_page, place_of, sites
from crm_notify.models import Notification
early = "acme.urls" in sys.modules
print(json.dumps({
    "pages": [admin_page(site, Notification) for site in sites()],
    "place": place_of(Notification, 7),
    "default": admin.site.is_registered(Notification),
    "checks": [one.id[11:] for one in check_settings() if "050" <= one.id[12:] <= "053"],
    "early": early,
}))
"""
SITE = "from django.contrib.admin import AdminSite\nsite = AdminSite(name='acme')\n"
URLS = "from django.urls import path\n{0}\nurlpatterns = [path('very-secret/', {1}.urls)]\n"
OURS = "crm_notify"
SIMPLE = "django.contrib.admin.apps.SimpleAdminConfig"
PAGE = "/very-secret/crm_notify/notification/"


def host(place: Path, files: dict[str, str], apps: list[str], **given: Any) -> dict[str, Any]:
    acme = place / "acme"
    acme.mkdir()
    for name, text in {"__init__": "", **files}.items():
        (acme / f"{name}.py").write_text(text)
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", HOST, json.dumps([apps, given])],
        capture_output=True,
        text=True,
        cwd=place,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{place}"},
        check=False,
    )
    assert run.returncode == 0, run.stderr
    said: dict[str, Any] = json.loads(run.stdout)
    return said


FIRST = [OURS, "django.contrib.admin", "acme"]
LAST = ["acme", "django.contrib.admin", OURS]
QUIET_FIRST, QUIET_LAST = [OURS, SIMPLE, "acme"], ["acme", SIMPLE, OURS]


@pytest.mark.parametrize("apps", [FIRST, LAST, QUIET_FIRST, QUIET_LAST])
@pytest.mark.parametrize("module", ["admin", "sites"])
def test_the_hosts_own_site_has_our_pages_whatever_comes_first(
    module: str, apps: list[str], tmp_path: Path
) -> None:
    """Of ``sites`` nobody but the host's own URLs would know."""
    imported = URLS.format(f"from acme.{module} import site", "site")
    files = {module: SITE, "urls": imported}
    found = host(tmp_path, files, apps, ADMIN_SITES=[f"acme.{module}.site"])
    assert found == {
        "pages": [PAGE],
        "place": f"{PAGE}7/change/",
        "default": False,
        "checks": [],
        "early": False,
    }


@pytest.mark.parametrize("apps", [["acme.apps.AcmeAdmin", OURS], [OURS, "acme.apps.AcmeAdmin"]])
def test_the_default_site_may_be_the_hosts_own(apps: list[str], tmp_path: Path) -> None:
    files = {
        "sites": "from django.contrib.admin import AdminSite\nclass Acme(AdminSite): pass\n",
        "apps": "from django.contrib.admin.apps import AdminConfig\n"
        "class AcmeAdmin(AdminConfig):\n    default_site = 'acme.sites.Acme'\n",
        "urls": URLS.format("from django.contrib import admin", "admin.site"),
    }
    found = host(tmp_path, files, apps)
    assert (found["pages"], found["default"], found["checks"]) == ([PAGE], True, [])


def test_two_sites_each_have_their_own_pages(tmp_path: Path) -> None:
    two = "from django.contrib.admin import AdminSite\n"
    two += "front, back = AdminSite(name='front'), AdminSite(name='back')\n"
    urls = "from django.urls import path\nfrom acme.admin import front, back\n"
    urls += "urlpatterns = [path('one/', front.urls), path('two/', back.urls)]\n"
    sites = ["acme.admin.front", "acme.admin.back"]
    found = host(tmp_path, {"admin": two, "urls": urls}, FIRST, ADMIN_SITES=sites)
    pages = [f"/{prefix}/crm_notify/notification/" for prefix in ("one", "two")]
    assert (found["pages"], found["place"]) == (pages, f"{pages[0]}7/change/")


def test_an_admin_that_discovers_nothing_is_left_alone_unless_sites_are_named(
    tmp_path: Path,
) -> None:
    urls = "from django.urls import include, path\n"
    urls += "urlpatterns = [path('notify/', include('crm_notify.urls'))]\n"
    found = host(tmp_path, {"urls": urls}, QUIET_FIRST)
    assert (found["default"], found["pages"]) == (False, [""])
    assert found["place"] == "/notify/staff/notifications/7/"


def test_a_site_whose_addresses_were_made_too_early_is_said(tmp_path: Path) -> None:
    urls = f"{SITE}from django.urls import path\nurlpatterns = [path('x/', site.urls)]\n"
    found = host(tmp_path, {"urls": urls}, FIRST, ADMIN_SITES=["acme.urls.site"])
    assert found["pages"] == [""]
    assert set(found["checks"]) == {"W052", "W053"}


@pytest.mark.parametrize(
    "named", ["acme.nothing.site", "acme.admin.nothing", "acme", "acme.admin.AdminSite.urls"]
)
def test_a_site_that_is_none_breaks_nothing_and_is_said(named: str, tmp_path: Path) -> None:
    files = {"admin": SITE, "urls": URLS.format("from acme.admin import site", "site")}
    found = host(tmp_path, files, FIRST, ADMIN_SITES=[named])
    assert found["checks"][0] == "E050"
    assert found["pages"] == []


def test_settings_that_cannot_be_read_break_nothing_either(tmp_path: Path) -> None:
    files = {"urls": URLS.format("from django.contrib import admin", "admin.site")}
    assert host(tmp_path, files, FIRST, ADMIN_SITES=5)["pages"] == [PAGE]


def test_a_model_that_the_host_has_put_there_itself_stays_as_it_is(
    settings: Any, crm_notify_settings: Callable[..., None]
) -> None:
    crm_notify_settings(ADMIN_SITES=[f"{__name__}.own"])
    own.register(Incident)
    register()
    kept = own.get_model_admin(Incident)
    assert type(kept).__name__ == "ModelAdmin"
    assert own.is_registered(Notification)
    register()
    assert own.get_model_admin(Incident) is kept


own = AdminSite(name="own")


@pytest.mark.django_db
def test_out_of_all_menus_the_pages_are_where_they_were(
    admin: Client, failed: Notification, crm_notify_settings: Callable[..., None]
) -> None:
    assert index("notification").encode() in admin.get("/admin/").content
    crm_notify_settings(ADMIN_MENU=False)
    assert index("notification").encode() not in admin.get("/admin/").content
    assert admin.get("/admin/crm_notify/").status_code == 404
    listed = f'<a href="{index("notification")}">'
    for page, leads_back in (
        (index("notification"), False),
        (page_of(failed), True),
        (page_of(failed).replace("change", "history"), True),
        (f"{index('receipt')}replay/", False),
    ):
        answer = admin.get(page)
        assert answer.status_code == 200
        assert b'href="/admin/crm_notify/"' not in answer.content
        assert (listed in answer.content.decode()) is leads_back


@pytest.mark.django_db
def test_on_a_page_of_one_site_no_link_leads_to_another(
    alice: AbstractUser,
    failed: Notification,
    settings: Any,
    crm_notify_settings: Callable[..., None],
) -> None:
    second = AdminSite(name="second")
    for model, registered in django_admin.site._registry.items():
        if model._meta.app_label == "crm_notify":
            second.register(model, type(registered))
    urls = type(sys)("two_sites")
    urls.urlpatterns = [
        path("admin/", django_admin.site.urls),
        path("second/", second.urls),
    ]
    settings.ROOT_URLCONF = urls
    client = Client()
    client.force_login(alice)
    pages = ["notification/", f"notification/{failed.pk}/change/", "alert/", "event/"]
    for page in [*pages, "receipt/replay/", "suppression/", "installation/", "correction/"]:
        answer = client.get(f"/second/crm_notify/{page}", follow=True)
        assert answer.status_code == 200
        assert '="/admin/' not in answer.content.decode()


@pytest.mark.django_db
def test_the_first_site_that_is_mounted_is_where_admins_look(
    settings: Any, crm_notify_settings: Callable[..., None]
) -> None:
    assert place_of(Notification, 7) == "/admin/crm_notify/notification/7/change/"
    # Not mounted anywhere.
    crm_notify_settings(ADMIN_SITES=[f"{__name__}.own"])
    assert place_of(Notification, 7) == "/notify/staff/notifications/7/"
    crm_notify_settings(ADMIN_SITES=[f"{__name__}.own", "django.contrib.admin.site"])
    assert place_of(Notification) == "/admin/crm_notify/notification/"
    settings.ROOT_URLCONF = "tests.channels.email.no_urls"
    assert place_of(Notification) == ""
