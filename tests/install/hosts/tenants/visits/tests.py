"""What keeps the tenants apart."""

from django.core import mail
from django.db import DatabaseError, transaction
from django.test import TestCase

from tenancy import now, within
from tenancy.models import Member
from visits.models import Customer, Visit
from visits.tasks import weekly_report


class ApartTests(TestCase):
    """Nora of north and Sven of south."""

    def setUp(self):
        self.nora = Member.objects.create(username="nora", tenant="north")
        self.sven = Member.objects.create(username="sven", tenant="south")
        with within("north"):
            self.tyrell = Customer.objects.create(name="Tyrell", keeper=self.nora)
        with within("south"):
            Customer.objects.create(name="Wallace", keeper=self.sven)

    def page(self, tenant, path="/", **data):
        self.client.force_login(self.nora)
        send = self.client.post if data else self.client.get
        return send(path, data, headers={"host": f"{tenant}.harbour.example"})

    def test_each_sees_his_own(self):
        self.assertContains(self.page("north"), "Tyrell")
        self.assertNotContains(self.page("north"), "Wallace")
        self.assertNotContains(self.page("north"), "Wallace")
        self.assertNotContains(self.page("elsewhere"), "Tyrell")

    def test_nobody_writes_for_another(self):
        with self.assertRaises(DatabaseError), transaction.atomic(), within("south"):
            Customer.objects.create(name="Stolen", keeper=self.nora, tenant="north")

    def test_nothing_is_left_on_the_connection(self):
        self.page("north")
        self.assertEqual(now(), "")
        self.assertEqual(Customer.objects.count(), 0)

    def test_a_visit_is_reported(self):
        self.page("north", f"/customers/{self.tyrell.pk}/report/", report="More human.")
        with within("north"):
            self.assertEqual(Visit.objects.get().by, self.nora)
        self.assertEqual(mail.outbox, [])

    def test_the_weekly_report_takes_six_queries(self):
        with self.assertNumQueries(6):
            self.assertEqual(weekly_report(), {"north": 0, "south": 0})

    def test_the_door_takes_two_and_both_are_the_tenants(self):
        with self.assertNumQueries(2):
            self.client.get("/login/", headers={"host": "north.harbour.example"})
