"""As the tests' own, with a middleware that chooses the URLconf; the default one is the shop's."""

from __future__ import annotations

from tests.settings import *  # noqa: F403
from tests.settings import CRM_NOTIFY, MIDDLEWARE

ALLOWED_HOSTS = [".example"]
ROOT_URLCONF = "tests.odd.subdomains.shop_urls"
LOGIN_URL = "admin:login"
MIDDLEWARE = ["tests.odd.subdomains.middleware.ByHost", *MIDDLEWARE]
CRM_NOTIFY.update(
    BASE_URL="https://crm.example",
    URLCONF="tests.odd.subdomains.crm_urls",
    DIGEST_TO=["alice@crm.example"],
)
