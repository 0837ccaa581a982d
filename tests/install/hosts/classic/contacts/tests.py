"""Greenfield's own tests."""
from django.contrib.auth.models import User
from django.core import mail
from django.test import TestCase

from contacts.models import Call, Company


class ContactsTest(TestCase):
    """What people have come to rely on."""

    def setUp(self):
        self.fred = User.objects.create(username="fred", email="fred@greenfield.example")
        self.gina = User.objects.create(username="gina", email="gina@greenfield.example")
        self.acme = Company.objects.create(name="Acme", owner=self.fred)
        self.client.force_login(self.gina)

    def test_companies_are_listed(self):
        self.assertContains(self.client.get("/"), "Acme")

    def test_the_export_takes_three_queries(self):
        with self.assertNumQueries(3):
            answer = self.client.get("/companies.csv")
        self.assertEqual(answer.content, b"Acme,fred\r\n")

    def test_the_login_page_asks_nothing(self):
        self.client.logout()
        with self.assertNumQueries(0):
            self.assertContains(self.client.get("/login/"), "Log in")

    def test_a_call_gets_a_number_and_is_saved_once(self):
        data = {"summary": "All is well", "concerns": [self.fred.pk]}
        answer = self.client.post("/companies/%d/log/" % self.acme.pk, data, follow=True)
        self.assertContains(answer, "All is well")
        call = Call.objects.get()
        self.assertEqual(call.reference, "C-%05d" % call.pk)
        self.assertEqual(list(call.concerns.all()), [self.fred])
        self.assertEqual(mail.outbox, [])

    def test_a_company_is_saved_with_one_query(self):
        with self.assertNumQueries(1):
            self.acme.save()
